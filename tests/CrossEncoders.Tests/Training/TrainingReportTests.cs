using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;
using CrossEncoders.Training.Losses;
using TorchSharp;

namespace CrossEncoders.Tests.Training;

/// <summary>What a training tells: its log, its alarms, its memory.</summary>
[Collection(Alone.Name)]
public sealed class TrainingReportTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private TrainingArguments Arguments => TinyModel.Arguments(_scratch.Path);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void TheLogHasWhatTheRunHas()
    {
        using var model = TinyModel.Load("bert");
        var arguments = Arguments with { EvaluationSteps = 2 };
        var run = Trainings.Quiet(model, arguments, null, new MSEEval(TinyModel.Examples(8), "seen")).Train(TinyModel.Examples(64));
        var log = TrainingLog.Read(_scratch.Path);
        Assert.Equal(run.Steps, log.Steps);
        Assert.Equal(run.Alarms, log.Alarms);
        Assert.Equal(
            run.Evaluations.Select(point => (point.Step, point.Result.Evaluator, point.Result.Metrics["mse"])),
            log.Evaluations.Select(point => (point.Step, point.Result.Evaluator, point.Result.Metrics["mse"]))
        );
        Assert.All(run.Steps, step => Assert.True(step is { TokensPerSecond: > 0, PeakMemory: > 1_000_000, GradientNorm: > 0 }));
        Assert.All(File.ReadLines(Path.Combine(_scratch.Path, TrainingLog.FileName)), line => Assert.StartsWith("{\"type\":\"", line));

        File.AppendAllText(Path.Combine(_scratch.Path, TrainingLog.FileName), "{\"type\":\"st"); // torn
        Assert.Equal(8, TrainingLog.Read(_scratch.Path).Steps.Count);
        Trainings
            .Quiet(model, arguments with { Resume = true }, null, new MSEEval(TinyModel.Examples(8), "seen"))
            .Train(TinyModel.Examples(64));
        Assert.Equal(run.Steps, TrainingLog.Read(_scratch.Path).Steps);
        File.AppendAllText(Path.Combine(_scratch.Path, TrainingLog.FileName), "{\"type\":\"st\n");
        Assert.Contains("damaged", Assert.Throws<CrossEncoderException>(() => TrainingLog.Read(_scratch.Path)).Message);
    }

    [Fact]
    public void AlarmsAreToldOnceWhenTheyAreRaised()
    {
        using var model = TinyModel.Load("bert");
        var told = new List<Alarm>();
        var evaluator = new MSEEval(TinyModel.Examples(8), "seen");
        var stopped = new CrossEncoderTrainer(model, Arguments with { TimeBudget = TimeSpan.Zero }, null, evaluator)
        {
            OnAlarm = told.Add,
        }.Train(TinyModel.Examples(32));
        Assert.Equal(stopped.Alarms, told);
        Assert.Contains("validation-seen-in-training", told.Select(alarm => alarm.Rule));
        told.Clear();
        var rest = new CrossEncoderTrainer(model, Arguments with { Resume = true }, null, evaluator)
        {
            OnAlarm = told.Add,
            Language = AlarmLanguage.Chinese,
        }.Train(TinyModel.Examples(32));
        Assert.DoesNotContain(told, alarm => stopped.Alarms.Any(old => old.Rule == alarm.Rule));
        Assert.Equal(stopped.Alarms, rest.Alarms.Take(stopped.Alarms.Count));
        Assert.Contains(@"- \[validation-seen-in-training, step 0\]", ModelCard.For(model, rest));
    }

    [Fact]
    public void RulesSeeTheFirstScoresAndTheNewest()
    {
        using var model = TinyModel.Load("bert");
        var spy = new Spy();
        new CrossEncoderTrainer(model, Arguments) { AlarmRules = [spy] }.Train(TinyModel.Examples(400));
        Assert.Equal(spy.Recent[15], spy.First); // 16 steps of 8
        Assert.Equal(WatchedTraining.RecentScores, spy.Recent[^1].Length);
        Assert.NotEqual(spy.First, spy.Recent[^1].Take(128));
    }

    private sealed class Spy : AlarmRule
    {
        public List<ScoredExample[]> Recent { get; } = [];

        public ScoredExample[] First { get; private set; } = [];

        public override string Name => "spy";

        public override Finding? AfterStep(WatchedTraining training)
        {
            Recent.Add([.. training.Recent]);
            First = [.. training.First];
            return null;
        }
    }

    [Fact]
    public void ASoundTrainingRaisesNone()
    {
        using var model = TinyModel.Load("bert");
        InputExample[] examples = [.. TinyModel.Examples(400)];
        var run = new CrossEncoderTrainer(
            model,
            Arguments with
            {
                LearningRate = 1e-3,
            },
            new BinaryCrossEntropyLoss(),
            new MSEEval(TinyModel.Examples(40, "unseen"))
        )
        {
            OnAlarm = alarm => Assert.Fail(alarm.ToString()),
        }.Train(examples);
        Assert.Empty(run.Alarms);
        Assert.True(run.BestStep > 0);
    }

    [Fact]
    public void MemoryIsFlatOverAThousandSteps()
    {
        using var model = TinyModel.Load("bert");
        var counts = new List<long>();
        var arguments = Arguments with
        {
            Epochs = 10,
            BatchSize = 2,
            Dropout = 0.1,
            MaxSteps = 1000,
            EvaluationSteps = 20,
            LoadBestAtEnd = false,
        };
        Trainings
            .Quiet(model, arguments, null, new MSEEval([.. TinyModel.Examples(2, "unseen")]))
            .Train(TinyModel.Examples(200), new ProgressCalls(_ => counts.Add(torch.Tensor.TotalCount)));
        Assert.Equal(1000, counts.Count);
        Assert.InRange(counts[^1], 0, counts[10]); // fewer, where what another test left was collected
    }
}
