using System.Diagnostics;
using System.Globalization;
using CrossEncoders.Evaluation;
using CrossEncoders.Runtime;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>The one loop: evaluate, checkpoint, micro-steps, clip, step, clear, log. All that may vary is an object it calls.</summary>
internal sealed class TrainingLoop
{
    public required CrossEncoder Model { get; init; }

    public required TrainingArguments Arguments { get; init; }

    public required IReadOnlyList<IEvaluator> Evaluators { get; init; }

    /// <summary>The loss's name, for the run.</summary>
    public required string Loss { get; init; }

    public required TrainingPlan Plan { get; init; }

    public required TrainingSession Session { get; init; }

    public required AlarmWatch Watch { get; init; }

    public required LossPass Pass { get; init; }

    public required GradientBuffers Gradients { get; init; }

    public required AdamW Optimizer { get; init; }

    /// <summary>Whether the training draws from torch's generator of random numbers.</summary>
    public required bool Draws { get; init; }

    public required IProgress<TrainingRun>? Live { get; init; }

    public required IProgress<WorkProgress>? Progress { get; init; }

    private bool _interrupted;

    private TrainingState State => Session.State;

    // What is measured where it was interrupted ends nothing.
    private bool StoppedEarly => !_interrupted && State.Step < Plan.TotalSteps && Session.StopsEarly;

    /// <summary>Trains from where the session stands to the end, or until it must stop.</summary>
    public TrainingRun Run(CancellationToken cancellation)
    {
        try
        {
            Watch.BeforeTraining();
            while (true)
            {
                if (Plan.Evaluation(State.Step) is var (epoch, steps))
                    Evaluate(epoch, steps, cancellation);
                var done = State.Step >= Plan.TotalSteps || Session.StopsEarly;
                _interrupted = !done && Session.MustStop;
                if (done || _interrupted || Plan.Checkpoint(State.Step))
                    Session.Checkpoint();
                if (_interrupted)
                    EvaluateWhereStopped(cancellation);
                if (done || _interrupted)
                {
                    Session.LoadBest();
                    return Summary();
                }

                var step = Step(cancellation);
                Progress?.Report(
                    new WorkProgress(
                        "training steps",
                        State.Step,
                        Plan.TotalSteps,
                        string.Create(CultureInfo.InvariantCulture, $"loss {step.Loss:0.000}")
                    )
                );
                Live?.Report(Summary());
            }
        }
        catch (OperationCanceledException)
        {
            Session.Checkpoint();
            throw;
        }
    }

    private void Evaluate(int epoch, int steps, CancellationToken cancellation)
    {
        // Some may have been made before the checkpoint that it goes on from.
        foreach (var evaluator in Evaluators.Skip(Session.Log.Evaluations.Count(point => point.Step == State.Step)))
            Evaluate(evaluator, epoch, steps, cancellation);
    }

    private void Evaluate(IEvaluator evaluator, int epoch, int steps, CancellationToken cancellation)
    {
        var point = new EvaluationPoint(State.Step, evaluator.Evaluate(Model, epoch, steps, cancellation));
        Session.Log.Add(point);
        if (ReferenceEquals(evaluator, Evaluators[0]))
            Session.Consider(point.Result.PrimaryOf(evaluator), evaluator.HigherIsBetter);
        Watch.AfterEvaluation(point);
        Live?.Report(Summary());
    }

    /// <summary>
    /// Between two evaluations nobody knows whether the present weights are better than the best so far. What is found out is not in the
    /// checkpoint: a training that goes on from there does as if it had never been stopped.
    /// </summary>
    private void EvaluateWhereStopped(CancellationToken cancellation)
    {
        if (!Arguments.LoadBestAtEnd || State.BestStep is null || Plan.Evaluation(State.Step) is not null)
            return;
        var (epoch, steps) = Plan.Position(State.Step);
        Evaluate(Evaluators[0], epoch, steps, cancellation);
    }

    private TrainingStep Step(CancellationToken cancellation)
    {
        var (clock, planned) = (Stopwatch.StartNew(), Plan.Step(State.Step));
        if (Draws)
            random.manual_seed(unchecked(Arguments.Seed * 7_919L + State.Step));
        var draws = new Random(unchecked(Arguments.Seed * 7_919 + State.Step));
        var (loss, tokens) = (0.0, 0L);
        foreach (var batch in planned.Batches)
        {
            cancellation.ThrowIfCancellationRequested();
            var part = Pass.Run(batch, planned.WeightOf(batch), draws, ReferenceEquals(batch, planned.Batches[0]));
            (loss, tokens) = (loss + part.Loss, tokens + part.Tokens);
        }

        var norm = Gradients.Clip(Arguments.MaxGradientNorm);
        var learningRate = Plan.LearningRate(State.Step);
        var healthy = double.IsFinite(loss) && double.IsFinite(norm);
        if (healthy)
            Optimizer.Step(State.Step + 1, learningRate);
        Model.Model.Trained.Refresh();
        Gradients.Clear();
        NativeHeap.TrimNowAndThen();

        var (epochs, speed) = (Plan.EpochsAfter(State.Step + 1), tokens / clock.Elapsed.TotalSeconds);
        var step = new TrainingStep(State.Step, epochs, loss, learningRate, norm, speed, PeakMemory());
        State.Step++; // before anyone hears of it: whoever then cancels gets a checkpoint with this step
        Session.Log.Add(step);
        Watch.AfterStep(step);
        return healthy ? step : throw Diverged(step);
    }

    private CrossEncoderException Diverged(TrainingStep step)
    {
        Session.LoadBest();
        var weights =
            Arguments.LoadBestAtEnd && State.BestStep is { } best
                ? $"its best weights, of step {best}"
                : "the weights from before that step";
        return new CrossEncoderException(
            $"The loss is {step.Loss} and the gradient's norm {step.GradientNorm} at step {step.Step}. Lower LearningRate "
                + $"(now {Arguments.LearningRate}), or compute in float32. The model has {weights}.",
            new NotFiniteNumberException(step.Loss)
        );
    }

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private TrainingRun Summary() =>
        new()
        {
            Steps = Session.Log.Steps,
            Evaluations = Session.Log.Evaluations,
            Alarms = Session.Log.Alarms,
            Completed = State.Step >= Plan.TotalSteps || StoppedEarly,
            StoppedEarly = StoppedEarly,
            PrimaryMetric = Evaluators is [var first, ..] ? first.PrimaryMetric : null,
            BestStep = State.BestStep,
            BestValue = State.BestValue,
            Seconds = Session.Seconds,
            TotalSteps = Plan.TotalSteps,
            Examples = Plan.Examples.Count,
            Arguments = Arguments,
            Loss = Loss,
        };
}
