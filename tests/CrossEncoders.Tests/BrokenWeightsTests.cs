using static TorchSharp.torch;

namespace CrossEncoders.Tests;

/// <summary>Weights that diverged, and names that a wrapper changed.</summary>
public sealed class BrokenWeightsTests : IDisposable
{
    private static readonly TextPair[] Pairs = [new("a question", "a passage"), new("another", "text")];

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("classifier.bias", float.NaN, ScalarType.Float16)]
    [InlineData("classifier.bias", float.PositiveInfinity, ScalarType.Float32)]
    [InlineData("bert.encoder.layer.1.output.dense.weight", float.NegativeInfinity, ScalarType.BFloat16)]
    [InlineData("bert.embeddings.word_embeddings.weight", float.NaN, ScalarType.Float32)]
    public void AWeightThatIsNoFiniteNumberIsRefusedWithItsName(string name, float value, ScalarType type)
    {
        var folder = ModelFolder.Copy(Shared.Path("golden/models/bert"), _scratch["model"]);
        ModelFolder.Reweigh(folder, (key, weights) => (key, key == name ? Spoiled(weights, value).to(type) : weights));
        var error = Assert.Throws<CrossEncoderException>(() => ModelFolder.Load(folder));
        Assert.Contains($"'{name}'", error.Message);
        Assert.Contains("not finite numbers", error.Message);
        if (name.StartsWith("bert.", StringComparison.Ordinal))
            Assert.Contains(name, Assert.Throws<CrossEncoderException>(() => ModelFolder.LoadBi(folder)).Message);
    }

    [Fact]
    public void AModelThatDivergesInMemoryGivesAnErrorAndNoList()
    {
        using var model = ModelFolder.Load(Shared.Path("golden/models/bert"));
        model.Model.Parameters.Flat.fill_(float.NaN);
        foreach (var call in (Action[])[() => model.Score(Pairs), () => model.Predict(Pairs), () => model.Rank("a", ["b", "c"])])
            Assert.Contains("not a number for the pair at index 0", Assert.Throws<CrossEncoderException>(call).Message);
    }

    [Theory]
    [InlineData("_orig_mod.")]
    [InlineData("module.")]
    [InlineData("module._orig_mod.")]
    [InlineData("_orig_mod.module.")]
    public void AWrappersPrefixIsTakenOff(string prefix)
    {
        var source = Shared.Path("golden/models/bert");
        var folder = ModelFolder.Copy(source, _scratch["model"]);
        ModelFolder.Reweigh(folder, (key, weights) => (prefix + key, weights));
        var notes = new List<string>();
        using var wrapped = ModelFolder.Load(folder, new() { Report = notes.Add });
        using var plain = ModelFolder.Load(source);
        Assert.Empty(notes);
        Assert.Equal(plain.Score(Pairs), wrapped.Score(Pairs));
        wrapped.SavePretrained(_scratch["saved"]);
        using var saved = ModelFolder.Load(_scratch["saved"]);
        Assert.Equal(plain.Score(Pairs), saved.Score(Pairs));
    }

    [Fact]
    public void APrefixWithinANameIsTakenOffToo()
    {
        var source = Shared.Path("golden/models/bert");
        var folder = ModelFolder.Copy(source, _scratch["model"]);
        ModelFolder.Reweigh(folder, (key, weights) =>
            (key.Replace("bert.encoder.", "bert.encoder._orig_mod.", StringComparison.Ordinal), weights)
        );
        using var wrapped = ModelFolder.Load(folder);
        using var plain = ModelFolder.Load(source);
        Assert.Equal(plain.Score(Pairs), wrapped.Score(Pairs));
    }

    [Fact]
    public void AnotherPrefixIsSeenInTheError()
    {
        var folder = ModelFolder.Copy(Shared.Path("golden/models/bert"), _scratch["model"]);
        ModelFolder.Reweigh(folder, (key, weights) => ("student." + key, weights));
        var error = Assert.Throws<CrossEncoderException>(() => ModelFolder.Load(folder));
        Assert.Contains("missing", error.Message);
        Assert.Contains("'student.bert.' in front", error.Message);
    }

    private static Tensor Spoiled(Tensor weights, float value)
    {
        var spoiled = weights.clone();
        spoiled.view(-1)[0] = value;
        return spoiled;
    }
}
