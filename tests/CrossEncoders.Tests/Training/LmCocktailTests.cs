using CrossEncoders.Evaluation;
using CrossEncoders.Training;

namespace CrossEncoders.Tests.Training;

[Collection(Alone.Name)]
public class LmCocktailTests
{
    [Fact]
    public void SweepsAndKeepsTheBestMixture()
    {
        using var scratch = new ScratchFolder();
        var (before, after, merged) = (
            Shared.Path("golden/models/bert"),
            Path.Combine(scratch.Path, "tuned"),
            Path.Combine(scratch.Path, "merged")
        );
        float[] old,
            tuned;
        using (var model = TinyModel.Load("bert"))
        {
            old = TinyModel.Values(model);
            new CrossEncoderTrainer(model, TinyModel.Arguments(scratch.Path)) { OnAlarm = _ => { } }.Train(TinyModel.Examples(64));
            tuned = TinyModel.Values(model);
            model.SavePretrained(after);
        }

        // Rates a model by how near its first weight is to 0.3 of the way.
        var evaluator = new Nearest(old, tuned, 0.3);
        var options = new CrossEncoderOptions { ComputeType = TorchSharp.torch.ScalarType.Float32, Report = _ => { } };
        var sweep = LmCocktail.Sweep(before, after, evaluator, [1, 0, 0.5, 0.25], merged, options);
        Assert.Equal([1, 0, 0.5, 0.25], sweep.Points.Select(point => point.Alpha));
        Assert.Equal(0.25, sweep.Best.Alpha);
        Assert.Equal(tuned, evaluator.Seen[0]); // exact at both ends
        Assert.Equal(old, evaluator.Seen[1]);
        using var saved = CrossEncoder.FromPretrained(merged, options);
        Assert.Equal(evaluator.Seen[3], TinyModel.Values(saved));
        Assert.Equal(old.Zip(tuned, (a, b) => a + 0.25f * (b - a)), TinyModel.Values(saved), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Contains("| 0.25 |", File.ReadAllText(Path.Combine(merged, "README.md")));
    }

    [Fact]
    public void OfEqualsTakesTheOneNearestToTheBase()
    {
        using var before = TinyModel.Load("bert");
        using var after = TinyModel.Load("bert");
        var sweep = LmCocktail.Sweep(before, after, new Nearest([0], [0], 0), [0.7, 0.2, 0.4]);
        Assert.Equal(0.2, sweep.Best.Alpha);
    }

    [Fact]
    public void WhatIsNotANumberIsNeverTheBest()
    {
        using var before = TinyModel.Load("bert");
        using var after = TinyModel.Load("bert");
        var sweep = LmCocktail.Sweep(before, after, new Scripted([double.NaN, 0.5, double.NegativeInfinity, 0.7]), [0, 0.2, 0.5, 1]);
        Assert.Equal(0.2, sweep.Best.Alpha);
        Assert.Equal(4, sweep.Points.Count);
        var tuned = TinyModel.Values(after);
        Assert.Contains(
            "not a number for any of the 2",
            Assert
                .Throws<CrossEncoderException>(() => LmCocktail.Sweep(before, after, new Scripted([double.NaN, double.NaN]), [0, 0.5]))
                .Message
        );
        Assert.Equal(tuned, TinyModel.Values(after));
    }

    [Fact]
    public void AtBothEndsTheOtherSideDoesNotMatter()
    {
        using var sound = TinyModel.Load("bert");
        using var broken = TinyModel.Load("bert");
        broken.Model.Parameters.Flat.fill_(double.NaN);
        var values = TinyModel.Values(sound);
        LmCocktail.Merge(broken, sound, 1);
        Assert.Equal(values, TinyModel.Values(sound));
        LmCocktail.Merge(sound, broken, 0);
        Assert.Equal(values, TinyModel.Values(broken));
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        using var bert = TinyModel.Load("bert");
        using var other = TinyModel.Load("xlm-roberta");
        Assert.Contains("not of one shape", Assert.Throws<CrossEncoderException>(() => LmCocktail.Merge(bert, other, 0.5)).Message);
        using var again = TinyModel.Load("bert");
        Assert.Contains(
            "from 0",
            Assert.Throws<CrossEncoderException>(() => LmCocktail.Sweep(bert, again, new Nearest([0], [0], 0), [0, 2])).Message
        );
        var before = TinyModel.Values(again);
        Assert.Contains("from 0", Assert.Throws<CrossEncoderException>(() => LmCocktail.Merge(bert, again, double.NaN)).Message);
        Assert.Equal(before, TinyModel.Values(again));
        var sweep = Assert.Throws<CrossEncoderException>(() => LmCocktail.Sweep("none", "none", new Nearest([0], [0], 0), output: "."));
        Assert.Contains("folder this program works in", sweep.Message); // before a model is looked for
        using var bare = CrossEncoder.FromPretrained(Shared.Path("golden/models/bert-bare"), new() { Report = _ => { } });
        Assert.Contains("without a head", Assert.Throws<CrossEncoderException>(() => LmCocktail.Merge(bare, bert, 0.5)).Message);
    }

    private sealed class Nearest(float[] old, float[] tuned, double share) : IEvaluator
    {
        public List<float[]> Seen { get; } = [];

        public string Name => "nearest";

        public string PrimaryMetric => "distance";

        public bool HigherIsBetter => false;

        public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default)
        {
            Seen.Add(TinyModel.Values((CrossEncoder)scorer));
            var i = Array.FindIndex(tuned, 0, value => old[Array.IndexOf(tuned, value)] != value);
            var distance = i < 0 ? 0 : Math.Abs((Seen[^1][i] - old[i]) / (tuned[i] - old[i]) - share);
            return new EvaluationResult(Name, epoch, steps, new Dictionary<string, double> { [PrimaryMetric] = distance });
        }
    }

    private sealed class Scripted(double[] errors) : IEvaluator
    {
        private int _asked;

        public string Name => "scripted";

        public string PrimaryMetric => "error";

        public bool HigherIsBetter => false;

        public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default) =>
            new(Name, epoch, steps, new Dictionary<string, double> { [PrimaryMetric] = errors[_asked++] });
    }
}
