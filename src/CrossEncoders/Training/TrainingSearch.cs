using System.Diagnostics;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>
/// Trains several times: the same settings with several seeds, to see how far luck goes, or several settings, to choose between them.
/// </summary>
/// <example><code>
/// var report = TrainingSearch.Run(() => CrossEncoder.FromPretrained(id), examples, [validation], new TrainingArguments(),
///     new() { LearningRates = [1e-5, 3e-5], Seeds = [1, 2, 3], TimeBudget = TimeSpan.FromHours(2) });
/// report.ToDataFrame()
/// </code></example>
public static class TrainingSearch
{
    /// <summary>Runs the trials, each on a fresh model and in a folder of its own below that of the arguments.</summary>
    /// <param name="load">
    /// Loads the model that every trial begins with; a head that starts at random does so by the trial's seed.
    /// </param>
    /// <param name="examples">The examples.</param>
    /// <param name="evaluators">The first one decides, by its primary metric at the best evaluation of a trial.</param>
    /// <param name="arguments">The settings that the trials share.</param>
    /// <param name="options">What is tried.</param>
    /// <param name="progress">Told of each trial that ends.</param>
    /// <param name="cancellation">Ends the search; what was trained stays on disk.</param>
    /// <exception cref="CrossEncoderException">There is no evaluator, or a setting of one of the trials makes no sense.</exception>
    public static SearchReport Run(
        Func<CrossEncoder> load,
        IReadOnlyList<InputExample> examples,
        IReadOnlyList<IEvaluator> evaluators,
        TrainingArguments arguments,
        SearchOptions options,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (evaluators.Count == 0)
            throw new CrossEncoderException("A search needs an evaluator, whose primary metric tells which trial is the best. Give one.");
        var plan = options.Plan(arguments);
        foreach (var planned in plan)
            planned.Arguments.Validate(layers: int.MaxValue); // how many there are is seen once the first model is loaded
        var trials = new List<SearchTrial>();
        var clock = Stopwatch.StartNew();
        foreach (var (index, planned) in plan.Index())
        {
            var left = options.TimeBudget - clock.Elapsed;
            var longest = TimeSpan.FromSeconds(trials.Select(trial => trial.Seconds).DefaultIfEmpty().Max());
            if (index > 0 && left < longest)
                break; // what would be cut short says nothing
            trials.Add(Trial(load, examples, evaluators, planned, left, cancellation));
            progress?.Report(new WorkProgress("searching", trials.Count, plan.Count, $"{trials[^1]}"));
        }

        return new(evaluators[0].PrimaryMetric, evaluators[0].HigherIsBetter, trials, plan.Count - trials.Count);
    }

    private static SearchTrial Trial(
        Func<CrossEncoder> load,
        IReadOnlyList<InputExample> examples,
        IReadOnlyList<IEvaluator> evaluators,
        PlannedTrial planned,
        TimeSpan? left,
        CancellationToken cancellation
    )
    {
        random.manual_seed(planned.Arguments.Seed);
        using var model = load();
        var arguments =
            left is { } time && !(planned.Arguments.TimeBudget < time)
                ? planned.Arguments with
                {
                    TimeBudget = time < TimeSpan.Zero ? TimeSpan.Zero : time,
                }
                : planned.Arguments;
        var trainer = new CrossEncoderTrainer(model, arguments, planned.Loss?.Invoke(), evaluators);
        var clock = Stopwatch.StartNew();
        try
        {
            var run = trainer.Train(examples, null, cancellation);
            return Ended(run.BestValue ?? double.NaN, run.BestStep ?? 0, run.Seconds, run.Completed || run.StoppedEarly);
        }
        catch (CrossEncoderException error) when (error.InnerException is NotFiniteNumberException) // the others may fare better
        {
            return Ended(double.NaN, 0, clock.Elapsed.TotalSeconds, whole: false);
        }

        SearchTrial Ended(double value, int bestStep, double seconds, bool whole) =>
            new(
                trainer.LossName,
                arguments.LearningRate,
                arguments.Epochs,
                arguments.Seed,
                value,
                bestStep,
                seconds,
                whole,
                arguments.OutputFolder
            );
    }
}
