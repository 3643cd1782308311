using CrossEncoders.Display;
using CrossEncoders.Evaluation;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;

namespace CrossEncoders.Tests.Training;

/// <summary>Several trainings: with several seeds, over several settings, within a time.</summary>
[Collection(Alone.Name)]
public sealed class TrainingSearchTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void EverySettingIsTrainedWithEverySeedFromTheSameModel()
    {
        var values = new ByWeights();
        var said = new List<string>();
        var report = Run(
            new()
            {
                LearningRates = [1e-3, 3e-3],
                Losses = [() => new BinaryCrossEntropyLoss(), () => new MeanSquaredErrorLoss()],
                Seeds = [1, 2],
            },
            values,
            progress: new Said(said)
        );
        Assert.Equal(8, report.Trials.Count);
        Assert.Equal(0, report.Left);
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2], report.Trials.Select(trial => trial.Seed));
        Assert.Equal(8, report.Trials.Select(trial => trial.Folder).Distinct().Count());
        Assert.All(report.Trials, trial => Assert.True(Directory.Exists(trial.Folder)));
        Assert.All(report.Trials, trial => Assert.True(trial.Whole));
        Assert.Single(values.All.Where((_, i) => i % 2 == 0).Distinct()); // before and after each training: all begin with the same weights
        Assert.Equal(8, said.Count);

        Assert.Equal(4, report.Settings.Count);
        foreach (var setting in report.Settings)
        {
            var of = report.Trials.Where(trial => trial.Loss == setting.Loss && trial.LearningRate == setting.LearningRate).ToArray();
            var (a, b) = (of[0].Value, of[1].Value);
            Assert.Equal((2, (a + b) / 2), (setting.Runs, setting.Mean));
            Assert.Equal(Math.Abs(a - b) / Math.Sqrt(2), setting.Spread, 9);
            Assert.Equal((Math.Min(a, b), Math.Max(a, b)), (setting.Least, setting.Largest));
        }
        Assert.Equal(report.Settings.Min(setting => setting.Mean), report.Best.Mean); // of an error less is better

        var frame = report.ToDataFrame();
        Assert.Equal(4, frame.Rows.Count);
        Assert.Equal(report.Best.Mean, frame["Mean"][0]);
        Assert.Contains(" ± ", report.ToTable().ToString());
    }

    [Fact]
    public void WhatIsLeftNullIsTheSharedSetting()
    {
        var report = Run(new(), new ByWeights());
        var trial = Assert.Single(report.Trials);
        Assert.Equal((3e-3, 1, 42), (trial.LearningRate, trial.Epochs, trial.Seed));
        Assert.True(double.IsNaN(report.Best.Spread));
        Assert.DoesNotContain("±", report.ToTable().ToString().Split('\n')[^1]);
    }

    [Fact]
    public void NoTrialIsBegunThatTheTimeWouldNotAllow()
    {
        var report = Run(new() { Seeds = [1, 2, 3], TimeBudget = TimeSpan.Zero }, new ByWeights());
        Assert.Equal(2, report.Left);
        Assert.False(Assert.Single(report.Trials).Whole);
        Assert.Contains("2 trials were left out", report.ToTable().Caption);
        Assert.Contains("cut short", report.ToTable().ToString());
    }

    [Fact]
    public void WhatMakesNoSenseIsRefusedBeforeAnythingIsLoaded()
    {
        void Refused(SearchOptions options, string message, params IReadOnlyList<IEvaluator> evaluators) =>
            Assert.Contains(
                message,
                Assert
                    .Throws<CrossEncoderException>(() =>
                        TrainingSearch.Run(() => throw new InvalidOperationException(), [], evaluators, new(), options)
                    )
                    .Message
            );
        Refused(new(), "needs an evaluator");
        Refused(new() { Seeds = [] }, "Seeds is empty", new ByWeights());
        Refused(new() { Losses = [] }, "Losses is empty", new ByWeights());
        Refused(new() { LearningRates = [1e-4, 2] }, "LearningRate is 2", new ByWeights());
        Refused(new() { Epochs = [1, 0] }, "Epochs is 0", new ByWeights());
        Refused(new() { TimeBudget = TimeSpan.FromSeconds(-1) }, "TimeBudget", new ByWeights());
    }

    [Fact]
    public void ATrialThatDivergesIsTheLastAndTheOthersAreRun()
    {
        var call = 0;
        var report = Run(
            new()
            {
                Losses = [() => new NotANumberAt(call++ % 2 == 0 ? 1 : -1)],
                LearningRates = [1e-3, 2e-3],
                Seeds = [1, 2],
            },
            new ByWeights()
        );
        Assert.Equal(4, report.Trials.Count);
        Assert.Equal(
            [(true, false), (false, true), (true, false), (false, true)],
            [.. report.Trials.Select(trial => (double.IsNaN(trial.Value), trial.Whole))]
        );
        Assert.Equal([2e-3, 1e-3], report.Settings.Select(setting => setting.LearningRate));
        Assert.Equal("not a number", report.Best.Loss);
        Assert.Contains("NaN", report.ToTable().ToString());
        var higher = report with { HigherIsBetter = true };
        Assert.Equal([2e-3, 1e-3], higher.Settings.Select(setting => setting.LearningRate));
    }

    [Fact]
    public void ARandomHeadIsThatOfTheSeed()
    {
        var values = new ByWeights();
        TrainingSearch.Run(
            () => TinyModel.Load("bert-bare"),
            TinyModel.Examples(16),
            [values],
            TinyModel.Arguments(_scratch["search"]),
            new() { LearningRates = [1e-3, 2e-3], Seeds = [1, 2] }
        );
        var starts = values.All.Where((_, i) => i % 2 == 0).ToArray(); // each training is evaluated before and after
        Assert.Equal((starts[0], starts[2]), (starts[1], starts[3]));
        Assert.NotEqual(starts[0], starts[2]);
    }

    private SearchReport Run(SearchOptions options, ByWeights evaluator, IProgress<WorkProgress>? progress = null) =>
        TrainingSearch.Run(
            () => TinyModel.Load("bert"),
            TinyModel.Examples(16),
            [evaluator],
            TinyModel.Arguments(_scratch["search"]),
            options,
            progress
        );

    /// <summary>A value that depends on the weights alone.</summary>
    private sealed class ByWeights : IEvaluator
    {
        public List<double> All { get; } = [];

        public string Name => "weights";

        public string PrimaryMetric => "error";

        public bool HigherIsBetter => false;

        public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default)
        {
            var value = TinyModel.Values((CrossEncoder)scorer).Sum(weight => (double)weight * weight);
            All.Add(value);
            return new(Name, epoch, steps, new Dictionary<string, double> { ["error"] = value });
        }
    }

    private sealed class Said(List<string> said) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => said.Add(value.Detail ?? "");
    }
}
