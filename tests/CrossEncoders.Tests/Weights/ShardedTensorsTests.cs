using System.Text.Json;
using CrossEncoders.Weights;
using TorchSharp;

namespace CrossEncoders.Tests.Weights;

/// <summary>Weights spread over files, and which of several files counts.</summary>
public sealed class ShardedTensorsTests : IDisposable
{
    private const string Index = "model.safetensors.index.json";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EachTensorIsReadFromItsOwnShard()
    {
        Shard("one", ("a", 1), ("b", 2));
        Shard("two", ("c", 3));
        WriteIndex(Index, ("c", "two"), ("a", "one"), ("b", "one"));
        using var weights = CheckpointWeights.Open(_folder.Path);
        Assert.Equal(["a", "b", "c"], weights.Tensors.Keys.Order());
        Assert.Equal([1f, 2, 3], [Value(weights, "a"), Value(weights, "b"), Value(weights, "c")]);
    }

    [Fact]
    public void WhatTheIndexDoesNotNameIsNotThere()
    {
        Shard("one", ("a", 1), ("b", 2));
        Shard("two", ("a", 9)); // another shard's tensor of the same name is no matter
        WriteIndex(Index, ("a", "one"));
        using var weights = CheckpointWeights.Open(_folder.Path);
        Assert.Equal(["a"], weights.Tensors.Keys);
        Assert.Equal(1, Value(weights, "a"));
        var error = Assert.Throws<CrossEncoderException>(() => weights.Read("b"));
        Assert.Contains($"{Index}' has no tensor 'b'. It has a.", error.Message);
    }

    [Fact]
    public void ATensorInAnotherShardThanTheIndexSaysIsNamed()
    {
        Shard("one", ("a", 1));
        Shard("two", ("b", 2));
        WriteIndex(Index, ("a", "one"), ("b", "one"));
        var error = Assert.Throws<CrossEncoderException>(() => CheckpointWeights.Open(_folder.Path));
        Assert.Contains("the tensor 'b' is in 'one', but it is not", error.Message);
        Unlocked("one");
    }

    [Fact]
    public void AShardThatIsMissingOrBrokenIsNamedAndTheOthersAreClosed()
    {
        Shard("one", ("a", 1));
        WriteIndex(Index, ("a", "one"), ("b", "two"));
        Assert.Contains("needs the shard 'two'", Assert.Throws<CrossEncoderException>(() => CheckpointWeights.Open(_folder.Path)).Message);
        Unlocked("one");
        File.WriteAllText(_folder["two"], "<html>not found</html>");
        var error = Assert.Throws<CrossEncoderException>(() => CheckpointWeights.Open(_folder.Path));
        Assert.Contains($"'{_folder["two"]}' is not a sound safetensors file", error.Message);
        Unlocked("one");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("/etc/passwd")]
    [InlineData("below/one")]
    [InlineData("below\\one")]
    [InlineData("c:one")]
    [InlineData("one\0")]
    public void OnlyFilesOfTheFolderItselfAreOpened(string file)
    {
        Shard("one", ("a", 1));
        WriteIndex(Index, ("a", file));
        var error = Assert.Throws<CrossEncoderException>(() => CheckpointWeights.Open(_folder.Path));
        Assert.Contains("a plain file name was expected", error.Message);
    }

    [Theory]
    [InlineData("""{"weight_map": ["a"]}""", "'Object'")]
    [InlineData("""{"weight_map": {"a": "one"}""", "LineNumber")]
    public void ABrokenIndexIsToldByItsCause(string index, string cause)
    {
        File.WriteAllText(_folder[Index], index);
        var message = Assert.Throws<CrossEncoderException>(() => CheckpointWeights.Open(_folder.Path)).Message;
        Assert.Contains("from tensor names to file names was expected", message);
        Assert.Contains(cause, message);
    }

    [Fact]
    public void AnIndexOfPyTorchFilesIsReadLikewise()
    {
        var tensor = Pickle.Tensor("0", "FloatStorage", 2, 0, [2], [1]);
        File.WriteAllBytes(_folder["one.bin"], Pickle.Zip(Pickle.StateDict("a", tensor), [1, 2]));
        File.WriteAllBytes(_folder["two.bin"], Pickle.Legacy(Pickle.StateDict("b", tensor), [3, 4]));
        WriteIndex("pytorch_model.bin.index.json", ("a", "one.bin"), ("b", "two.bin"));
        using var weights = CheckpointWeights.Open(_folder.Path);
        Assert.Equal([1f, 3], [Value(weights, "a"), Value(weights, "b")]);
    }

    [Fact]
    public void OfSeveralFormsTheSaferOneIsReadAndTheWholeFileBeforeShards()
    {
        var tensor = Pickle.Tensor("0", "FloatStorage", 1, 0, [1], [1]);
        string[] inOrder = ["model.safetensors", Index, "pytorch_model.bin", "pytorch_model.bin.index.json"];
        Shard("model.safetensors", ("a", 1));
        Shard("shard", ("a", 2));
        WriteIndex(Index, ("a", "shard"));
        File.WriteAllBytes(_folder["pytorch_model.bin"], Pickle.Zip(Pickle.StateDict("a", tensor), [3]));
        File.WriteAllBytes(_folder["shard.bin"], Pickle.Zip(Pickle.StateDict("a", tensor), [4]));
        WriteIndex("pytorch_model.bin.index.json", ("a", "shard.bin"));
        foreach (var (number, name) in inOrder.Index())
        {
            using (var weights = CheckpointWeights.Open(_folder.Path))
                Assert.Equal(number + 1, Value(weights, "a"));
            File.Delete(_folder[name]);
        }

        Assert.Throws<CrossEncoderException>(() => CheckpointWeights.Open(_folder.Path));
    }

    private void Shard(string name, params (string Name, float Value)[] tensors)
    {
        using var scope = torch.NewDisposeScope();
        SafetensorsWriter.Write(_folder[name], tensors.Select(each => (each.Name, torch.tensor(new[] { each.Value }))));
    }

    private void WriteIndex(string name, params (string Tensor, string File)[] places) =>
        File.WriteAllText(
            _folder[name],
            JsonSerializer.Serialize(new { weight_map = places.ToDictionary(place => place.Tensor, place => place.File) })
        );

    private void Unlocked(string name)
    {
        using (File.Open(_folder[name], FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { }
    }

    private static float Value(ITensorSource weights, string name)
    {
        using var read = weights.Read(name);
        return read.data<float>()[0];
    }
}
