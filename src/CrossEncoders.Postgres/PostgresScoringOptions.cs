namespace CrossEncoders.Postgres;

/// <summary>Where a scoring's queue lies in a database, and how workers share it.</summary>
public sealed record PostgresScoringOptions
{
    /// <summary>The schema; made where it is missing.</summary>
    public string Schema { get; init; } = "cross_encoders";

    /// <summary>The name of the scoring, and of its table.</summary>
    public string Name { get; init; } = "scores";

    /// <summary>
    /// How long a block belongs to the worker that took it, unless it says again that it is alive, which it does three times in that time:
    /// so long a killed worker's block waits.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a server that is away is tried again before that is an error.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    internal PostgresIndexOptions Checked() =>
        Lease < TimeSpan.FromMilliseconds(100)
            ? throw new CrossEncoderException($"A lease takes at least 0.1 s, but was {Lease.TotalSeconds} s.")
            : new PostgresIndexOptions
            {
                Schema = Schema,
                Name = Name,
                Patience = Patience,
            }.Checked();
}
