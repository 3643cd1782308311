using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>When evaluations end a training, and which weights are the best.</summary>
[Collection(Alone.Name)]
public sealed class EarlyStoppingTests : IDisposable
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
        var evaluator = new ScriptedEvaluator([0.5, 0.4, 0.35, 0.38, 0.36, 0.2, 0.1, 0.1, 0.1]);
        var arguments = Arguments with { EvaluationSteps = 1, EarlyStoppingPatience = patience, EarlyStoppingMinDelta = delta };
        var run = Trainings.Quiet(model, arguments, null, evaluator).Train(TinyModel.Examples(64));
        Assert.True(run.StoppedEarly);
        Assert.True(run.Completed);
        Assert.Equal(stopped, run.Steps.Count);
        Assert.Equal(2, run.BestStep); // the best is kept even where it is no gain
        Assert.Equal(evaluator.Weights[2], TinyModel.Values(model));

        var again = Trainings.Quiet(model, arguments with { Resume = true }, null, evaluator).Train(TinyModel.Examples(64));
        Assert.Equal((true, stopped), (again.StoppedEarly, again.Steps.Count)); // nothing is left to do
        var more = Trainings
            .Quiet(model, arguments with { Resume = true, EarlyStoppingPatience = null }, null, evaluator)
            .Train(TinyModel.Examples(64));
        Assert.Equal((false, 8), (more.StoppedEarly, more.Steps.Count));
    }

    [Fact]
    public void WhatIsNotANumberIsNeverTheBest()
    {
        using var model = TinyModel.Load("bert");
        var run = Trainings
            .Quiet(model, Arguments with { EvaluationSteps = 1 }, null, new ScriptedEvaluator([double.NaN, 0.4, double.NaN, 0.5, 0.6]))
            .Train(TinyModel.Examples(32));
        Assert.Equal((1, 0.4), (run.BestStep, run.BestValue));
        Assert.True(double.IsNaN(TrainingLog.Read(_scratch.Path).Evaluations[0].Result.Metrics["value"]));
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
        var rest = Trainings.Quiet(model, Arguments with { Resume = true }, new NotANumberAt(-1)).Train(TinyModel.Examples(64));
        Assert.Equal(Enumerable.Range(0, 8), rest.Steps.Select(step => step.Step));
    }

    [Fact]
    public void AfterALossThatIsNoNumberTheBestIsThereAndAGentlerTrainingGoesOn()
    {
        using var model = TinyModel.Load("bert");
        var arguments = Arguments with { CheckpointSteps = 1, EvaluationSteps = 1 };
        var evaluator = new ScriptedEvaluator([0.5, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 1, 1, 1, 1]);
        var error = Assert.Throws<CrossEncoderException>(() =>
            Trainings.Quiet(model, arguments, new NotANumberAt(3), evaluator).Train(TinyModel.Examples(64))
        );
        Assert.Contains("best weights, of step 1", error.Message);
        Assert.Equal(evaluator.Weights[1], TinyModel.Values(model));
        var gentler = arguments with { Resume = true, LearningRate = 1e-4, MaxGradientNorm = 0.5, ComputeType = ScalarType.BFloat16 };
        var rest = Trainings.Quiet(model, gentler, new NotANumberAt(-1), evaluator).Train(TinyModel.Examples(64));
        Assert.Equal(Enumerable.Range(0, 8), rest.Steps.Select(step => step.Step));
        Assert.True(rest.Steps[3].LearningRate < rest.Steps[2].LearningRate / 10);
        Assert.Equal(1, rest.BestStep);
    }

    [Fact]
    public void WhatIsMeasuredWhereItIsInterruptedStopsNothing()
    {
        using var model = TinyModel.Load("bert");
        var arguments = Arguments with { EarlyStoppingPatience = 1 };
        var stop = Path.Combine(_scratch.Path, TrainingArguments.StopFile);
        var progress = new ProgressCalls(done =>
        {
            if (done == 3)
                File.WriteAllText(stop, "");
        });
        var evaluator = new ScriptedEvaluator([0.5, 0.9, 0.2]);
        var run = Trainings.Quiet(model, arguments, null, evaluator).Train(TinyModel.Examples(64), progress);
        Assert.Equal([0, 3], run.Evaluations.Select(point => point.Step));
        Assert.Equal((false, false, 3), (run.Completed, run.StoppedEarly, run.Steps.Count));
        var rest = Trainings.Quiet(model, arguments with { Resume = true }, null, evaluator).Train(TinyModel.Examples(64));
        Assert.Equal((true, false, 8), (rest.Completed, rest.StoppedEarly, rest.Steps.Count));
    }
}
