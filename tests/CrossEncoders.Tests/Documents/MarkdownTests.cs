using CrossEncoders.Chunking;
using CrossEncoders.Display;
using CrossEncoders.Documents;
using CrossEncoders.Tests.Chunking;

namespace CrossEncoders.Tests.Documents;

public sealed class MarkdownTests
{
    private static Document Read(string text) => DocumentFolder.Parse("a.md", text);

    [Theory]
    [InlineData("<!-- # No -->\n\n# Yes\n", "Yes")]
    [InlineData("<!--\n# No\n\n## Nor this\n-->\n# Yes\n", "Yes")]
    [InlineData("Text <!-- a\n# No\n-->\n\n# Yes\n", "Yes")]
    [InlineData("```\n# No\n<!--\n```\n\n# Yes\n\n-->", "Yes")]
    [InlineData("~~~\n```\n# No\n~~~\n\n# Yes", "Yes")]
    public void AHeadingInACommentOrInCodeIsNone(string text, string title)
    {
        var document = Read(text);
        Assert.Equal(title, document.Title);
        Assert.DoesNotContain(Structure.Parse(document.Text, plain: false), unit => unit.Heading is "No" or "Nor this");
    }

    [Theory]
    [InlineData("One <!-- two -->three", "One three")]
    [InlineData("One <!-- never ends\n\n# Two", "One <!-- never ends\n\n# Two")]
    [InlineData("One `<!-- code -->` two", "One `<!-- code -->` two")]
    [InlineData("```\n<!-- code -->\n```", "```\n<!-- code -->\n```")]
    [InlineData("```npm install```\n\n<!-- a -->x", "```npm install```\n\nx")]
    [InlineData("1. ```\n   <!-- code -->\n   ```\n<!-- a -->x", "1. ```\n   <!-- code -->\n   ```\nx")]
    [InlineData("<!-- a --><!-- b -->x<!-- c -->", "x")]
    [InlineData("No comment --> here", "No comment --> here")]
    public void CommentsAreLeftOutAndNothingElse(string text, string expected) => Assert.Equal(expected, Read(text).Text);

    [Fact]
    public void ManyCommentStartsTakeLinearTime()
    {
        var text = string.Concat(Enumerable.Repeat("<!-- ", 400_000)) + "-->end";
        Assert.Equal("end", Read(text).Text);
        Assert.Equal(text[..^6], Read(text[..^6]).Text);
    }

    [Theory]
    [InlineData("+++\ntitle = \"Night\"\ndraft = false\n\n[params]\ntitle = \"No\"\n+++\n\n# Head\n", "# Head\n", "Night")]
    [InlineData("+++\ntitle = 'Nacht'\r\n+++\nText.", "Text.", "Nacht")]
    [InlineData("+++\n+++\nText.", "Text.", null)]
    [InlineData("---\n---\nText.", "Text.", null)]
    [InlineData("+++ no front matter\nText.", "+++ no front matter\nText.", null)]
    [InlineData("+++\ntitle = \"never ends\"\n", "+++\ntitle = \"never ends\"\n", null)]
    [InlineData("---\n# a comment\ntitle: Night\n---\nText.", "Text.", "Night")]
    public void FrontMatterIsYamlOrToml(string text, string expected, string? title)
    {
        var document = Read(text);
        Assert.Equal(expected, document.Text);
        Assert.Equal(title, document.Metadata.GetValueOrDefault("title"));
    }

    [Theory]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("<JavaScript:alert(1)>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](a%00b)")]
    [InlineData("<data:text/html,<script>alert(1)</script>>")]
    public void LinksThatWouldActStayText(string link)
    {
        var document = Read($"# Head\n\nSee {link} there.\n");
        Assert.Contains(link, document.Text);
        var html = new[] { document }.Chunk(Counting.Words).ToTable().ToHtml();
        Assert.DoesNotContain("<javascript", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("href", html);
    }
}
