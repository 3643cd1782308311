using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Documents;

/// <summary>What is read from the lines before a text.</summary>
public sealed class FrontMatterTests
{
    private static (string Text, string Metadata) Read(string text)
    {
        var metadata = new Dictionary<string, string>();
        var rest = FrontMatter.Without(text, metadata);
        return (rest, string.Join(", ", metadata.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Theory]
    [InlineData("title: Night", "title=Night")]
    [InlineData("Title:   Night  ", "title=Night")]
    [InlineData("title: \"Night: a guide\"", "title=Night: a guide")]
    [InlineData("title: 'Night'", "title=Night")]
    [InlineData("url: https://example.org/a", "url=https://example.org/a")]
    [InlineData("title: 夜班\nauthor: 梅", "title=夜班, author=梅")]
    [InlineData("title: one\ntitle: two", "title=one")]
    [InlineData("tags:\n  - a: b\n  - c", "tags=")] // what is indented is not a key of the document
    [InlineData("title: x\n# draft: yes", "title=x")]
    [InlineData("title: x\nno separator", "title=x")]
    [InlineData("标题: 夜班", "标题=夜班")]
    [InlineData("title: x\n: y", "title=x")]
    public void KeysOfYaml(string lines, string metadata) => Assert.Equal(("Text.", metadata), Read($"---\n{lines}\n---\nText."));

    [Theory]
    [InlineData("title = \"Night\"", "title=Night")]
    [InlineData("title = 'a = b'", "title=a = b")]
    [InlineData("weight = 3\n# c = d\n[more]\nx = 1", "weight=3")]
    [InlineData("title: Night", "")] // of the other kind
    public void KeysOfToml(string lines, string metadata) => Assert.Equal(("Text.", metadata), Read($"+++\n{lines}\n+++\nText."));

    [Theory]
    [InlineData("Text.\n---\ntitle: x\n---\n")]
    [InlineData(" ---\ntitle: x\n---\n")]
    [InlineData("----\ntitle: x\n----\n")]
    [InlineData("---\ntitle: x\n")]
    [InlineData("---\nA rule before a text\n---\n")]
    [InlineData("--- title: x\n---\n")]
    [InlineData("---")]
    [InlineData("")]
    public void AnythingElseIsText(string text) => Assert.Equal((text, ""), Read(text));

    [Theory]
    [InlineData("---\ntitle: x\n---\n\n\nText.\n", "Text.\n")]
    [InlineData("---\ntitle: x\n---\n  indented", "  indented")]
    [InlineData("---\ntitle: x\n---\nA\n---\nB", "A\n---\nB")]
    [InlineData("+++\nt = 1\n+++\n---\nB", "---\nB")]
    public void TheTextStartsAfterTheFirstEnd(string text, string rest) => Assert.Equal(rest, Read(text).Text);

    [Theory]
    [InlineData("---\ntitle: Night\n---\n# Head\n", "Head")]
    [InlineData("---\ntitle: Night\n---\n## Part\n", "Night")]
    [InlineData("---\ntitle:\n---\n## Part\n", "Part")]
    [InlineData("---\nauthor: x\n---\nText.\n", "guide")]
    public void TheTitleIsTheFirstHeadingThenTheFilesOwn(string text, string title) =>
        Assert.Equal(title, DocumentFolder.Parse("manuals/guide.md", text).Title);

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.html")]
    public void OtherKindsHaveNone(string id) => Assert.Empty(DocumentFolder.Parse(id, "---\ntitle: Night\n---\nText.").Metadata);
}
