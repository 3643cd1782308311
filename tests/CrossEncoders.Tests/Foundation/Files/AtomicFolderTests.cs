using CrossEncoders.Files;

namespace CrossEncoders.Tests.Foundation.Files;

/// <summary>Saving a model: the old one or the new one is there, whole, and every file of others.</summary>
public sealed partial class AtomicFolderTests : IDisposable
{
    private static readonly Dictionary<string, string> Old = new()
    {
        ["config.json"] = "old config",
        ["model.safetensors"] = "old weights",
        ["vocab.txt"] = "old words",
        ["README.md"] = "old card",
        ["modules.json"] = "old modules",
        ["1_Pooling/config.json"] = "old pooling",
        ["onnx/model.onnx"] = "old graph",
    };

    private static readonly Dictionary<string, string> New = new()
    {
        ["config.json"] = "new config",
        ["model.safetensors"] = "new weights",
        ["tokenizer.json"] = "new words",
        ["1_Pooling/config.json"] = "new pooling",
        ["README.md"] = "new card",
    };

    private static readonly Dictionary<string, string> Others = new()
    {
        ["best-practices.md"] = "mine",
        ["notes.txt"] = "mine",
        ["data/train.jsonl"] = "mine",
        ["checkpoint-500/model.safetensors"] = "mine",
        ["1_Data/config.json"] = "mine",
        ["1_Pooling/drawing.svg"] = "mine",
        ["onnx/readme.txt"] = "mine",
        [".saving~mine/file"] = "mine",
        [".git/config"] = "mine",
    };

    private readonly ScratchFolder _scratch = new();

    private string Target => _scratch["out/model"];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void AFirstSaveMakesTheFolderAndNothingBesideIt()
    {
        AtomicFolder.Write(Target, Fill);
        Assert.Equal(New, Contents(Target));
        Assert.Equal(["model"], Directory.GetFileSystemEntries(_scratch["out"]).Select(Path.GetFileName));
    }

    [Fact]
    public void ANewModelTakesTheWholePlaceOfTheOldOneAndNoFileOfOthers()
    {
        PutAll(Target, Old, Others);
        AtomicFolder.Write(Target, Fill);
        Assert.Equal(Sum(New, Others), Contents(Target));
    }

    [Fact]
    public void SettingsAndTokenizersOfOtherLibrariesGo()
    {
        string[] theirs =
        [
            "special_tokens_map.json",
            "added_tokens.json",
            "spiece.model",
            "sentencepiece.bpe.model",
            "merges.txt",
            "sentence_bert_config.json",
            "config_sentence_transformers.json",
            "generation_config.json",
            "pytorch_model-00001-of-00002.bin",
            "model.safetensors.index.json",
            "tf_model.h5",
            "flax_model.msgpack",
            "adapter_config.json",
            "adapter_model.safetensors",
            "2_Dense/config.json",
            "2_Dense/model.safetensors",
            "3_Normalize/config.json",
            "openvino/openvino_model.xml",
        ];
        PutAll(Target, theirs.ToDictionary(name => name, _ => "theirs"), Others);
        AtomicFolder.Write(Target, Fill);
        Assert.Equal(Sum(New, Others), Contents(Target));
        Assert.False(Directory.Exists(Path.Combine(Target, "2_Dense")));
    }

    [Fact]
    public void ALeftoverLockOfAKilledProcessStopsNothing()
    {
        Put(Target, Old);
        File.WriteAllText(Path.Combine(Target, ".saving.lock"), "");
        File.WriteAllText(_scratch["out/.model.saving.lock"], "");
        AtomicFolder.Write(Target, Fill);
        Assert.Equal(New, Contents(Target));
    }

    [Fact]
    public void AFolderThatIsALinkStaysOne()
    {
        PutAll(_scratch["elsewhere"], Old, Others);
        Directory.CreateDirectory(_scratch["out"]);
        Directory.CreateSymbolicLink(Target, _scratch["elsewhere"]);
        AtomicFolder.Write(Target, Fill);
        Assert.Equal(_scratch["elsewhere"], new DirectoryInfo(Target).LinkTarget);
        Assert.Equal(Sum(New, Others), Contents(_scratch["elsewhere"]));
    }

    [Fact]
    public void ALinkThatLeadsNowhereIsFilledWhereItLeads()
    {
        Directory.CreateDirectory(_scratch["out"]);
        Directory.CreateSymbolicLink(Target, _scratch["elsewhere"]);
        AtomicFolder.Write(Target, Fill);
        Assert.Equal(New, Contents(_scratch["elsewhere"]));
    }

    [Fact]
    public void AReadmeOfAFolderWithoutAModelIsSomebodysOwn()
    {
        Put(Target, new() { ["README.md"] = "my project" });
        AtomicFolder.Write(Target, Fill);
        AtomicFolder.Write(Target, Fill);
        Assert.Equal("my project", File.ReadAllText(Path.Combine(Target, "README.md")));
        Assert.Equal("new card", File.ReadAllText(Path.Combine(Target, "MODEL_CARD.md")));
    }

    [Fact]
    public void AnAdapterTakesThePlaceOfAnAdapterOnly()
    {
        Put(Target, Old);
        Put(Target, new() { ["adapter_model.bin"] = "old adapter", ["adapter_notes.md"] = "mine" });
        AtomicFolder.Write(Target, building =>
            Put(building, new() { ["adapter_config.json"] = "new", ["adapter_model.safetensors"] = "new" })
        );
        Dictionary<string, string> expected = new()
        {
            ["adapter_config.json"] = "new",
            ["adapter_model.safetensors"] = "new",
            ["adapter_notes.md"] = "mine",
        };
        Assert.Equal(Sum(Old, expected), Contents(Target));
    }

    [Fact]
    public void LinksToFilesAreReplacedAndWhatTheyLeadToStays()
    {
        Put(_scratch["blobs"], new() { ["weights"] = "shared weights" });
        Put(Target, new() { ["config.json"] = "old config" });
        File.CreateSymbolicLink(Path.Combine(Target, "model.safetensors"), _scratch["blobs/weights"]);
        AtomicFolder.Write(Target, Fill);
        Assert.Equal("shared weights", File.ReadAllText(_scratch["blobs/weights"]));
        Assert.Equal(New, Contents(Target));
    }

    [Fact]
    public void SavesAtTheSameTimeComeOneAfterTheOther()
    {
        PutAll(Target, Old, Others);
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, _ => AtomicFolder.Write(Target, Fill));
        Assert.Equal(Sum(New, Others), Contents(Target));
    }

    [Fact]
    public void TheCurrentFolderIsRefused()
    {
        Assert.Contains("works in", Assert.Throws<CrossEncoderException>(() => AtomicFolder.Write(".", Fill)).Message);
        Assert.Contains("works in", Assert.Throws<CrossEncoderException>(() => AtomicFolder.Write("..", Fill)).Message);
    }

    [Theory]
    [InlineData("model.safetensors/mine", "a folder is in the place of its file 'model.safetensors'")]
    [InlineData("1_Pooling", "a file is in the place of its folder '1_Pooling'")]
    public void WhatIsInTheWayIsSaidBeforeAnythingGoes(string name, string said)
    {
        Put(Target, new() { ["config.json"] = "old config", [name] = "mine" });
        Assert.Contains(said, Assert.Throws<CrossEncoderException>(() => AtomicFolder.Write(Target, Fill)).Message);
        Assert.Equal(new SortedDictionary<string, string> { ["config.json"] = "old config", [name] = "mine" }, Contents(Target));
    }

    [Fact]
    public void AFileInThePlaceOfTheFolderIsSaid()
    {
        Put(_scratch["out"], new() { ["model"] = "a file" });
        Assert.Contains(Target, Assert.Throws<CrossEncoderException>(() => AtomicFolder.Write(Target, Fill)).Message);
        Assert.Equal("a file", File.ReadAllText(Target));
    }

    private static void Fill(string folder) => Put(folder, New);

    private static Action<string> Fill(Killer steps) =>
        folder =>
        {
            foreach (var (name, text) in New)
            {
                steps.Count($"write {name}");
                Put(folder, new() { [name] = text });
            }
        };

    private static void Put(string folder, Dictionary<string, string> files) => PutAll(folder, files);

    private static void PutAll(string folder, params Dictionary<string, string>[] files)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in files.SelectMany(each => each))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            File.WriteAllText(Path.Combine(folder, name), text);
        }
    }

    private static SortedDictionary<string, string> Sum(params Dictionary<string, string>[] files) =>
        new(files.SelectMany(each => each).ToDictionary(), StringComparer.Ordinal);

    /// <summary>All files with their contents; with <paramref name="hidden"/> off, without the folders a save makes for itself.</summary>
    private static SortedDictionary<string, string> Contents(string folder, bool hidden = true) =>
        new(
            Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path))
                .Where(name => hidden || name.StartsWith(".saving~mine", StringComparison.Ordinal) || !name.Contains('~'))
                .ToDictionary(name => name, name => File.ReadAllText(Path.Combine(folder, name))),
            StringComparer.Ordinal
        );

    private static void AssertHolds(SortedDictionary<string, string> expected, SortedDictionary<string, string> found, string after) =>
        Assert.True(expected.SequenceEqual(found), $"after the kill at {after}: {string.Join(", ", found)}");

    private sealed class Kill : Exception;
}
