using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;
using CrossEncoders.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>What steers, stops and reports a training.</summary>
[Collection(Alone.Name)]
public sealed class TrainingControlTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private TrainingArguments Arguments => TinyModel.Arguments(_scratch.Path);

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(2, 0, 4)] // 0.4 and 0.35 are gains, 0.38 and 0.36 are none
    [InlineData(2, 0.06, 3)] // only 0.5 → 0.4 is a gain
    public void StopsWhenEvaluationsBringNothing(int patience, double delta, int stopped)
    {
        using var model = TinyModel.Load("bert");
        var evaluator = new Scripted([0.5, 0.4, 0.35, 0.38, 0.36, 0.2, 0.1, 0.1, 0.1]);
        var arguments = Arguments with { EvaluationSteps = 1, EarlyStoppingPatience = patience, EarlyStoppingMinDelta = delta };
        var run = Quiet(model, arguments, null, evaluator).Train(TinyModel.Examples(64));
        Assert.True(run.StoppedEarly);
        Assert.True(run.Completed);
        Assert.Equal(stopped, run.Steps.Count);
        Assert.Equal(2, run.BestStep); // the best is kept even where it is no gain
        Assert.Equal(evaluator.Weights[2], TinyModel.Values(model));

        var again = Quiet(model, arguments with { Resume = true }, null, evaluator).Train(TinyModel.Examples(64));
        Assert.Equal((true, stopped), (again.StoppedEarly, again.Steps.Count)); // nothing is left to do
        var more = Quiet(model, arguments with { Resume = true, EarlyStoppingPatience = null }, null, evaluator)
            .Train(TinyModel.Examples(64));
        Assert.Equal((false, 8), (more.StoppedEarly, more.Steps.Count));
    }

    [Fact]
    public void WhatIsNotANumberIsNeverTheBest()
    {
        using var model = TinyModel.Load("bert");
        var run = Quiet(model, Arguments with { EvaluationSteps = 1 }, null, new Scripted([double.NaN, 0.4, double.NaN, 0.5, 0.6]))
            .Train(TinyModel.Examples(32));
        Assert.Equal((1, 0.4), (run.BestStep, run.BestValue));
        Assert.True(double.IsNaN(TrainingLog.Read(_scratch.Path).Evaluations[0].Result.Metrics["value"]));
    }

    [Fact]
    public void AStopFileEndsItAndResumingGoesOn()
    {
        using var model = TinyModel.Load("bert");
        var file = Path.Combine(_scratch.Path, TrainingArguments.StopFile);
        File.WriteAllText(file, ""); // of a training before
        var run = Quiet(model, Arguments, null)
            .Train(
                TinyModel.Examples(64),
                new Calls(done =>
                {
                    if (done == 3)
                        File.WriteAllText(file, "");
                })
            );
        Assert.Equal((false, 3), (run.Completed, run.Steps.Count));
        var rest = Quiet(model, Arguments with { Resume = true }, null).Train(TinyModel.Examples(64));
        Assert.Equal((true, 8), (rest.Completed, rest.Steps.Count));
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void AnEvaluationThatWasCancelledIsMadeWhenItGoesOn()
    {
        using var model = TinyModel.Load("bert");
        using var source = new CancellationTokenSource();
        var (first, second) = (
            new Scripted([1, 2, 3, 4]),
            new Scripted([1, 2, 3, 4])
            {
                Before = call =>
                {
                    if (call == 1)
                        source.Cancel();
                },
            }
        );
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Quiet(model, Arguments, null, first, second).Train(TinyModel.Examples(32), null, source.Token)
        );
        second.Before = null;
        var run = Quiet(model, Arguments with { Resume = true }, null, first, second).Train(TinyModel.Examples(32));
        Assert.Equal(
            [(0, 1.0), (0, 1.0), (4, 2.0), (4, 2.0)],
            run.Evaluations.Select(point => (point.Step, point.Result.Metrics["value"]))
        );
    }

    [Fact]
    public void ATokenBudgetHoldsAndWeighsExamplesAlike()
    {
        using var model = TinyModel.Load("bert");
        InputExample[] examples =
        [
            .. Enumerable.Range(0, 40).Select(i => new InputExample(["q", string.Join(' ', Enumerable.Repeat("word", 1 + i % 20))], i % 2)),
        ];
        var arguments = Arguments with { TokenBudget = 120, BatchSize = 1, MaxSteps = 1, GradientAccumulationSteps = 1000 };
        var plan = new TrainingPlan(model, examples, arguments, new BinaryCrossEntropyLoss(), default);
        var step = plan.Step(0);
        var batches = step.Batches;
        Assert.InRange(batches.Length, 5, 20);
        Assert.Equal(Enumerable.Range(0, 40), batches.SelectMany(batch => batch.Rows).Order());
        Assert.All(batches, batch => Assert.True(batch.Rows.Length * batch.Rows.Max(row => plan.Texts[row].Ids.Length) <= 120));
        Assert.True(batches.Select(batch => batch.Rows.Length).Distinct().Count() > 1); // so weights matter
        Assert.Equal(1, batches.Sum(step.WeightOf), 1e-12);

        var budgeted = Quiet(model, arguments, null).Train(examples).Steps[0];
        using var same = TinyModel.Load("bert");
        var whole = Quiet(same, Arguments with { BatchSize = 40, MaxSteps = 1 }, null).Train(examples).Steps[0];
        Assert.Equal(whole.Loss, budgeted.Loss, 1e-5);
        Assert.Equal(whole.GradientNorm, budgeted.GradientNorm, 1e-4);
    }

    [Fact]
    public void EpochsOfUnlikeLengthAreTrainedWhole()
    {
        using var model = TinyModel.Load("bert");
        InputExample[] examples =
        [
            .. Enumerable
                .Range(0, 60)
                .Select(i => new InputExample([$"q {i / 5}", new string('x', i % 7)], i % 5 == 0 ? 1 : 0)
                {
                    Group = i < 30 ? $"{i / 5}" : $"{i / 3}",
                }),
        ];
        var plan = new TrainingPlan(model, examples, Arguments with { Epochs = 8, BatchSize = 8 }, new ListwiseSoftmaxLoss(), default);
        var seen = new int[examples.Length];
        for (var step = 0; step < plan.TotalSteps; step++)
            foreach (var row in plan.Step(step).Batches.SelectMany(batch => batch.Rows))
                seen[row]++;
        Assert.All(seen, count => Assert.Equal(8, count));
        Assert.Equal(8, Enumerable.Range(1, plan.TotalSteps).Count(plan.EndsEpoch));
    }

    [Fact]
    public void LowerLayersLearnMoreSlowly()
    {
        using var model = TinyModel.Load("bert");
        var before = TinyModel.Values(model);
        var arguments = Arguments with
        {
            MaxSteps = 1,
            WarmupSteps = 0,
            WeightDecay = 0,
            LayerLearningRateDecay = 0.5,
            LearningRate = 1e-3,
        };
        Quiet(model, arguments, null).Train(TinyModel.Examples(16));
        var after = TinyModel.Values(model);

        // The first step of Adam moves every weight that has a gradient by the learning rate.
        double Moved(string part) =>
            model
                .Model.Parameters.Parameters.Where(p => p.Names[0].Contains(part, StringComparison.Ordinal))
                .Max(p => Enumerable.Range((int)p.Offset, (int)p.Count).Max(i => Math.Abs(after[i] - before[i])));
        Assert.Equal(1e-3, Moved("classifier."), 1e-6);
        Assert.Equal(1e-3, Moved("pooler."), 1e-6);
        Assert.Equal(0.5e-3, Moved(".layer.1."), 1e-6);
        Assert.Equal(0.25e-3, Moved(".layer.0."), 1e-6);
        Assert.Equal(0.125e-3, Moved(".embeddings."), 1e-6);
    }

    [Fact]
    public void TheLogHasWhatTheRunHas()
    {
        using var model = TinyModel.Load("bert");
        var arguments = Arguments with { EvaluationSteps = 2 };
        var run = Quiet(model, arguments, null, new MSEEval(TinyModel.Examples(8), "seen")).Train(TinyModel.Examples(64));
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
        Quiet(model, arguments with { Resume = true }, null, new MSEEval(TinyModel.Examples(8), "seen")).Train(TinyModel.Examples(64));
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
        Assert.Contains("- [validation-seen-in-training, step 0]", ModelCard.For(model, rest));
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
    public void EndsBeforeWeightsAreLost()
    {
        using var model = TinyModel.Load("bert");
        var told = new List<Alarm>();
        var trainer = new CrossEncoderTrainer(model, Arguments with { CheckpointSteps = 1 }, new NotANumberAt(3)) { OnAlarm = told.Add };
        Assert.Contains("step 3", Assert.Throws<CrossEncoderException>(() => trainer.Train(TinyModel.Examples(64))).Message);
        Assert.Contains("loss-not-finite", told.Select(alarm => alarm.Rule));
        Assert.All(TinyModel.Values(model), value => Assert.True(float.IsFinite(value)));
        var rest = Quiet(model, Arguments with { Resume = true }, new NotANumberAt(-1)).Train(TinyModel.Examples(64));
        Assert.Equal(Enumerable.Range(0, 8), rest.Steps.Select(step => step.Step));
    }

    [Fact]
    public void AfterALossThatIsNoNumberTheBestIsThereAndAGentlerTrainingGoesOn()
    {
        using var model = TinyModel.Load("bert");
        var arguments = Arguments with { CheckpointSteps = 1, EvaluationSteps = 1 };
        var evaluator = new Scripted([0.5, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 1, 1, 1, 1]);
        var error = Assert.Throws<CrossEncoderException>(() =>
            Quiet(model, arguments, new NotANumberAt(3), evaluator).Train(TinyModel.Examples(64))
        );
        Assert.Contains("best weights, of step 1", error.Message);
        Assert.Equal(evaluator.Weights[1], TinyModel.Values(model));
        var gentler = arguments with { Resume = true, LearningRate = 1e-4, MaxGradientNorm = 0.5, ComputeType = ScalarType.BFloat16 };
        var rest = Quiet(model, gentler, new NotANumberAt(-1), evaluator).Train(TinyModel.Examples(64));
        Assert.Equal(Enumerable.Range(0, 8), rest.Steps.Select(step => step.Step));
        Assert.True(rest.Steps[3].LearningRate < rest.Steps[2].LearningRate / 10);
        Assert.Equal(1, rest.BestStep);
    }

    [Fact]
    public void BeforeTheFirstCheckpointOnlyTheModelItBeganWithCanBeginAgain()
    {
        using (var model = TinyModel.Load("bert"))
        {
            Assert.Throws<CrossEncoderException>(() => Quiet(model, Arguments, new NotANumberAt(3)).Train(TinyModel.Examples(64)));
            var trained = Assert.Throws<CrossEncoderException>(() =>
                Quiet(model, Arguments with { Resume = true }, new NotANumberAt(-1)).Train(TinyModel.Examples(64))
            );
            Assert.Contains("Load the base model again", trained.Message);
        }

        using var again = TinyModel.Load("bert");
        var other = Assert.Throws<CrossEncoderException>(() =>
            Quiet(again, Arguments with { Resume = true }, new NotANumberAt(-1)).Train(TinyModel.Examples(32))
        );
        Assert.Contains("other examples", other.Message);
        Assert.Equal(8, Quiet(again, Arguments with { Resume = true }, new NotANumberAt(-1)).Train(TinyModel.Examples(64)).Steps.Count);
    }

    [Fact]
    public void ACallbackThatCancelsLosesNothingAndDoublesNothing()
    {
        float[] Train(TrainingArguments arguments, Action<long> each)
        {
            using var model = TinyModel.Load("bert");
            try
            {
                var run = Quiet(model, arguments, null).Train(TinyModel.Examples(64), new Calls(each));
                Assert.Equal(Enumerable.Range(0, 8), run.Steps.Select(step => step.Step));
            }
            catch (OperationCanceledException)
            {
                return [];
            }

            return TinyModel.Values(model);
        }

        var whole = Train(Arguments with { OutputFolder = Path.Combine(_scratch.Path, "whole") }, _ => { });
        Assert.Empty(Train(Arguments, done =>
            {
                if (done == 3)
                    throw new OperationCanceledException();
            }));
        Assert.Equal(whole, Train(Arguments with { Resume = true }, _ => { }));
    }

    [Fact]
    public void ResumingWhatIsDoneLeavesLaterRowsAlone()
    {
        using var model = TinyModel.Load("bert");
        var evaluator = new MSEEval(TinyModel.Examples(8), "later", outputFolder: _scratch.Path);
        Quiet(model, Arguments, null, evaluator).Train(TinyModel.Examples(32));
        evaluator.Evaluate(model);
        var rows = File.ReadAllText(evaluator.CsvFile!);
        Assert.Equal(4, rows.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length); // names, base model, end of epoch, the one after
        Quiet(model, Arguments with { Resume = true }, null, evaluator).Train(TinyModel.Examples(32));
        Assert.Equal(rows, File.ReadAllText(evaluator.CsvFile!));
    }

    [Fact]
    public void MaxStepsDecidesWhateverTheEpochs()
    {
        using var model = TinyModel.Load("bert");
        var (alarms, arguments) = (new List<Alarm>(), Arguments with { MaxSteps = 10, Epochs = 1, BatchSize = 100 });
        var run = new CrossEncoderTrainer(model, arguments) { OnAlarm = alarms.Add }.Train(TinyModel.Examples(300));
        Assert.Equal((true, 10, 10), (run.Completed, run.Steps.Count, run.TotalSteps));
        Assert.Equal(10 / 3.0, run.Steps[^1].Epoch, 6);
        Assert.Contains("for 4 epoch(s)", Assert.Single(alarms, alarm => alarm.Rule == "too-few-examples").Evidence);
        Assert.Equal(
            2,
            new CrossEncoderTrainer(model, arguments with { MaxSteps = 2, Epochs = 5 }) { OnAlarm = _ => { } }
                .Train(TinyModel.Examples(300))
                .Steps.Count
        );
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
        Quiet(model, arguments, null, new MSEEval([.. TinyModel.Examples(2, "unseen")]))
            .Train(
                TinyModel.Examples(200),
                new Calls(_ => counts.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount))
            );
        Assert.Equal(1000, counts.Count);
        Assert.Equal(counts[10], counts[^1]);
    }

    private static CrossEncoderTrainer Quiet(
        CrossEncoder model,
        TrainingArguments arguments,
        Loss? loss,
        params IReadOnlyList<IEvaluator> evaluators
    ) => new(model, arguments, loss, evaluators) { OnAlarm = _ => { } };

    private sealed class Calls(Action<long> each) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => each(value.Done);
    }

    private sealed class NotANumberAt(int step) : Loss
    {
        private int _calls;

        public override string Name => "not a number";

        public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups) =>
            nn.functional.mse_loss(logits.view(-1), labels) * (_calls++ == step ? double.NaN : 1);
    }

    private sealed class Scripted(double[] values) : IEvaluator
    {
        private int _calls;

        public Action<int>? Before { get; set; }

        public List<float[]> Weights { get; } = [];

        public string Name => "scripted";

        public string PrimaryMetric => "value";

        public bool HigherIsBetter => false;

        public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default)
        {
            Before?.Invoke(_calls);
            cancellation.ThrowIfCancellationRequested();
            Weights.Add(TinyModel.Values((CrossEncoder)scorer));
            return new EvaluationResult(Name, epoch, steps, new Dictionary<string, double> { ["value"] = values[_calls++] });
        }
    }
}
