namespace CrossEncoders.Modeling;

/// <summary>The size of an adapter.</summary>
public sealed record LoraOptions
{
    /// <summary>Rank of the product that is added to each matrix.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>The product is scaled by this over <see cref="Rank"/>.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>
    /// Only matrices whose name ends with one of these; null for every matrix of the layers and the head. Query, key and value are one
    /// fused matrix: all three or none.
    /// </summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>Seed of the values the adapter starts from.</summary>
    public int Seed { get; init; } = 42;
}
