using CrossEncoders.Training.Losses;

namespace CrossEncoders.Training;

/// <summary>What a search tries: every combination, each with every seed. A list left null takes the shared setting alone.</summary>
public sealed record SearchOptions
{
    /// <summary>Peak learning rates.</summary>
    public IReadOnlyList<double>? LearningRates { get; init; }

    /// <summary>Numbers of epochs.</summary>
    public IReadOnlyList<int>? Epochs { get; init; }

    /// <summary>Losses; each is made anew for a trial.</summary>
    public IReadOnlyList<Func<Loss>>? Losses { get; init; }

    /// <summary>Seeds; with several, the report has a mean and a spread.</summary>
    public IReadOnlyList<int>? Seeds { get; init; }

    /// <summary>
    /// The time for all trials; null for no limit. A trial that would not end in time by the longest one so far is not begun; the first one
    /// is, and stops when the time is up.
    /// </summary>
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>The trials: all settings with the first seed, then with the next, so that a search cut short has seen them all.</summary>
    internal IReadOnlyList<PlannedTrial> Plan(TrainingArguments arguments)
    {
        var rates = Distinct(LearningRates, arguments.LearningRate, nameof(LearningRates));
        var epochs = Distinct(Epochs, arguments.Epochs, nameof(Epochs));
        var seeds = Distinct(Seeds, arguments.Seed, nameof(Seeds));
        IReadOnlyList<Func<Loss>?> losses = Losses ?? (IReadOnlyList<Func<Loss>?>)[null];
        if (losses.Count == 0)
            throw Empty(nameof(Losses));
        if (TimeBudget < TimeSpan.Zero)
            throw new CrossEncoderException($"SearchOptions.TimeBudget is {TimeBudget}; expected a time, or null for no limit.");
        var trials = from seed in seeds from loss in losses from count in epochs from rate in rates select (seed, loss, count, rate);
        return
        [
            .. trials.Select(
                (trial, index) =>
                    new PlannedTrial(
                        arguments with
                        {
                            Seed = trial.seed,
                            Epochs = trial.count,
                            LearningRate = trial.rate,
                            OutputFolder = Path.Combine(arguments.OutputFolder, $"trial-{index + 1:00}"),
                        },
                        trial.loss
                    )
            ),
        ];
    }

    private static IReadOnlyList<T> Distinct<T>(IReadOnlyList<T>? asked, T shared, string name) =>
        asked is null ? [shared]
        : asked.Count == 0 ? throw Empty(name)
        : [.. asked.Distinct()];

    private static CrossEncoderException Empty(string name) =>
        new($"SearchOptions.{name} is empty; expected one or more, or null for the shared setting.");
}

/// <summary>A trial that is to be run.</summary>
/// <param name="Arguments">Its settings.</param>
/// <param name="Loss">Makes its loss; null for the trainer's usual one.</param>
internal sealed record PlannedTrial(TrainingArguments Arguments, Func<Loss>? Loss);
