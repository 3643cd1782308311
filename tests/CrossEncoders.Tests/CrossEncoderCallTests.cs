using static TorchSharp.torch;

namespace CrossEncoders.Tests;

/// <summary>Calls with nothing to score, and on a model that is gone.</summary>
public sealed class CrossEncoderCallTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void WrongCallsAreNamed()
    {
        using var model = ModelFolder.Load(Shared.Path("golden/models/bert"));
        Assert.Contains(
            "passage of the pair at index 1",
            Assert.Throws<CrossEncoderException>(() => model.Score([new("a", "b"), new("a", null!)])).Message
        );
        Assert.Contains("query of the pair at index 0", Assert.Throws<CrossEncoderException>(() => model.Predict([default])).Message);
        Assert.Throws<ArgumentNullException>(() => model.Score(null!));
        Assert.Throws<ArgumentNullException>(() => model.Rank("a", null!));
        Assert.Contains("at least 1", Assert.Throws<CrossEncoderException>(() => model.Rank("a", ["b"], topK: 0)).Message);
        var target = Path.Combine(_scratch.Path, "saved");
        Assert.Contains("Int8", Assert.Throws<CrossEncoderException>(() => model.SavePretrained(target, ScalarType.Int8)).Message);
        Assert.False(Directory.Exists(target));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void AModelHasALabel(int labels)
    {
        var options = new CrossEncoderOptions { Labels = labels };
        var error = Assert.Throws<CrossEncoderException>(() => ModelFolder.Load(Shared.Path("golden/models/bert-bare"), options));
        Assert.Contains($"{labels} labels were asked for; expected at least 1", error.Message);
    }

    [Fact]
    public void ATypeThatNothingComputesInIsRefusedBeforeTheWeightsAreRead()
    {
        var folder = ModelFolder.Copy(Shared.Path("golden/models/bert"), _scratch["model"]);
        File.WriteAllText(Path.Combine(folder, "model.safetensors"), "torn");
        const ScalarType type = ScalarType.Float64;
        foreach (
            var load in (Action[])
                [
                    () => CrossEncoder.FromPretrained(folder, new() { Device = "cpu", ComputeType = type }),
                    () => BiEncoder.FromPretrained(folder, new() { Device = "cpu", ComputeType = type }),
                ]
        )
            Assert.Contains("ComputeType is Float64", Assert.Throws<CrossEncoderException>(load).Message);
    }

    [Fact]
    public void AModelDisposedOfWhileItScoresComesToItsEnd()
    {
        TextPair[] pairs = [.. Enumerable.Range(0, 64).Select(i => new TextPair("a question", $"passage {i}"))];
        var folder = Shared.Path("golden/models/bert");
        using var other = ModelFolder.Load(folder, new() { BatchSize = 1 });
        var model = ModelFolder.Load(folder, new() { BatchSize = 1 });
        var progress = new Disposing(model);
        Assert.Equal(other.Score(pairs), model.Score(pairs, progress));
        Assert.True(model.Model.Parameters.Flat.IsInvalid);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Score(pairs));
        Assert.Throws<ObjectDisposedException>(() => model.Rank("a", ["b"]));
        Assert.Throws<ObjectDisposedException>(() => model.SavePretrained(Path.Combine(_scratch.Path, "saved")));

        var bi = BiEncoder.FromPretrained(folder, new() { Device = "cpu" });
        bi.Dispose();
        Assert.Throws<ObjectDisposedException>(() => bi.EmbedQueries(["a"]));
    }

    private sealed class Disposing(CrossEncoder model) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => model.Dispose();
    }
}
