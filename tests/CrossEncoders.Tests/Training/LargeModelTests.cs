using CrossEncoders.Training;
using CrossEncoders.Training.Losses;

namespace CrossEncoders.Tests.Training;

/// <summary>Training where memory is small: layers computed again, and adapters.</summary>
[Collection(Alone.Name)]
public class LargeModelTests
{
    [Fact]
    public void ComputingLayersAgainTrainsTheSame()
    {
        float[] Losses(bool checkpointing, Loss loss)
        {
            using var scratch = new ScratchFolder();
            using var model = TinyModel.Load();
            var arguments = TinyModel.Arguments(scratch.Path) with
            {
                Epochs = 2,
                GradientCheckpointing = checkpointing,
                GradientAccumulationSteps = 2,
            };
            return
            [
                .. new CrossEncoderTrainer(model, arguments, loss).Train(TinyModel.Examples(32)).Steps.Select(step => (float)step.Loss),
            ];
        }

        Modeling.CheckpointParityTests.AssertClose(
            Losses(false, new BinaryCrossEntropyLoss()),
            Losses(true, new BinaryCrossEntropyLoss()),
            1e-5
        );
        Modeling.CheckpointParityTests.AssertClose(
            Losses(false, new BinaryCrossEntropyLoss { MiniBatchSize = 3 }),
            Losses(true, new BinaryCrossEntropyLoss { MiniBatchSize = 3 }),
            1e-5
        );
    }

    [Theory]
    [InlineData(TorchSharp.torch.ScalarType.Float32, false)]
    [InlineData(TorchSharp.torch.ScalarType.BFloat16, true)]
    public void AnAdapterLearnsAndTheModelBelowStaysAsItIs(TorchSharp.torch.ScalarType type, bool checkpointing)
    {
        using var scratch = new ScratchFolder();
        using var model = TinyModel.Load();
        var before = TinyModel.Values(model);
        var adapter = model.AttachAdapter(new() { Rank = 4 });
        var arguments = TinyModel.Arguments(scratch.Path) with
        {
            Epochs = 30,
            LearningRate = 1e-2,
            ComputeType = type,
            GradientCheckpointing = checkpointing,
        };
        var run = new CrossEncoderTrainer(model, arguments).Train(TinyModel.Examples(32));
        Assert.True(run.Steps[^1].Loss < 0.5 * run.Steps[0].Loss, $"from {run.Steps[0].Loss} to {run.Steps[^1].Loss}");
        Assert.Equal(before, TinyModel.Values(model));
        adapter.Merge();
        Assert.NotEqual(before, TinyModel.Values(model));
    }

    [Fact]
    public void AnAdaptersTrainingResumesBitForBit()
    {
        using var scratch = new ScratchFolder();
        var arguments = TinyModel.Arguments(scratch.Path) with
        {
            Epochs = 2,
            Dropout = 0.1,
            GradientCheckpointing = true,
            CheckpointSteps = 1,
        };
        float[] Train(TrainingArguments with, bool stopped)
        {
            using var model = TinyModel.Load();
            var adapter = model.AttachAdapter(new() { Rank = 2 });
            new CrossEncoderTrainer(model, stopped ? with with { TimeBudget = TimeSpan.Zero } : with).Train(TinyModel.Examples(48));
            return adapter.Parameters.Flat.cpu().data<float>().ToArray();
        }

        var whole = Train(arguments, stopped: false);
        var second = arguments with { OutputFolder = Path.Combine(scratch.Path, "second") };
        Assert.NotEqual(whole, Train(second, stopped: true));
        Assert.Equal(whole, Train(second with { Resume = true }, stopped: false));
    }

    [Fact]
    public void AnAdaptersTrainingGoesOnOverItsOwnModelAlone()
    {
        using var scratch = new ScratchFolder();
        var arguments = TinyModel.Arguments(scratch.Path) with { TimeBudget = TimeSpan.Zero };
        using (var model = TinyModel.Load())
        {
            model.AttachAdapter(new() { Rank = 2 });
            new CrossEncoderTrainer(model, arguments).Train(TinyModel.Examples(32));
        }

        using var other = TinyModel.Load();
        using (TorchSharp.torch.no_grad())
            other.Model.Parameters.Flat.mul_(1.01);
        other.AttachAdapter(new() { Rank = 2 });
        var resumed = new CrossEncoderTrainer(other, arguments with { Resume = true });
        Assert.Contains("model", Assert.Throws<CrossEncoderException>(() => resumed.Train(TinyModel.Examples(32))).Message);
    }
}
