using System.Text.Json.Nodes;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Tests;

/// <summary>Late-interaction models saved in the layout that they came in.</summary>
public sealed class MultiVectorSavingTests : IDisposable
{
    private static readonly string[] Queries = ["what is", "What is the word for the the the", ""];
    private static readonly string[] Passages = ["the word. is!?", "the", "the the the the the the the the the the the"];

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("native")]
    [InlineData("pylate")]
    [InlineData("colbert")]
    public void AModelComesBackAsItWasInTheFilesItCameIn(string layout)
    {
        var folder = Make(layout);
        using var model = MultiVectorFolders.Load(folder);
        model.SavePretrained(_scratch["saved"]);
        using var saved = MultiVectorFolders.Load(_scratch["saved"]);
        Assert.Equal(model.EmbedQueries(Queries), saved.EmbedQueries(Queries));
        Assert.Equal(model.EmbedPassages(Passages), saved.EmbedPassages(Passages));
        Assert.Equal((model.Width, model.MaxPassageTokens), (saved.Width, saved.MaxPassageTokens));

        string[] notOurs = ["cases.json", "keys.txt", "vocab.txt"];
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(folder, path);
            if (!notOurs.Contains(name))
                Same(path, _scratch[Path.Combine("saved", name)]);
        }

        Assert.StartsWith("---\nlibrary_name: sentence-transformers\n", File.ReadAllText(_scratch["saved/README.md"]));
    }

    [Theory]
    [InlineData("native")]
    [InlineData("pylate")]
    public void PrefixesThatWereSetAreSaved(string layout)
    {
        var folder = Make(layout);
        using var model = MultiVectorFolders.Load(folder, new() { QueryPrefix = "ask ", PassagePrefix = "" });
        model.SavePretrained(_scratch["saved"]);
        using var saved = MultiVectorFolders.Load(_scratch["saved"]);
        Assert.Equal(model.EmbedQueries(Queries), saved.EmbedQueries(Queries));
        Assert.Equal(model.EmbedPassages(Passages), saved.EmbedPassages(Passages));
        using var plain = MultiVectorFolders.Load(folder);
        Assert.NotEqual(plain.EmbedQueries(Queries), saved.EmbedQueries(Queries)); // so that it matters
        Assert.NotEqual(plain.EmbedPassages(Passages), saved.EmbedPassages(Passages));
    }

    [Fact]
    public void WhatColBertsLayoutCannotSayIsNotSaved()
    {
        using var model = MultiVectorFolders.Load(Make("colbert"), new() { PassagePrefix = "the " });
        Assert.Contains(
            "has no place for a prefix",
            Assert.Throws<CrossEncoderException>(() => model.SavePretrained(_scratch["saved"])).Message
        );
        Assert.False(Directory.Exists(_scratch["saved"]));
    }

    [Fact]
    public void WeightsAreStoredInTheTypeAskedFor()
    {
        using var model = MultiVectorFolders.Load(Make("native"));
        model.SavePretrained(_scratch["saved"], ScalarType.BFloat16, "mine");
        Assert.Equal("mine", File.ReadAllText(_scratch["saved/README.md"]));
        foreach (var part in new[] { "saved", "saved/1_Dense" })
        {
            using var weights = CheckpointWeights.Open(_scratch[part]);
            Assert.All(weights.Tensors.Values, tensor => Assert.Equal(ScalarType.BFloat16, tensor.Type.ToTorch()));
        }

        Assert.Equal("bfloat16", (string?)JsonNode.Parse(File.ReadAllText(_scratch["saved/config.json"]))!["dtype"]);
        Assert.Contains("Int8", Assert.Throws<CrossEncoderException>(() => model.SavePretrained(_scratch["no"], ScalarType.Int8)).Message);
    }

    [Fact]
    public void ACrossEncoderInTheSameFolderIsReplacedWhole()
    {
        using var model = MultiVectorFolders.Load(Make("native"));
        using var cross = ModelFolder.Load(Shared.Path("golden/modules/bert-mean-head-3-labels"));
        cross.SavePretrained(_scratch["saved"]);
        model.SavePretrained(_scratch["saved"]);
        using (var saved = MultiVectorFolders.Load(_scratch["saved"]))
            Assert.Equal(model.EmbedQueries(Queries), saved.EmbedQueries(Queries));
        cross.SavePretrained(_scratch["saved"]);
        using var again = ModelFolder.Load(_scratch["saved"]);
        Assert.Equal(cross.Score([new("why?", "the wind")]), again.Score([new("why?", "the wind")]));
    }

    private string Make(string layout) =>
        layout switch
        {
            "native" => MultiVectorFolders.Native(_scratch[layout]),
            "pylate" => MultiVectorFolders.PyLate(_scratch[layout]),
            _ => MultiVectorFolders.ColBert(_scratch[layout]),
        };

    private static void Same(string path, string saved)
    {
        if (!path.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(path)), JsonNode.Parse(File.ReadAllText(saved))), saved);
            return;
        }

        using var scope = NewDisposeScope();
        using var expected = new SafetensorsFile(path);
        using var actual = new SafetensorsFile(saved);
        // the pooler of a bare encoder, which is not read
        var names = expected.Tensors.Keys.Where(name => !name.Contains("pooler.")).Order(StringComparer.Ordinal);
        Assert.Equal(names, actual.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var name in names)
            Assert.Equal(expected.Read(name).data<float>().ToArray(), actual.Read(name).data<float>().ToArray());
    }
}
