using CrossEncoders.Examples;
using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;
using CrossEncoders.Training.Losses;

namespace CrossEncoders.Tests.Training;

/// <summary>What is read at which step, and how fast it is learned from.</summary>
[Collection(Alone.Name)]
public sealed class TrainingPlanTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private TrainingArguments Arguments => TinyModel.Arguments(_scratch.Path);

    public void Dispose() => _scratch.Dispose();

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

        var budgeted = Trainings.Quiet(model, arguments, null).Train(examples).Steps[0];
        using var same = TinyModel.Load("bert");
        var whole = Trainings.Quiet(same, Arguments with { BatchSize = 40, MaxSteps = 1, Overwrite = true }, null).Train(examples).Steps[0];
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
        Trainings.Quiet(model, arguments, null).Train(TinyModel.Examples(16));
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
            new CrossEncoderTrainer(model, arguments with { MaxSteps = 2, Epochs = 5, Overwrite = true }) { OnAlarm = _ => { } }
                .Train(TinyModel.Examples(300))
                .Steps.Count
        );
    }
}
