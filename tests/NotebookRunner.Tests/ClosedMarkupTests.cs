using System.Diagnostics;
using System.Text.Json.Nodes;
using NotebookRunner.Reports;

namespace NotebookRunner.Tests;

/// <summary>What a cell shows ends with its output, and does not take the rest of the page with it.</summary>
public sealed class ClosedMarkupTests
{
    [Theory]
    [InlineData("a <!-- b", "a <!-- b-->")]
    [InlineData("a <!-- b --!> c", "a <!-- b --!> c")]
    [InlineData("<!--> a <!---> b", "<!--> a <!---> b")]
    [InlineData("<script>f(", "<script>f(</script>")]
    [InlineData("<script>'<!--<script>'</script>", @"<script>'<\!--<script>'</script>")]
    [InlineData("<SCRIPT>1</Script >2", "<SCRIPT>1</script>2")]
    [InlineData("<style>a</styles>", "<style>a</styles></style>")]
    [InlineData("<textarea><b>", "<textarea><b></textarea>")]
    [InlineData("<title>a", "<title>a</title>")]
    [InlineData("a<plaintext>b", "a&lt;plaintext&gt;b")]
    [InlineData("<a href=\"b", "&lt;a href=&quot;b")]
    [InlineData("<a href='b>", "&lt;a href=&#39;b&gt;")]
    [InlineData("<div", "&lt;div")]
    [InlineData("</", "&lt;/")]
    [InlineData("a <", "a <")]
    [InlineData("<?a", "<?a>")]
    [InlineData("<!doctype", "<!doctype>")]
    [InlineData("<div hidden><div>a", "<div hidden><div>a</div></div>")]
    [InlineData("</div></section></body>a", "a")]
    [InlineData("<template><b>a</template>", "<template><b>a</b></template>")]
    [InlineData("<b>a", "<b>a</b>")]
    [InlineData("<select><option>a", "<select><option>a</option></select>")]
    [InlineData("<svg><path/><g>", "<svg><path/><g></g></svg>")]
    [InlineData("<svg><style><![CDATA[<b>", "<svg><style><![CDATA[<b>]]></style></svg>")]
    public void WhatIsOpenIsClosedAndNothingElse(string html, string expected) => Assert.Equal(expected, ClosedMarkup.Of(html));

    [Theory]
    [InlineData("")]
    [InlineData("1 < 2 && 3 > 2 <3")]
    [InlineData("<!-- a -- b > --><div class='a>b' id=c data-x=\"</div>\"><br><img src=x/><p>one<p>two</div>")]
    [InlineData("<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>")]
    [InlineData("<script type=\"module\">if (a < b) { c = '</div>'; }</script><style>a > b {}</style>")]
    [InlineData("<svg viewBox=\"0 0 1 1\"><title>t</title><rect width=\"1\"/><text>a</text></svg>")]
    [InlineData("<details><summary>a</summary>b</details><input checked><hr/>")]
    public void SoundMarkupStaysAsItIs(string html) => Assert.Equal(html, ClosedMarkup.Of(html));

    [Theory]
    [InlineData("text/html")]
    [InlineData("image/svg+xml")]
    public void OutputsAreClosed(string mime)
    {
        var output = new JsonObject
        {
            ["output_type"] = "display_data",
            ["data"] = new JsonObject { [mime] = "<b>a</b></div><!-- open" },
        };
        Assert.EndsWith("<b>a</b><!-- open--></div>\n", OutputHtml.Of(output, new SharedScripts()));
    }

    [Theory]
    [InlineData("<div>")]
    [InlineData("</div>")]
    [InlineData("<b></i>")]
    [InlineData("<a b='")]
    [InlineData("<!-- ")]
    [InlineData("<script>")]
    [InlineData("<textarea></textareas")]
    [InlineData("--!><!--")]
    [InlineData("<![CDATA[")]
    [InlineData("<div></p>")]
    public void MuchOfItTakesNoTime(string piece)
    {
        var clock = Stopwatch.StartNew();
        ClosedMarkup.Of(string.Concat(Enumerable.Repeat(piece, 300_000)));
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), $"{clock.Elapsed}");
    }
}
