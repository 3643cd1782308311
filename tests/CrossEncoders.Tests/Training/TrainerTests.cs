using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

[Collection(Alone.Name)]
public class TrainerTests
{
    [Fact]
    public void OverfitsASmallSet()
    {
        using var scratch = new ScratchFolder();
        using var model = Tiny();
        var run = new CrossEncoderTrainer(model, Arguments(scratch) with { Epochs = 60 }, new MeanSquaredErrorLoss()).Train(Examples(32));
        Assert.True(run.Completed);
        Assert.True(run.Steps[^1].Loss < 1e-3, $"the loss ended at {run.Steps[^1].Loss}");
    }

    [Fact]
    public void AnAdapterThatCameAfterTheTrainerIsWhatItTrains()
    {
        using var scratch = new ScratchFolder();
        using var model = Tiny();
        var before = Values(model);
        var trainer = new CrossEncoderTrainer(model, Arguments(scratch), new MeanSquaredErrorLoss());
        var adapter = model.AttachAdapter(new() { Rank = 2 });
        var untrained = adapter.Parameters.Flat.data<float>().ToArray();
        trainer.Train(Examples(16));
        Assert.Equal(before, Values(model));
        Assert.NotEqual(untrained, adapter.Parameters.Flat.data<float>().ToArray());
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void ResumesBitForBit(ScalarType type)
    {
        using var scratch = new ScratchFolder();
        var arguments = Arguments(scratch) with
        {
            Epochs = 3,
            Dropout = 0.1,
            ComputeType = type,
            GradientAccumulationSteps = 2,
            CheckpointSteps = 1,
        };
        float[] whole,
            resumed;
        using (var model = Tiny())
        {
            new CrossEncoderTrainer(model, arguments, new ListwiseSoftmaxLoss()).Train(Examples(48));
            whole = Values(model);
        }

        using (var model = Tiny())
        {
            using var stop = new CancellationTokenSource();
            var interrupted = arguments with { OutputFolder = Path.Combine(scratch.Path, "second") };
            var progress = new AfterSteps(4, stop.Cancel);
            Assert.ThrowsAny<OperationCanceledException>(() =>
                new CrossEncoderTrainer(model, interrupted, new ListwiseSoftmaxLoss()).Train(Examples(48), progress, stop.Token)
            );
            Assert.Equal(4, progress.Steps);
        }

        using (var model = Tiny())
        {
            var rest = arguments with { OutputFolder = Path.Combine(scratch.Path, "second"), Resume = true };
            var run = new CrossEncoderTrainer(model, rest, new ListwiseSoftmaxLoss()).Train(Examples(48));
            Assert.Equal(Enumerable.Range(0, run.TotalSteps), run.Steps.Select(step => step.Step));
            resumed = Values(model);
        }

        Assert.Equal(whole, resumed);
    }

    [Fact]
    public void StopsInTimeAndGoesOn()
    {
        using var scratch = new ScratchFolder();
        using var model = Tiny();
        var stopped = new CrossEncoderTrainer(model, Arguments(scratch) with { TimeBudget = TimeSpan.Zero }).Train(Examples(16));
        Assert.False(stopped.Completed);
        var rest = new CrossEncoderTrainer(model, Arguments(scratch) with { Resume = true }).Train(Examples(16));
        Assert.True(rest.Completed);
        var other = Assert.Throws<CrossEncoderException>(() =>
            new CrossEncoderTrainer(model, Arguments(scratch) with { Resume = true, WeightDecay = 0.5 }).Train(Examples(16))
        );
        Assert.Contains("other examples, settings or model", other.Message);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void KeepsTheBestInTheDirectionTheEvaluatorDeclares(bool higherIsBetter, int best)
    {
        using var scratch = new ScratchFolder();
        using var model = Tiny();
        var evaluator = new Scripted(higherIsBetter, [0.5, 0.1, 0.9, 0.4]); // before, after steps 1 and 2, at the end
        var run = new CrossEncoderTrainer(
            model,
            Arguments(scratch) with
            {
                BatchSize = 16,
                EvaluationSteps = 1,
            },
            new MeanSquaredErrorLoss(),
            evaluator
        ).Train(Examples(48));
        Assert.Equal([(0, 0), (0, 1), (0, 2), (0, -1)], evaluator.Calls);
        Assert.Equal(best, run.BestStep);
        Assert.Equal(evaluator.Weights[best], Values(model));
    }

    [Fact]
    public void FrozenParametersStay()
    {
        using var scratch = new ScratchFolder();
        using var model = Tiny();
        var before = Named(model);
        new CrossEncoderTrainer(model, Arguments(scratch) with { FrozenLayers = 1 }).Train(Examples(32));
        var after = Named(model);
        foreach (var name in before.Keys)
        {
            var frozen = name.Contains(".embeddings.", StringComparison.Ordinal) || name.Contains(".layer.0.", StringComparison.Ordinal);
            Assert.Equal(frozen, before[name].SequenceEqual(after[name]));
        }
    }

    [Fact]
    public void MemoryIsFlat()
    {
        using var scratch = new ScratchFolder();
        using var model = Tiny();
        var counts = new List<long>();
        var progress = new AfterSteps(int.MaxValue, () => { }, () => counts.Add(torch.Tensor.TotalCount));
        new CrossEncoderTrainer(model, Arguments(scratch) with { Epochs = 10, BatchSize = 4 }, new ListwiseSoftmaxLoss()).Train(
            Examples(40),
            progress
        );
        Assert.True(counts.Count >= 50);
        Assert.InRange(counts[^1], 0, counts[5]); // fewer, where what another test left was collected
    }

    [Fact]
    public void BadInputIsNamed()
    {
        using var scratch = new ScratchFolder();
        using var model = Tiny();
        Assert.Contains(
            "empty",
            Assert.Throws<CrossEncoderException>(() => new CrossEncoderTrainer(model, Arguments(scratch)).Train([])).Message
        );
        Assert.Contains(
            "LearningRate",
            Assert
                .Throws<CrossEncoderException>(() =>
                    new CrossEncoderTrainer(model, Arguments(scratch) with { LearningRate = 5 }).Train(Examples(4))
                )
                .Message
        );
        InputExample[] single = [new(["only one"], 1)];
        Assert.Contains(
            "1 texts",
            Assert.Throws<CrossEncoderException>(() => new CrossEncoderTrainer(model, Arguments(scratch)).Train(single)).Message
        );
        InputExample[] alone = [new(["a", "b"], 1)];
        Assert.Contains(
            "Group",
            Assert
                .Throws<CrossEncoderException>(() =>
                    new CrossEncoderTrainer(model, Arguments(scratch), new ListwiseSoftmaxLoss()).Train(alone)
                )
                .Message
        );
    }

    private static CrossEncoder Tiny() => TinyModel.Load();

    private static TrainingArguments Arguments(ScratchFolder scratch) => TinyModel.Arguments(Path.Combine(scratch.Path, "first"));

    private static InputExample[] Examples(int count) => TinyModel.Examples(count);

    private static float[] Values(CrossEncoder model) => TinyModel.Values(model);

    private static Dictionary<string, float[]> Named(CrossEncoder model)
    {
        using var scope = NewDisposeScope();
        return model.Model.Parameters.Named().ToDictionary(entry => entry.Name, entry => entry.Tensor.contiguous().data<float>().ToArray());
    }

    private sealed class AfterSteps(int steps, Action then, Action? each = null) : IProgress<WorkProgress>
    {
        public int Steps { get; private set; }

        public void Report(WorkProgress value)
        {
            each?.Invoke();
            if (++Steps == steps)
                then();
        }
    }

    private sealed class Scripted(bool higherIsBetter, double[] values) : IEvaluator
    {
        public List<(int Epoch, int Steps)> Calls { get; } = [];

        public List<float[]> Weights { get; } = [];

        public string Name => "scripted";

        public string PrimaryMetric => "value";

        public bool HigherIsBetter => higherIsBetter;

        public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default)
        {
            Calls.Add((epoch, steps));
            Weights.Add(Values((CrossEncoder)scorer));
            return new EvaluationResult(Name, epoch, steps, new Dictionary<string, double> { ["value"] = values[Calls.Count - 1] });
        }
    }
}
