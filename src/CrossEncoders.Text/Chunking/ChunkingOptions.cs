namespace CrossEncoders.Chunking;

/// <summary>Where documents are cut.</summary>
public enum ChunkingStrategy
{
    /// <summary>At headings, then paragraphs, lines, table rows and sentences, into chunks of even size (the default).</summary>
    Headings,

    /// <summary>Between sentences alone: each chunk takes as many as it holds, across headings.</summary>
    Sentences,

    /// <summary>After a fixed number of tokens, wherever that falls: the baseline of the literature.</summary>
    FixedTokens,
}

/// <summary>How documents are cut into chunks.</summary>
public sealed record ChunkingOptions
{
    /// <summary>Where to cut.</summary>
    public ChunkingStrategy Strategy { get; init; }

    /// <summary>The most tokens a passage has, its headings included, special tokens not (default 256, at least 16).</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>How many tokens of the chunk before are repeated at most (default 0; at most half of <see cref="MaxTokens"/>).
    /// Only whole sentences are repeated, except with <see cref="ChunkingStrategy.FixedTokens"/>; with
    /// <see cref="ChunkingStrategy.Headings"/> never across sections.</summary>
    public int OverlapTokens { get; init; }

    /// <summary>Whether a passage starts with the headings above it (default true).</summary>
    public bool IncludeHeadings { get; init; } = true;
}
