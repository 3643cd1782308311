namespace CrossEncoders.Modeling;

/// <summary>The size of an adapter, and what it changes.</summary>
public sealed record LoraOptions
{
    /// <summary>Rank of the product that is added to each matrix.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>The product is scaled by this over <see cref="Rank"/>, or over its root where it is <see cref="RankStabilized"/>.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Whether the product is scaled by the root of the rank, so that a high rank learns as fast as a low one (rsLoRA).</summary>
    /// <remarks>Kalajdzievski 2023, "A Rank Stabilization Scaling Factor for Fine-Tuning with LoRA".</remarks>
    public bool RankStabilized { get; init; }

    /// <summary>Only matrices whose name ends with one of these; null for every matrix of the layers and the head.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>
    /// Modules that are trained and saved whole, by the end of their name ("classifier"), as PEFT's <c>modules_to_save</c>; null for those
    /// that started at random when the model was loaded, since without them the saved adapter would be worth nothing.
    /// </summary>
    public IReadOnlyList<string>? ModulesToSave { get; init; }

    /// <summary>Which biases are trained and saved, too.</summary>
    public LoraBias Bias { get; init; }

    /// <summary>Seed of the values the adapter starts from.</summary>
    public int Seed { get; init; } = 42;
}

/// <summary>Which biases an adapter trains, by PEFT's names.</summary>
public enum LoraBias
{
    /// <summary>None.</summary>
    None,

    /// <summary>All of the model.</summary>
    All,

    /// <summary>Those beside a matrix that it changes.</summary>
    LoraOnly,
}
