using CrossEncoders.Evaluation;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

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
        var evaluator = new MSEEval(TinyModel.Examples(16, "unseen"), "v", outputFolder: output);
        var calls = new List<(double, int, int)>();
        float[] fitted;
        using (var model = TinyModel.Load("bert"))
        {
            var run = model.Fit(
                TinyModel.Examples(64),
                evaluator,
                epochs: 2,
                lossFct: new MeanSquaredErrorLoss(),
                scheduler: Schedule.WarmupCosine,
                warmupSteps: 3,
                optimizerParams: new(Lr: 1e-3),
                weightDecay: 0.1,
                evaluationSteps: 3,
                outputPath: output,
                maxGradNorm: 0.5,
                callback: (value, epoch, steps) => calls.Add((value, epoch, steps)),
                batchSize: 8
            );
            fitted = TinyModel.Values(model);
            Assert.Equal([(0, 0), (0, 3), (0, 6), (0, -1), (1, 3), (1, 6), (1, -1)], calls.Select(call => (call.Item2, call.Item3)));
            Assert.Equal(run.BestValue, calls.Min(call => call.Item1));
        }

        // The evaluator's file stays beside the saved model.
        Assert.Equal(8, File.ReadAllLines(Path.Combine(output, "accuracy_evaluation_v_results.csv")).Length);
        using (var saved = CrossEncoder.FromPretrained(output, new() { Report = _ => { } }))
            Assert.Equal(fitted, TinyModel.Values(saved));
        using (var model = TinyModel.Load("bert"))
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
                ComputeType = ScalarType.Float32,
            };
            new CrossEncoderTrainer(model, arguments, new MeanSquaredErrorLoss(), new MSEEval(TinyModel.Examples(16, "unseen")))
            {
                OnAlarm = _ => { },
            }.Train(TinyModel.Examples(64));
            Assert.Equal(fitted, TinyModel.Values(model));
        }
    }

    [Fact]
    public void AppliesTheActivationBeforeTheLoss()
    {
        using var scratch = new ScratchFolder();
        using var one = TinyModel.Load("bert");
        using var other = TinyModel.Load("bert");
        one.Fit(
            TinyModel.Examples(16),
            lossFct: new MeanSquaredErrorLoss(onSigmoid: false),
            activationFct: logits => logits.sigmoid(),
            outputPath: Path.Combine(scratch.Path, "one")
        );
        other.Fit(
            TinyModel.Examples(16),
            lossFct: new MeanSquaredErrorLoss(onSigmoid: true),
            outputPath: Path.Combine(scratch.Path, "other")
        );
        Assert.Equal(TinyModel.Values(one), TinyModel.Values(other));
    }

    [Fact]
    public void EvaluatesAModelWithSeveralLabels()
    {
        using var model = TinyModel.Load("bert-3-labels");
        var run = model.Fit(TinyModel.Examples(32), new SoftmaxAccuracyEvaluator(TinyModel.Examples(16, "unseen")), evaluationSteps: 1);
        Assert.Equal(run.BestValue, run.Evaluations.Max(point => point.Result.Metrics["accuracy"]));
        Assert.Equal(3, run.Evaluations.Count);
    }

    [Fact]
    public void AnActivationDecidesWhetherScoresAreProbabilities()
    {
        string[] Alarms(Loss loss, Func<Tensor, Tensor> activation)
        {
            using var model = TinyModel.Load("bert");
            var run = model.Fit(
                [.. TinyModel.Examples(28).Where(example => example.Label == 0), .. TinyModel.Examples(4)],
                new MSEEval(TinyModel.Examples(16, "unseen")),
                lossFct: loss,
                activationFct: activation
            );
            return [.. run.Alarms.Select(alarm => alarm.Rule).Where(rule => rule is "activation-does-not-fit" or "classes-out-of-balance")];
        }

        Assert.Equal(["classes-out-of-balance"], Alarms(new MeanSquaredErrorLoss(onSigmoid: false), logits => logits.sigmoid()));
        Assert.Equal(["activation-does-not-fit"], Alarms(new MeanSquaredErrorLoss(onSigmoid: false), logits => logits * 2));
        Assert.Equal(["classes-out-of-balance"], Alarms(new BinaryCrossEntropyLoss(), logits => logits.alias()));
        Assert.Equal(
            ["classes-out-of-balance", "activation-does-not-fit"],
            Alarms(new BinaryCrossEntropyLoss(), logits => logits.sigmoid())
        ); // a sigmoid of a sigmoid
    }

    [Fact]
    public void ResumesBesideTheOutput()
    {
        using var scratch = new ScratchFolder();
        var output = Path.Combine(scratch.Path, "model");
        float[] Train(string folder, int stopAt, bool resume)
        {
            using var model = TinyModel.Load("bert");
            using var stop = new CancellationTokenSource();
            TrainingRun Fit() =>
                model.Fit(
                    TinyModel.Examples(48),
                    outputPath: folder,
                    batchSize: 8,
                    resume: resume,
                    cancellation: stop.Token,
                    progress: new Told(progress =>
                    {
                        if (progress.Done == stopAt)
                            stop.Cancel();
                    })
                );
            if (stopAt > 0)
                Assert.ThrowsAny<OperationCanceledException>(Fit);
            else
                Assert.Equal(6, Fit().Steps.Count);
            return TinyModel.Values(model);
        }

        var whole = Train(Path.Combine(scratch.Path, "whole"), 0, false);
        Assert.NotEqual(whole, Train(output, 3, false));
        Assert.True(Directory.Exists(Path.Combine(output + "-training", "checkpoint-3")));
        Assert.Equal(whole, Train(output, 0, true));
        Assert.True(File.Exists(Path.Combine(output, "model.safetensors")));
    }

    [Fact]
    public void WithoutOutputNothingStaysAndNothingIsLost()
    {
        using var model = TinyModel.Load("bert");
        var run = model.Fit(TinyModel.Examples(16), new MSEEval(TinyModel.Examples(16, "unseen")));
        Assert.NotNull(run.BestStep);
        Assert.False(Directory.Exists(run.Arguments.OutputFolder));
        Assert.NotEqual(Path.GetFullPath(new TrainingArguments().OutputFolder), Path.GetFullPath(run.Arguments.OutputFolder));
        Assert.Contains("outputPath", Assert.Throws<CrossEncoderException>(() => model.Fit(TinyModel.Examples(16), resume: true)).Message);
    }

    [Fact]
    public void WhatCannotBeSavedIsRefusedBeforeItIsTrained()
    {
        using var scratch = new ScratchFolder();
        using var model = TinyModel.Load("bert");
        string Refused(string output) =>
            Assert.Throws<CrossEncoderException>(() => model.Fit(TinyModel.Examples(16), outputPath: output)).Message;
        Assert.Contains("folder this program works in", Refused("."));
        var adapter = model.AttachAdapter(new() { Rank = 2 });
        var untrained = adapter.Parameters.Flat.data<float>().ToArray();
        Assert.Contains("has an adapter", Refused(scratch["model"]));
        Assert.Equal(untrained, adapter.Parameters.Flat.data<float>().ToArray());
        Assert.Empty(Directory.GetFileSystemEntries(scratch.Path));
    }

    private sealed class Told(Action<WorkProgress> tell) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => tell(value);
    }
}
