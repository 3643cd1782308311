using System.Diagnostics;
using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Documents;

/// <summary>Names and depths of files.</summary>
public sealed class FolderFilesTests
{
    private const string Composed = "caf\u00E9";
    private const string Decomposed = "cafe\u0301";

    [Theory]
    [InlineData(Decomposed + ".md", Composed + ".md")]
    [InlineData(Composed + ".md", Composed + ".md")]
    [InlineData("\u1100\u1161.md", "\uAC00.md")]
    [InlineData("a\u0323\u0302.md", "\u1EAD.md")]
    [InlineData("a\u0302\u0323.md", "\u1EAD.md")]
    [InlineData("\u212B.md", "\u00C5.md")]
    [InlineData("\uFB01le.md", "\uFB01le.md")]
    public void IdsAreComposedInEveryHost(string name, string id)
    {
        using var folder = new ScratchFolder().With(name, "Text.");
        Assert.Equal(id, Assert.Single(DocumentFolder.Load(folder.Path)).Id);
    }

    [Fact]
    public void FoldersAndPatternsAreComposedToo()
    {
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(folder[Decomposed]);
        folder.With($"{Decomposed}/a.md", "Text.").With("b.md", "Text.");
        foreach (var pattern in (string[])[Composed + "/*", Decomposed + "/*"])
            Assert.Equal($"{Composed}/a.md", Assert.Single(DocumentFolder.Load(folder.Path, new() { Include = [pattern] })).Id);
        Assert.Equal("b.md", Assert.Single(DocumentFolder.Load(folder.Path, new() { Exclude = [Decomposed + "/**"] })).Id);
    }

    [Fact]
    public void TwoNamesForOneIdAreNotTwoDocuments()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems have one name for both");
        using var folder = new ScratchFolder().With(Decomposed + ".md", "One.").With(Composed + ".md", "Two.");
        var documents = DocumentFolder.Load(folder.Path);
        Assert.Single(documents);
        Assert.Contains("how accents are encoded", Assert.Single(documents.Skipped).Reason);
    }

    [Fact]
    public void AFolderDeeperThanPathsMayBeIsReported()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the limits of other systems are others");
        using var folder = new ScratchFolder().With("a.md", "Text.");
        // Each half has a path that may be; the one moved into the other has not.
        var half = string.Join('/', Enumerable.Repeat(new string('d', 200), 18));
        Directory.CreateDirectory(folder["one/" + half]);
        Directory.CreateDirectory(folder["two/" + half]);
        Directory.Move(folder["two"], folder[$"one/{half}/two"]);
        try
        {
            string[] Skipped(string[]? include, params string[] exclude)
            {
                var documents = DocumentFolder.Load(folder.Path, new() { Include = include, Exclude = exclude });
                Assert.Equal("a.md", Assert.Single(documents).Id);
                return [.. documents.Skipped.Select(file => file.Reason)];
            }
            foreach (var include in (string[]?[])[null, ["**"], ["**/*.md"], ["a.md", "one/**/b.md"]])
                Assert.Contains("cannot be listed", Assert.Single(Skipped(include, "**/drafts/**")));
            Assert.Empty(Skipped(["*.md", "two/**", "one/*/*.md"])); // nothing that is wanted can be in it
            Assert.Empty(Skipped(["**/*.md"], "one/**"));
        }
        finally
        {
            Process.Start("rm", ["-rf", folder["one"]]).WaitForExit();
        }
    }

    [Fact]
    public void ManyFoldersInEachOtherAreRead()
    {
        using var folder = new ScratchFolder();
        var deep = string.Join('/', Enumerable.Repeat("d", 1500));
        Directory.CreateDirectory(folder[deep]);
        folder.With(deep + "/a.md", "Text.");
        Assert.Equal(deep + "/a.md", Assert.Single(DocumentFolder.Load(folder.Path)).Id);
    }

    [Fact]
    public void NotesNameTheirDocument()
    {
        var document = new Document("a.pdf", "A", "Text.", "en") { Notes = ["2 lines of running heads and page numbers left out."] };
        var documents = new DocumentCollection([document, document with { Id = "b.pdf", Notes = [] }]);
        Assert.Equal([("a.pdf", "2 lines of running heads and page numbers left out.")], documents.Notes);
    }
}
