namespace CrossEncoders.Tests.Documents;

/// <summary>What a browser shows of a page.</summary>
public sealed class HtmlTests
{
    private static string Read(string html) => DocumentFolder.Parse("a.html", html).Text.TrimEnd('\n');

    [Theory]
    [InlineData("<p hidden>no</p>")]
    [InlineData("<div hidden=\"until-found\"><p>no</p></div>")]
    [InlineData("<p style=\"color:red; display : none\">no</p>")]
    [InlineData("<p style=\"DISPLAY:NONE !important\">no</p>")]
    [InlineData("<p style=\"visibility:hidden\">no</p>")]
    [InlineData("<span aria-hidden=\"true\">no</span>")]
    [InlineData("<template><p>no</p></template>")]
    [InlineData("<noscript>no</noscript>")]
    [InlineData("<!-- <h1>no</h1> -->")]
    [InlineData("<script>document.write('<p>no</p>')</script>")]
    [InlineData("<style>p::after { content: 'no' }</style>")]
    [InlineData("<dialog>no</dialog>")]
    [InlineData("<datalist><option>no</option></datalist>")]
    [InlineData("<ul><li hidden>no</li></ul>")]
    [InlineData("<h1 hidden>no</h1>")]
    [InlineData("<h2><span hidden>no</span></h2>")]
    [InlineData("<pre><span hidden>no</span></pre>", "```\n\n```\n\nSeen.")]
    [InlineData("<style>.off, #x { display: none; }</style><p class=\"big off\">no</p><p id=x>no</p>")]
    [InlineData("<style>/* a */ p.off{visibility:hidden}</style><p class=off>no</p>")]
    public void WhatIsHiddenIsLeftOut(string html, string expected = "Seen.") => Assert.Equal(expected, Read(html + "<p>Seen.</p>"));

    [Theory]
    [InlineData("<p aria-hidden=\"false\">Yes.</p>")]
    [InlineData("<p style=\"display:block; --x: none\">Yes.</p>")]
    [InlineData("<details><summary>Yes.</summary></details>")]
    [InlineData("<dialog open>Yes.</dialog>")]
    [InlineData("<style>@media print { .off { display: none } }</style><p class=off>Yes.</p>")]
    [InlineData("<style>.menu .off { display: none }</style><p class=off>Yes.</p>")]
    [InlineData("<style>.off { color: none }</style><p class=off>Yes.</p>")]
    public void WhatIsShownStays(string html) => Assert.Equal("Yes.", Read(html));

    [Fact]
    public void CellsThatAreHiddenAreLeftOut() =>
        Assert.Equal("| a | c |", Read("<table><tr><td>a</td><td hidden>b</td><td>c<i hidden>d</i></td></tr></table>"));

    [Theory]
    [InlineData("div")]
    [InlineData("b")]
    [InlineData("ul><li")]
    [InlineData("dl><dd")]
    [InlineData("section")]
    [InlineData("font color=red")]
    [InlineData("span")]
    [InlineData("table><tr><td")]
    [InlineData("svg><g")]
    [InlineData("div/")]
    [InlineData("object")]
    [InlineData("x-y")]
    [InlineData("button")]
    [InlineData("blockquote><p")]
    [InlineData("< <div")]
    public void AHundredThousandNestedElementsTakeLinearTime(string tag)
    {
        var text = "";
        Growth.IsLinear(100_000, depth => text = Read("<h1>Head</h1>" + string.Concat(Enumerable.Repeat($"<{tag}>", depth)) + "deep"));
        if (!tag.StartsWith("svg", StringComparison.Ordinal) && tag != "object")
            Assert.Contains("deep", text);
    }

    [Theory]
    [InlineData("<b>x</p>")]
    [InlineData("<b id=\"{0}\"><p>x")]
    [InlineData("</div>")]
    [InlineData("<a href=x><div>x</a>")]
    [InlineData("<!-- x")]
    [InlineData("<x \"")]
    [InlineData("<script>x")]
    [InlineData("<td>x")]
    public void UnclosedElementsTakeLinearTime(string tag) =>
        Growth.IsLinear(50_000, count => Read(string.Concat(Enumerable.Range(0, count).Select(i => tag.Replace("{0}", $"{i}")))));

    [Fact]
    public void TextBelowTheDeepestElementStaysAndStructureComesBackAfterIt()
    {
        var deep = string.Concat(Enumerable.Repeat("<div>", 5_000)) + "<b>w</b>ord" + string.Concat(Enumerable.Repeat("</div>", 5_000));
        Assert.Equal("word\n\n## After\n\nText.", Read(deep + "<h2>After</h2><p>Text.</p>"));
    }

    [Fact]
    public void TooManyTagsAreRefused()
    {
        using var folder = new ScratchFolder().With("a.html", string.Concat(Enumerable.Repeat("<p>", 2_000_001))).With("b.md", "Text.");
        Assert.Contains("more than 2000000 tags", Assert.Single(DocumentFolder.Load(folder.Path).Skipped).Reason);
    }

    [Theory]
    [InlineData("if a < b and c > d then <b>e</b>", "if a < b and c > d then e")]
    [InlineData("<p title=\"x>y\">One</p>", "One")]
    [InlineData("<p title='x>y' data-a=\"'>\">One</p>", "One")]
    [InlineData("a<br/>b<hr/>c", "a\nb\n\nc")]
    [InlineData("<textarea><b>x</textarea>y", "<b>xy")]
    [InlineData("<!-->One<!-- two -->", "One")]
    [InlineData("<!DOCTYPE html><?xml version=\"1.0\"?>One", "One")]
    [InlineData("One <", "One <")]
    [InlineData("</ >One", "One")]
    [InlineData("<svg><path d=\"M\"/><path/></svg><p>One</p>", "One")]
    [InlineData("<A HREF=x><B>One</B></A> two", "One two")]
    [InlineData("w<b>o</b>r<i>d", "word")]
    [InlineData("<h2>a <b>b</h2><p>c", "## a b\n\nc")]
    public void MarkupIsReadAsABrowserDoes(string html, string text) => Assert.Equal(text, Read(html));
}
