namespace CrossEncoders.Datasets;

/// <summary>How a folder of documents becomes questions.</summary>
public sealed record QaDatasetOptions
{
    /// <summary>Which documents are read.</summary>
    public DocumentOptions Documents { get; init; } = new();

    /// <summary>How they are cut.</summary>
    public ChunkingOptions Chunking { get; init; } = new();

    /// <summary>How many questions are asked for, and at most kept, for each chunk (default 3).</summary>
    public int QuestionsPerChunk { get; init; } = 3;

    /// <summary>The styles of questions asked for, in turn.</summary>
    public IReadOnlyList<string> Styles { get; init; } = QuestionGenerator.DefaultStyles;

    /// <summary>The most calls at a time (default 4).</summary>
    public int MaxConcurrency { get; init; } = 4;

    /// <summary>How often a chunk is asked about before it is given up and reported (default 5).</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The wait after a first failure; it doubles with each, unless the server says how long (default 1 second).</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a call may take (default 2 minutes).</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The file the answers are written to as they arrive and read from when a run starts again; null for none.</summary>
    public string? Journal { get; init; }

    /// <summary>Handed to the model, which may ignore it; null for none.</summary>
    public long? Seed { get; init; }
}

/// <summary>A chunk that got no questions.</summary>
/// <param name="ChunkId">The chunk.</param>
/// <param name="Reason">What went wrong the last time.</param>
public sealed record FailedChunk(string ChunkId, string Reason);
