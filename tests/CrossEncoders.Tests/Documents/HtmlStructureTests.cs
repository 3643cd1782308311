namespace CrossEncoders.Tests.Documents;

/// <summary>The headings, lists, tables and lines that a page becomes.</summary>
public sealed class HtmlStructureTests
{
    private static string Read(string html) => DocumentFolder.Parse("a.html", html).Text.TrimEnd('\n');

    [Theory]
    [InlineData("<h1>One</h1>", "# One")]
    [InlineData("<h6>Six</h6>", "###### Six")]
    [InlineData("<h7>Seven</h7>", "Seven")]
    [InlineData("<h2>A<br>b\n <i>c</i></h2>", "## A b c")]
    [InlineData("Before<h2>A</h2>after", "Before\n\n## A\n\nafter")]
    [InlineData("<div><section><h3>A</h3></section></div>", "### A")]
    [InlineData("<h2>C# &amp; <code>F#</code></h2>", "## C# & F#")]
    public void Headings(string html, string text) => Assert.Equal(text, Read(html));

    [Theory]
    [InlineData("<ul><li>a<li>b</ul>", "- a\n- b")]
    [InlineData("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b")]
    [InlineData("<ol start=5><li>a</li><li>b</li></ol>", "5. a\n6. b")]
    [InlineData("<ol start=x><li>a</li></ol>", "1. a")]
    [InlineData("<ol><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ol>", "1. a\n1. b\n2. c\n2. d")] // each counts for itself
    [InlineData("<ul><li>a<p>b</p></li></ul>", "- a\n\nb")]
    [InlineData("<ul><li><p>a</p></li></ul>", "- a")] // a block stays beside its mark
    [InlineData("<ul><li> </li><li>a</li></ul>", "- a")]
    [InlineData("<ol><li></li><li>a</li></ol>", "2. a")] // as a browser numbers it
    [InlineData("x<ul><li>a</li></ul>y", "x\n\n- a\n\ny")]
    [InlineData("<dl><dt>Word</dt><dd>What it means</dd></dl>", "Word\n\nWhat it means")]
    [InlineData("<li>alone</li>", "- alone")]
    [InlineData("<ol><li><pre>npm install</pre></li></ol><h2>Usage</h2>", "```\nnpm install\n```\n\n## Usage")]
    [InlineData("<ul><li><h3>Costs</h3><p>Little.</p></li><li>b</li></ul>", "### Costs\n\nLittle.\n\n- b")]
    [InlineData("<ul><li><table><tr><td>a</td><td>b</td></tr></table></li></ul>", "| a | b |")]
    [InlineData("<ul><li><img></li></ul><div>首页</div><p>欢迎光临。</p>", "首页\n\n欢迎光临。")] // as long as the mark that went
    public void Lists(string html, string text) => Assert.Equal(text, Read(html));

    [Theory]
    [InlineData("<table><tr><th>a<th>b<tr><td>c<td>d</table>", "| a | b |\n|---|---|\n| c | d |")]
    [InlineData("<table><tr><td>a</td><td>b</td></tr></table>", "| a | b |")]
    [InlineData("<table><tr><th>a</th><td>b</td></tr></table>", "| a | b |")] // a head of a row, not of the table
    [InlineData("<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>", "| a |\n|---|\n| b |")]
    [InlineData("<table><tr></tr><tr><td>a</td></tr></table>", "| a |")]
    [InlineData("<table><tr><td>a<br>b\n c</td><td></td></tr></table>", "| a b c |  |")]
    [InlineData("<table><tr><td><ul><li>a<li>b</ul></td></tr></table>", "| a b |")]
    [InlineData("<table><caption>Codes</caption><tr><td>a</td></tr></table>", "Codes\n| a |")]
    [InlineData("x<table><tr><td>a</td></tr></table>y", "x\n\n| a |\n\ny")]
    public void Tables(string html, string text) => Assert.Equal(text, Read(html));

    [Theory]
    [InlineData("<pre>a\n  b</pre>", "```\na\n  b\n```")]
    [InlineData("<pre>\n\na\n\n</pre>", "```\na\n```")]
    [InlineData("<pre>a<br>b <b>c</b></pre>", "```\na\nb c\n```")]
    [InlineData("<pre># no heading</pre><h1>Yes</h1>", "```\n# no heading\n```\n\n# Yes")]
    [InlineData("x<pre>a</pre>y", "x\n\n```\na\n```\n\ny")]
    public void PreformattedTextKeepsItsLines(string html, string text) => Assert.Equal(text, Read(html));

    [Theory]
    [InlineData("a\n  b\t c", "a b c")]
    [InlineData("a&nbsp;b", "a b")]
    [InlineData("<p>a</p><p>b</p>", "a\n\nb")]
    [InlineData("a<br>b<br><br>c", "a\nb\nc")] // empty lines say nothing
    [InlineData("<p>a <b> b </b> c</p>", "a b c")]
    [InlineData("<p>圆顶\n关闭</p>", "圆顶 关闭")]
    [InlineData("<span>a</span><span>b</span>", "ab")]
    [InlineData("<div>a<div>b</div>c</div>", "a\n\nb\n\nc")]
    [InlineData("<p> </p>a<p></p>", "a")]
    [InlineData("&lt;b&gt; &amp;amp; &#22278; &#x1F600;", "<b> &amp; 圆 😀")]
    public void WhiteSpaceIsThatOfABrowser(string html, string text) => Assert.Equal(text, Read(html));

    [Theory]
    [InlineData("<title>T</title><h1>H</h1>", "H")]
    [InlineData("<title>T</title><h2>H</h2>", "T")] // a heading that is not the page's
    [InlineData("<h2>H</h2>", "H")]
    [InlineData("<h2>C#</h2>", "C#")]
    [InlineData("<title> </title><p>x", "a")]
    [InlineData("<title>T</title><pre># no</pre>", "T")]
    [InlineData("<title>A\n &amp;  b</title><p>x", "A & b")]
    public void TheTitleIsTheFirstHeadingOrTheElement(string html, string title) =>
        Assert.Equal(title, DocumentFolder.Parse("dir/a.html", html).Title);

    [Theory]
    [InlineData("a.htm")]
    [InlineData("a.HTML")]
    public void TheEndingTellsAPage(string id) => Assert.Equal("# A\n", DocumentFolder.Parse(id, "<h1>A</h1>").Text);
}
