using System.Globalization;

namespace CrossEncoders.Training;

/// <summary>One training of a search.</summary>
/// <param name="Loss">Its loss.</param>
/// <param name="LearningRate">Its peak learning rate.</param>
/// <param name="Epochs">Its epochs.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Value">The primary metric at its best evaluation; NaN where it diverged.</param>
/// <param name="BestStep">Where that was.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Whole">Whether it came to its end: neither did it diverge, nor was it stopped by the time budget.</param>
/// <param name="Folder">Its output folder, with its checkpoints.</param>
public sealed record SearchTrial(
    string Loss,
    double LearningRate,
    int Epochs,
    int Seed,
    double Value,
    int BestStep,
    double Seconds,
    bool Whole,
    string Folder
)
{
    /// <summary>Settings and result in a line.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Loss}, rate {LearningRate}, {Epochs} epochs, seed {Seed}: {Value:0.0000}");
}

/// <summary>One setting of a search over its seeds.</summary>
/// <param name="Loss">Its loss.</param>
/// <param name="LearningRate">Its peak learning rate.</param>
/// <param name="Epochs">Its epochs.</param>
/// <param name="Runs">Its trials, one a seed.</param>
/// <param name="Mean">The mean of the primary metric.</param>
/// <param name="Spread">The standard deviation of the trials (of a sample, n - 1); NaN for a single one.</param>
/// <param name="Least">The smallest value.</param>
/// <param name="Largest">The largest value.</param>
/// <param name="Whole">Whether all of its trials came to their end.</param>
/// <param name="Seconds">The time of all its trials.</param>
public sealed record SearchSetting(
    string Loss,
    double LearningRate,
    int Epochs,
    int Runs,
    double Mean,
    double Spread,
    double Least,
    double Largest,
    bool Whole,
    double Seconds
);

/// <summary>What a search found.</summary>
/// <param name="Metric">The primary metric.</param>
/// <param name="HigherIsBetter">Whether more of it is better.</param>
/// <param name="Trials">The trials in the order they were run.</param>
/// <param name="Left">How many planned trials the time budget did not allow.</param>
public sealed record SearchReport(string Metric, bool HigherIsBetter, IReadOnlyList<SearchTrial> Trials, int Left)
{
    /// <summary>The settings, best mean first; those of which a training diverged last.</summary>
    public IReadOnlyList<SearchSetting> Settings =>
        [
            .. Trials
                .GroupBy(trial => (trial.Loss, trial.LearningRate, trial.Epochs))
                .Select(group => Of([.. group]))
                .OrderBy(setting => double.IsNaN(setting.Mean))
                .ThenBy(setting => HigherIsBetter ? -setting.Mean : setting.Mean),
        ];

    /// <summary>The setting with the best mean.</summary>
    public SearchSetting Best => Settings[0];

    private static SearchSetting Of(SearchTrial[] trials)
    {
        var mean = trials.Average(trial => trial.Value);
        var spread =
            trials.Length == 1 ? double.NaN : Math.Sqrt(trials.Sum(trial => Math.Pow(trial.Value - mean, 2)) / (trials.Length - 1));
        var (loss, rate, epochs) = (trials[0].Loss, trials[0].LearningRate, trials[0].Epochs);
        return new(
            loss,
            rate,
            epochs,
            trials.Length,
            mean,
            spread,
            trials.Min(trial => trial.Value),
            trials.Max(trial => trial.Value),
            trials.All(trial => trial.Whole),
            trials.Sum(trial => trial.Seconds)
        );
    }
}
