using CrossEncoders.Evaluation;
using CrossEncoders.Training;

namespace CrossEncoders.Tests.Training;

/// <summary>A training that was stopped goes on as if it had not been.</summary>
[Collection(Alone.Name)]
public sealed class ResumingTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private TrainingArguments Arguments => TinyModel.Arguments(_scratch.Path);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void AStopFileEndsItAndResumingGoesOn()
    {
        using var model = TinyModel.Load("bert");
        var file = Path.Combine(_scratch.Path, TrainingArguments.StopFile);
        File.WriteAllText(file, ""); // of a training before
        var run = Trainings
            .Quiet(model, Arguments, null)
            .Train(
                TinyModel.Examples(64),
                new ProgressCalls(done =>
                {
                    if (done == 3)
                        File.WriteAllText(file, "");
                })
            );
        Assert.Equal((false, 3), (run.Completed, run.Steps.Count));
        var rest = Trainings.Quiet(model, Arguments with { Resume = true }, null).Train(TinyModel.Examples(64));
        Assert.Equal((true, 8), (rest.Completed, rest.Steps.Count));
        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData(0.9, 0)]
    [InlineData(0.1, 3)]
    public void WhereItIsStoppedBetweenEvaluationsTheBetterWeightsStay(double there, int best)
    {
        using var model = TinyModel.Load("bert");
        var (whole, stopped) = (new ScriptedEvaluator([0.5, 0.2]), new ScriptedEvaluator([0.5, there, 0.2]));
        var uninterrupted = Arguments with { OutputFolder = Path.Combine(_scratch.Path, "whole") };
        Trainings.Quiet(model, uninterrupted, null, whole).Train(TinyModel.Examples(64));
        using var again = TinyModel.Load("bert");
        var stop = Path.Combine(_scratch.Path, TrainingArguments.StopFile);
        var progress = new ProgressCalls(done =>
        {
            if (done == 3)
                File.WriteAllText(stop, "");
        });
        var run = Trainings.Quiet(again, Arguments, null, stopped).Train(TinyModel.Examples(64), progress);
        Assert.Equal((false, best), (run.Completed, run.BestStep!.Value));
        Assert.Equal([0, 3], run.Evaluations.Select(point => point.Step));
        Assert.Equal(stopped.Weights[best == 0 ? 0 : 1], TinyModel.Values(again));
        Assert.NotEqual(stopped.Weights[0], stopped.Weights[1]);
        var rest = Trainings.Quiet(again, Arguments with { Resume = true }, null, stopped).Train(TinyModel.Examples(64));
        Assert.Equal([0, 8], rest.Evaluations.Select(point => point.Step));
        Assert.Equal(whole.Weights[1], stopped.Weights[2]);
    }

    [Fact]
    public void AnEvaluationThatWasCancelledIsMadeWhenItGoesOn()
    {
        using var model = TinyModel.Load("bert");
        using var source = new CancellationTokenSource();
        var (first, second) = (
            new ScriptedEvaluator([1, 2, 3, 4]),
            new ScriptedEvaluator([1, 2, 3, 4])
            {
                Before = call =>
                {
                    if (call == 1)
                        source.Cancel();
                },
            }
        );
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Trainings.Quiet(model, Arguments, null, first, second).Train(TinyModel.Examples(32), null, source.Token)
        );
        second.Before = null;
        var run = Trainings.Quiet(model, Arguments with { Resume = true }, null, first, second).Train(TinyModel.Examples(32));
        Assert.Equal(
            [(0, 1.0), (0, 1.0), (4, 2.0), (4, 2.0)],
            run.Evaluations.Select(point => (point.Step, point.Result.Metrics["value"]))
        );
    }

    [Fact]
    public void OfADamagedCheckpointItSaysHowToGoOn()
    {
        using var model = TinyModel.Load("bert");
        var often = Arguments with { CheckpointSteps = 2, MaxSteps = 4 };
        Trainings.Quiet(model, often, null).Train(TinyModel.Examples(64));
        var newest = Path.Combine(_scratch.Path, "checkpoint-4");
        File.WriteAllText(Path.Combine(newest, "training.safetensors"), "torn");
        var resumed = Trainings.Quiet(model, often with { Resume = true, MaxSteps = 8 }, null);
        var said = Assert.Throws<CrossEncoderException>(() => resumed.Train(TinyModel.Examples(64))).Message;
        Assert.EndsWith($"delete {newest}, to go on from the checkpoint before it.", said);
        Directory.Delete(newest, recursive: true);
        Assert.Equal(8, resumed.Train(TinyModel.Examples(64)).Steps.Count);
    }

    [Fact]
    public void FromAnEarlierCheckpointTheBestWeightsOfThenAreThere()
    {
        using var model = TinyModel.Load("bert");
        var often = Arguments with { CheckpointSteps = 1, EvaluationSteps = 1, MaxSteps = 4 };
        var evaluator = new ScriptedEvaluator([0.9, 0.5, 0.6, 0.7, 0.3, 0.8]);
        Assert.Equal(4, Trainings.Quiet(model, often, null, evaluator).Train(TinyModel.Examples(64)).BestStep);
        string[] Best() => [.. Directory.GetFiles(_scratch.Path, "best-*").Select(file => Path.GetFileName(file)).Order()];
        Assert.Equal(["best-1.safetensors", "best-4.safetensors"], Best());
        Directory.Delete(_scratch["checkpoint-4"], recursive: true);
        var run = Trainings.Quiet(model, often with { Resume = true }, null, evaluator).Train(TinyModel.Examples(64));
        Assert.Equal((1, 0.5), (run.BestStep, run.BestValue));
        Assert.Equal(evaluator.Weights[1], TinyModel.Values(model));
        Assert.Equal(["best-1.safetensors"], Best());
    }

    [Fact]
    public void AnEvaluatorHasToMeasureWhatItNames()
    {
        using var model = TinyModel.Load("bert");
        var trainer = Trainings.Quiet(model, Arguments, null, new Forgetful());
        var said = Assert.Throws<CrossEncoderException>(() => trainer.Train(TinyModel.Examples(64))).Message;
        Assert.Contains("'forgetful' names 'value' as its primary metric, but its result has only other", said);
    }

    private sealed class Forgetful : IEvaluator
    {
        public string Name => "forgetful";

        public string PrimaryMetric => "value";

        public bool HigherIsBetter => true;

        public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default) =>
            new(Name, epoch, steps, new Dictionary<string, double> { ["other"] = 1 });
    }

    [Fact]
    public void BeforeTheFirstCheckpointOnlyTheModelItBeganWithCanBeginAgain()
    {
        using (var model = TinyModel.Load("bert"))
        {
            Assert.Throws<CrossEncoderException>(() =>
                Trainings.Quiet(model, Arguments, new NotANumberAt(3)).Train(TinyModel.Examples(64))
            );
            var trained = Assert.Throws<CrossEncoderException>(() =>
                Trainings.Quiet(model, Arguments with { Resume = true }, new NotANumberAt(-1)).Train(TinyModel.Examples(64))
            );
            Assert.Contains("Load the base model again", trained.Message);
        }

        using var again = TinyModel.Load("bert");
        var other = Assert.Throws<CrossEncoderException>(() =>
            Trainings.Quiet(again, Arguments with { Resume = true }, new NotANumberAt(-1)).Train(TinyModel.Examples(32))
        );
        Assert.Contains("other examples", other.Message);
        Assert.Equal(
            8,
            Trainings.Quiet(again, Arguments with { Resume = true }, new NotANumberAt(-1)).Train(TinyModel.Examples(64)).Steps.Count
        );
    }

    [Fact]
    public void ACallbackThatCancelsLosesNothingAndDoublesNothing()
    {
        float[] Train(TrainingArguments arguments, Action<long> each)
        {
            using var model = TinyModel.Load("bert");
            try
            {
                var run = Trainings.Quiet(model, arguments, null).Train(TinyModel.Examples(64), new ProgressCalls(each));
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
        Trainings.Quiet(model, Arguments, null, evaluator).Train(TinyModel.Examples(32));
        evaluator.Evaluate(model);
        var rows = File.ReadAllText(evaluator.CsvFile!);
        Assert.Equal(4, rows.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length); // names, base model, end of epoch, the one after
        Trainings.Quiet(model, Arguments with { Resume = true }, null, evaluator).Train(TinyModel.Examples(32));
        Assert.Equal(rows, File.ReadAllText(evaluator.CsvFile!));
    }
}
