using CrossEncoders.Evaluation;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>Settings that make no sense are named before anything is done; those that are merely large work.</summary>
[Collection(Alone.Name)]
public sealed class TrainingArgumentsTests
{
    private static readonly TrainingArguments Sound = new();

    public static TheoryData<string, string, TrainingArguments> Wrong =>
        new()
        {
            { "OutputFolder", "''", Sound with { OutputFolder = "" } },
            { "OutputFolder", "' '", Sound with { OutputFolder = " " } },
            { "OutputFolder", "''", Sound with { OutputFolder = null! } },
            { "OutputFolder", "'a?b'", Sound with { OutputFolder = "a\0b" } },
            { "OutputFolder", "CrossEncoders.dll'", Sound with { OutputFolder = typeof(CrossEncoder).Assembly.Location } },
            { "Epochs", "0", Sound with { Epochs = 0 } },
            { "MaxSteps", "-1", Sound with { MaxSteps = -1 } },
            { "BatchSize", "-3", Sound with { BatchSize = -3 } },
            { "TokenBudget", "0", Sound with { TokenBudget = 0 } },
            { "GradientAccumulationSteps", "0", Sound with { GradientAccumulationSteps = 0 } },
            { "LearningRate", "NaN", Sound with { LearningRate = double.NaN } },
            { "LearningRate", "2.5", Sound with { LearningRate = 2.5 } },
            { "LayerLearningRateDecay", "1.5", Sound with { LayerLearningRateDecay = 1.5 } },
            { "WeightDecay", "-0.1", Sound with { WeightDecay = -0.1 } },
            { "MaxGradientNorm", "-1", Sound with { MaxGradientNorm = -1 } },
            { "MaxGradientNorm", "NaN", Sound with { MaxGradientNorm = double.NaN } },
            { "Schedule", "17", Sound with { Schedule = (Schedule)17 } },
            { "WarmupRatio", "1.1", Sound with { WarmupRatio = 1.1 } },
            { "WarmupSteps", "-5", Sound with { WarmupSteps = -5 } },
            { "EvaluationSteps", "-10", Sound with { EvaluationSteps = -10 } },
            { "CheckpointSteps", "-10", Sound with { CheckpointSteps = -10 } },
            { "CheckpointsKept", "0", Sound with { CheckpointsKept = 0 } },
            { "EarlyStoppingPatience", "0", Sound with { EarlyStoppingPatience = 0 } },
            { "EarlyStoppingMinDelta", "-1", Sound with { EarlyStoppingMinDelta = -1 } },
            { "EarlyStoppingMinDelta", "Infinity", Sound with { EarlyStoppingMinDelta = double.PositiveInfinity } },
            { "TimeBudget", "-00:01:00", Sound with { TimeBudget = TimeSpan.FromMinutes(-1) } },
            { "Dropout", "1", Sound with { Dropout = 1 } },
            { "ComputeType", "Int64", Sound with { ComputeType = ScalarType.Int64 } },
            { "FrozenLayers", "3", Sound with { FrozenLayers = 3 } },
            { "FrozenLayers", "-1", Sound with { FrozenLayers = -1 } },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void TheSettingWhatItIsAndWhatWasExpectedAreNamed(string name, string found, TrainingArguments arguments)
    {
        var said = Assert.Throws<CrossEncoderException>(() => arguments.Validate(layers: 2)).Message;
        Assert.StartsWith($"TrainingArguments.{name} is ", said);
        Assert.Contains(found, said);
        Assert.Contains("; expected ", said);
    }

    [Fact]
    public void TheDefaultsAreSound() => Sound.Validate(layers: 12);

    [Fact]
    public void WithoutAnEndItBeginsAtOnceAndStopsWhenTold()
    {
        using var scratch = new ScratchFolder();
        using var model = TinyModel.Load("bert");
        var endless = TinyModel.Arguments(scratch.Path) with { MaxSteps = int.MaxValue, EvaluationSteps = 3, CheckpointSteps = 2 };
        using var stop = new CancellationTokenSource();
        var progress = new ProgressCalls(done =>
        {
            if (done == 5)
                stop.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Trainings.Quiet(model, endless, null).Train(TinyModel.Examples(32), progress, stop.Token)
        );
        var rest = Trainings.Quiet(model, endless with { MaxSteps = 7, Resume = true }, null).Train(TinyModel.Examples(32));
        Assert.Equal((true, 7), (rest.Completed, rest.Steps.Count));
    }

    [Fact]
    public void ALargestBatchIsOneBatch()
    {
        using var scratch = new ScratchFolder();
        using var model = TinyModel.Load("bert");
        var largest = TinyModel.Arguments(scratch.Path) with
        {
            BatchSize = int.MaxValue,
            GradientAccumulationSteps = int.MaxValue,
            Epochs = 2,
        };
        Assert.Equal(2, Trainings.Quiet(model, largest, null).Train(TinyModel.Examples(20)).Steps.Count);
        var tokens = largest with { TokenBudget = int.MaxValue, Overwrite = true };
        Assert.Equal(2, Trainings.Quiet(model, tokens, null).Train(TinyModel.Examples(20)).Steps.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MoreStepsThanCanBeCountedAreRefusedOrCancelled(bool alike)
    {
        using var model = TinyModel.Load("bert");
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var examples = TinyModel.Examples(alike ? 32 : 30);
        var arguments = Sound with { Epochs = int.MaxValue, BatchSize = 4 };
        var plan = () => new TrainingPlan(model, examples, arguments, new ListwiseSoftmaxLoss(), stop.Token);
        if (alike)
            Assert.Contains("Epochs is 2147483647", Assert.Throws<CrossEncoderException>(plan).Message);
        else
            Assert.ThrowsAny<OperationCanceledException>(plan); // the last group is smaller, so each epoch is planned to be counted
    }

    [Fact]
    public void TheFingerprintIsThatOfEarlierBuilds()
    {
        using var model = TinyModel.Load("bert");
        var arguments = TinyModel.Arguments("anywhere") with { Overwrite = true };
        var evaluator = new MSEEval(TinyModel.Examples(8), "v");
        var today = TrainingFingerprint.Of(model, TinyModel.Examples(75), arguments, new BinaryCrossEntropyLoss(), [evaluator]);
        Assert.Equal("83a33b719ac1561e0c59d9019e2e0ad8d8006965ce839b8d25debc4966a50194", today); // or no checkpoint survives an update
    }
}
