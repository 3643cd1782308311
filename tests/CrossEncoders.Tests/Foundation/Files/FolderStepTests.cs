using CrossEncoders.Files;

namespace CrossEncoders.Tests.Foundation.Files;

public sealed class FolderStepTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly List<string> _changes = [];

    private FolderSteps Steps => new(_changes.Add);

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(".saving~0123456789ab", true)]
    [InlineData(".saving~0123456789AB", false)]
    [InlineData(".saving~0123456789a", false)]
    [InlineData(".saving~0123456789abc", false)]
    [InlineData(".saving~0123456789ab\n", false)]
    [InlineData(".saving~my own notes", false)]
    [InlineData(".saved~0123456789ab", false)] // another step's
    [InlineData("x.saving~0123456789ab", false)]
    public void OnlyNamesThatASaveMakesAreItsLeftovers(string name, bool expected)
    {
        Directory.CreateDirectory(_scratch[name]);
        Assert.Equal(expected ? [_scratch[name]] : [], FolderSteps.Leftovers(_scratch.Path, FolderSteps.Saving));
    }

    [Theory]
    [InlineData(FolderSteps.Saved, true)]
    [InlineData(FolderSteps.Placing, true)]
    [InlineData(FolderSteps.Saving, false)] // nothing was decided yet
    public void ASaveIsDecidedFromItsSecondNameOn(string start, bool expected)
    {
        Assert.False(FolderSteps.IsDecided(_scratch.Path));
        _scratch.With($"{start}0123456789ab", ""); // a file of that name is none
        Assert.False(FolderSteps.IsDecided(_scratch.Path));
        File.Delete(_scratch[$"{start}0123456789ab"]);
        Directory.CreateDirectory(_scratch[$"{start}0123456789ab"]);
        Assert.Equal(expected, FolderSteps.IsDecided(_scratch.Path));
    }

    [Fact]
    public void FilesAreListedWithTheirFoldersInOneOrderEverywhere()
    {
        foreach (var name in (string[])["b", "B", "a/c", "a.txt", ".hidden", "三"])
            Steps.Move(Written("file"), _scratch[name]);
        Directory.CreateDirectory(_scratch["empty"]);
        Assert.Equal([".hidden", "B", "a.txt", "a/c", "b", "三"], FolderSteps.Files(_scratch.Path));
        FolderSteps.FlushFiles(_scratch.Path);
    }

    [Fact]
    public void AFolderIsDeletedFileByFileAndALinkAsALink()
    {
        Directory.CreateDirectory(_scratch["other"]);
        _scratch.With("other/file", "another's");
        Directory.CreateDirectory(_scratch["old/sub"]);
        _scratch.With("old/sub/file", "");
        Directory.CreateSymbolicLink(_scratch["old/link"], _scratch["other"]);
        File.CreateSymbolicLink(_scratch["old/nowhere"], _scratch["absent"]);
        Steps.Delete(_scratch["old"]);
        Assert.Equal("another's", File.ReadAllText(_scratch["other/file"]));
        Assert.Equal(["delete file", "delete link", "delete nowhere", "delete old", "delete sub"], _changes.Order(StringComparer.Ordinal));
        Assert.Equal("delete old", _changes[^1]);
        Assert.Equal([_scratch["other"]], Directory.GetFileSystemEntries(_scratch.Path));
        Steps.Delete(_scratch["old/sub"]); // what is gone already is no error, its folder too
        Assert.Equal(5, _changes.Count);
    }

    [Fact]
    public void AMoveTakesTheOldFilesPlaceAndMakesTheFolder()
    {
        Steps.Move(Written("new"), _scratch["a/b/file"]);
        Steps.Move(Written("newer"), _scratch["a/b/file"]);
        Assert.Equal("newer", File.ReadAllText(_scratch["a/b/file"]));
        Steps.Move(_scratch["a/b"], _scratch["c"]);
        Assert.Equal("newer", File.ReadAllText(_scratch["c/file"]));
        Assert.Equal(["move written to file", "move written to file", "move b to c"], _changes);
    }

    [Fact]
    public void AFolderIsMadeWithThoseAboveItAndAFileIsWrittenIntoIt()
    {
        Steps.Create(_scratch["a/b"]);
        Steps.Create(_scratch["a/b"]);
        Steps.Write(_scratch["a/b/file"], path => File.WriteAllText(path, "1"));
        Assert.Equal("1", File.ReadAllText(_scratch["a/b/file"]));
        Assert.Equal(["create b", "create b", "write file"], _changes);
    }

    [Fact]
    public void WhatIsThrownBeforeAChangePreventsIt()
    {
        var steps = new FolderSteps(_ => throw new FormatException("a kill"));
        Assert.Throws<FormatException>(() => steps.Create(_scratch["made"]));
        Assert.Throws<FormatException>(() => steps.Write(_scratch["made"], _ => Assert.Fail("nothing may be written")));
        Assert.Throws<FormatException>(() => steps.Move(Written("text"), _scratch["moved"]));
        Assert.Throws<FormatException>(() => steps.Delete(_scratch["written"]));
        Assert.Equal([_scratch["written"]], Directory.GetFileSystemEntries(_scratch.Path));
    }

    private string Written(string text)
    {
        _scratch.With("written", text);
        return _scratch["written"];
    }
}
