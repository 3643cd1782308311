using System.Globalization;

namespace CrossEncoders.Scoring;

/// <summary>What a part of a scoring will cost.</summary>
/// <param name="Shard">Which part.</param>
/// <param name="Pairs">Pairs of the whole input.</param>
/// <param name="OwnPairs">Pairs of the part.</param>
/// <param name="Done">Pairs of the part that are scored already.</param>
/// <param name="Sampled">Pairs that were scored to measure the rate.</param>
/// <param name="PairsPerSecond">The rate; 0 where there is nothing left to do.</param>
public sealed record ScoringPlan(Shard Shard, int Pairs, int OwnPairs, int Done, int Sampled, double PairsPerSecond)
{
    /// <summary>How long the rest of the part will take, about.</summary>
    public TimeSpan Remaining => Done == OwnPairs ? TimeSpan.Zero : TimeSpan.FromSeconds((OwnPairs - Done) / PairsPerSecond);

    /// <summary>"1,000,000 pairs; part 2/5 has 200,192, 5,120 of them done; the rest takes about 3 h 12 min at 17 pairs …".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Pairs:N0} pairs; part {Shard} has {OwnPairs:N0}, {Done:N0} of them done")
        + (
            Done == OwnPairs
                ? "."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"; the rest takes about {Shown(Remaining)} at {PairsPerSecond:0.#} pairs a second, as {Sampled:N0} of them did."
                )
        );

    private static string Shown(TimeSpan time) =>
        time.TotalHours >= 100 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:N0} days")
        : time.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min")
        : time.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Ceiling(time.TotalSeconds)):0} s");
}
