using CrossEncoders.Evaluation;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>Trainers, evaluators and losses that do what a test says.</summary>
internal static class Trainings
{
    /// <summary>A trainer whose alarms nobody hears.</summary>
    public static CrossEncoderTrainer Quiet(
        CrossEncoder model,
        TrainingArguments arguments,
        Loss? loss,
        params IReadOnlyList<IEvaluator> evaluators
    ) => new(model, arguments, loss, evaluators) { OnAlarm = _ => { } };
}

/// <summary>Calls for each step done.</summary>
internal sealed class ProgressCalls(Action<long> each) : IProgress<WorkProgress>
{
    public void Report(WorkProgress value) => each(value.Done);
}

/// <summary>A loss that is not a number at one of its calls.</summary>
internal sealed class NotANumberAt(int step) : Loss
{
    private int _calls;

    public override string Name => "not a number";

    public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups) =>
        nn.functional.mse_loss(logits.view(-1), labels) * (_calls++ == step ? double.NaN : 1);
}

/// <summary>An evaluator with given values; it keeps the weights that it was shown.</summary>
internal sealed class ScriptedEvaluator(double[] values) : IEvaluator
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
