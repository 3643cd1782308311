using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Documents;

/// <summary>Which files of a folder are read, and what is said of the others.</summary>
public sealed class DocumentOptionsTests
{
    private static ScratchFolder Folder(params string[] names)
    {
        var folder = new ScratchFolder();
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
            folder.With(name, "Some text.");
        }
        return folder;
    }

    private static string Ids(IEnumerable<Document> documents) => string.Join(' ', documents.Select(document => document.Id));

    [Theory]
    [InlineData("*.md", "a.md")]
    [InlineData("**/*.md", "a.md en/b.md en/old/c.md zh/d.md")]
    [InlineData("en/*", "en/b.md")]
    [InlineData("en/**", "en/b.md en/old/c.md")]
    [InlineData("**/old/**", "en/old/c.md")]
    [InlineData("EN/B.MD", "en/b.md")] // as names are on most systems
    [InlineData("./a.md", "a.md")]
    [InlineData("*.txt", "")]
    public void IncludeChoosesByPath(string pattern, string ids)
    {
        using var folder = Folder("a.md", "en/b.md", "en/old/c.md", "zh/d.md");
        Assert.Equal(ids, Ids(DocumentFolder.Stream(folder.Path, new DocumentOptions { Include = [pattern] })));
    }

    [Theory]
    [InlineData("**/old/**", "a.md en/b.md zh/d.md")]
    [InlineData("en/**", "a.md zh/d.md")]
    [InlineData("*.md", "en/b.md en/old/c.md zh/d.md")]
    [InlineData("**/?.md", "a.md en/b.md en/old/c.md zh/d.md")] // a question mark stands for itself
    public void ExcludeLeavesTheOthers(string pattern, string ids)
    {
        using var folder = Folder("a.md", "en/b.md", "en/old/c.md", "zh/d.md");
        Assert.Equal(ids, Ids(DocumentFolder.Stream(folder.Path, new DocumentOptions { Exclude = [pattern] })));
    }

    [Fact]
    public void ExcludeCountsMoreThanInclude()
    {
        using var folder = Folder("en/b.md", "en/c.md");
        Assert.Equal("en/c.md", Ids(DocumentFolder.Load(folder.Path, new DocumentOptions { Include = ["en/*"], Exclude = ["**/b.*"] })));
        Assert.Equal("", Ids(DocumentFolder.Stream(folder.Path, new DocumentOptions { Include = [] })));
    }

    [Fact]
    public void EndingsAreThoseThatAreAskedFor()
    {
        using var folder = Folder("a.md", "b.MD", "c.txt", "d.rst", "md", "e.md.bak");
        Assert.Equal("a.md b.MD c.txt", Ids(DocumentFolder.Load(folder.Path)));
        Assert.Equal("d.rst", Ids(DocumentFolder.Load(folder.Path, new DocumentOptions { Extensions = [".RST"] })));
    }

    [Fact]
    public void TablesAreReadOnlyWhereAColumnIsNamed()
    {
        using var folder = Folder("a.md").With("b.csv", "text\nOne.\n");
        Assert.Equal("a.md", Ids(DocumentFolder.Load(folder.Path, new DocumentOptions { Extensions = [".md", ".CSV"] })));
        var error = Assert.Throws<CrossEncoderException>(() =>
            DocumentFolder.Load(folder.Path, new DocumentOptions { Extensions = [".csv"] })
        );
        Assert.Contains(".csv (with a TextColumn)", error.Message);
    }

    [Fact]
    public void MarkdownMayHaveItsLongEnding()
    {
        using var folder = new ScratchFolder().With("a.markdown", "---\ntitle: One\n---\n<!-- no -->Text.");
        var document = Assert.Single(DocumentFolder.Load(folder.Path, new DocumentOptions { Extensions = [".markdown"] }));
        Assert.Equal(("One", "Text."), (document.Title, document.Text));
    }

    [Fact]
    public void OnlyFilesAboveTheSizeAreSkipped()
    {
        using var folder = Folder("a.md").With("b.md", new string('x', 100)).With("c.md", new string('x', 101));
        var documents = DocumentFolder.Load(folder.Path, new DocumentOptions { MaxFileBytes = 100 });
        Assert.Equal("a.md b.md", Ids(documents));
        Assert.Equal([new SkippedFile("c.md", "it has 101 bytes, more than the 100 allowed")], documents.Skipped);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t\n")]
    [InlineData("---\ntitle: x\n---\n")]
    [InlineData("<!-- nothing but a comment -->")]
    public void AFileWithoutTextIsSkipped(string text)
    {
        using var folder = Folder("a.md").With("b.md", text);
        Assert.Equal([new SkippedFile("b.md", "it has no text")], DocumentFolder.Load(folder.Path).Skipped);
    }

    [Fact]
    public void ReasonsAreCollectedInTheOrderOfIdsAndReadingGoesOn()
    {
        using var folder = Folder("b.md").With("a.pdf", "no pdf").With("c.docx", "no zip").With("d.md", "");
        var documents = DocumentFolder.Load(folder.Path);
        Assert.Equal("b.md", Ids(documents));
        Assert.Equal(["a.pdf", "c.docx", "d.md"], documents.Skipped.Select(file => file.Id));
        Assert.Contains("cannot be read as a PDF", documents.Skipped[0].Reason);
        Assert.Contains("cannot be read as a Word document", documents.Skipped[1].Reason);
        Assert.All(documents.Skipped, file => Assert.DoesNotContain('\n', file.Reason));
    }

    [Fact]
    public void AFolderOfUnreadableFilesNamesTheFirst()
    {
        using var folder = new ScratchFolder().With("a.md", "").With("b.pdf", "no");
        var message = Assert.Throws<CrossEncoderException>(() => DocumentFolder.Load(folder.Path)).Message;
        Assert.Contains("skip 2, first 'a.md': it has no text", message);
    }

    [Fact]
    public void StrictNamesTheFileAndWhatToDo()
    {
        using var folder = Folder("a.md").With("b.md", "");
        var documents = DocumentFolder.Stream(folder.Path, new DocumentOptions { Strict = true });
        var seen = new List<string>();
        var message = Assert
            .Throws<CrossEncoderException>(() =>
            {
                foreach (var document in documents)
                    seen.Add(document.Id);
            })
            .Message;
        Assert.Contains(folder["b.md"], message);
        Assert.Contains("without Strict", message);
        Assert.Equal(["a.md"], seen); // one at a time, up to it
    }

    [Fact]
    public void StreamingReadsAFileWhenItsTurnComes()
    {
        using var folder = Folder("a.md", "b.md");
        var skipped = new List<SkippedFile>();
        using var documents = DocumentFolder.Stream(folder.Path, skipped: skipped.Add).GetEnumerator();
        Assert.True(documents.MoveNext());
        File.Delete(folder["b.md"]);
        Assert.False(documents.MoveNext());
        Assert.Equal("b.md", Assert.Single(skipped).Id);
    }

    [Fact]
    public void AMissingFolderIsNamedBeforeAnythingIsRead()
    {
        using var folder = new ScratchFolder();
        Assert.Throws<CrossEncoderException>(() => DocumentFolder.Stream(folder["none"]));
    }

    [Theory]
    [InlineData("The dome closes.", "en")]
    [InlineData("圆顶关闭。", "zh")]
    [InlineData("The dome (圆顶) closes at night.", "en")]
    [InlineData("按 RESET 键，然后等待 LED 变绿。", "zh")]
    [InlineData("12.5 %", "en")]
    public void TheLanguageIsThatOfTheText(string text, string language) =>
        Assert.Equal(language, DocumentFolder.Parse("a.md", text).Language);

    [Fact]
    public void NotesOfSeveralDocumentsKeepTheirOrder()
    {
        var one = new Document("a.pdf", "A", "Text.", "en") { Notes = ["first", "second"] };
        var documents = new DocumentCollection([one, one with { Id = "b.pdf", Notes = ["third"] }]);
        Assert.Equal([("a.pdf", "first"), ("a.pdf", "second"), ("b.pdf", "third")], documents.Notes);
        Assert.Equal(2, documents.Count);
        Assert.Equal("b.pdf", documents[1].Id);
        Assert.Empty(documents.Skipped);
    }
}
