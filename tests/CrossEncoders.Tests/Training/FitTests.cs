using CrossEncoders.Evaluation;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;

namespace CrossEncoders.Tests.Training;

/// <summary>Training by the reference's parameter names.</summary>
[Collection(Alone.Name)]
public class FitTests
{
    [Fact]
    public void DoesWhatTheTrainerDoes()
    {
        using var scratch = new ScratchFolder();
        var output = Path.Combine(scratch.Path, "model");
        var evaluator = new MSEEval(Make.Examples(16, "unseen"), "v", outputFolder: output);
        var calls = new List<(double, int, int)>();
        float[] fitted;
        using (var model = Make.Tiny("bert"))
        {
            var run = model.Fit(
                Make.Examples(64), evaluator, epochs: 2, lossFct: new MeanSquaredErrorLoss(), scheduler: Schedule.WarmupCosine, warmupSteps: 3,
                optimizerParams: new(Lr: 1e-3), weightDecay: 0.1, evaluationSteps: 3, outputPath: output, maxGradNorm: 0.5,
                callback: (value, epoch, steps) => calls.Add((value, epoch, steps)), batchSize: 8);
            fitted = Make.Values(model);
            Assert.Equal([(0, 0), (0, 3), (0, 6), (0, -1), (1, 3), (1, 6), (1, -1)], calls.Select(call => (call.Item2, call.Item3)));
            Assert.Equal(run.BestValue, calls.Min(call => call.Item1));
        }

        Assert.Equal(8, File.ReadAllLines(Path.Combine(output, "accuracy_evaluation_v_results.csv")).Length); // stays beside the saved model
        using (var saved = CrossEncoder.FromPretrained(output, new() { Report = _ => { } })) Assert.Equal(fitted, Make.Values(saved));
        using (var model = Make.Tiny("bert"))
        {
            var arguments = new TrainingArguments
            {
                OutputFolder = Path.Combine(scratch.Path, "again"),
                Epochs = 2,
                BatchSize = 8,
                LearningRate = 1e-3,
                WeightDecay = 0.1,
                MaxGradientNorm = 0.5,
                Schedule = Schedule.WarmupCosine,
                WarmupSteps = 3,
                EvaluationSteps = 3,
                ComputeType = TorchSharp.torch.ScalarType.Float32,
            };
            new CrossEncoderTrainer(model, arguments, new MeanSquaredErrorLoss(), new MSEEval(Make.Examples(16, "unseen"))) { OnAlarm = _ => { } }.Train(Make.Examples(64));
            Assert.Equal(fitted, Make.Values(model));
        }
    }

    [Fact]
    public void AppliesTheActivationBeforeTheLoss()
    {
        using var scratch = new ScratchFolder();
        using var one = Make.Tiny("bert");
        using var other = Make.Tiny("bert");
        one.Fit(Make.Examples(16), lossFct: new MeanSquaredErrorLoss(onSigmoid: false), activationFct: logits => logits.sigmoid(), outputPath: Path.Combine(scratch.Path, "one"));
        other.Fit(Make.Examples(16), lossFct: new MeanSquaredErrorLoss(onSigmoid: true), outputPath: Path.Combine(scratch.Path, "other"));
        Assert.Equal(Make.Values(one), Make.Values(other));
    }
}
