using System.Security.Cryptography;
using System.Text;
using CrossEncoders.Documents;

namespace CrossEncoders.Chunking;

/// <summary>A part of a document, small enough for a model to read.</summary>
/// <param name="Id">The document's id, '#' and the chunk's number in the document, from 0.</param>
/// <param name="DocumentId">The document's id.</param>
/// <param name="Title">The document's title.</param>
/// <param name="Section">The headings above the chunk, outermost first, separated by " › "; without the title; may be empty.</param>
/// <param name="Start">Where it starts in <see cref="Document.Text"/>, in UTF-16 units.</param>
/// <param name="Length">Its length in UTF-16 units.</param>
/// <param name="Text">Exactly this slice of <see cref="Document.Text"/>.</param>
/// <param name="Language">"en" or "zh".</param>
/// <param name="Passage">What is searched, ranked and asked about: the headings on a line of their own (if wanted), then the trimmed text;
/// where the chunk starts inside a table, the table's header in between.</param>
/// <param name="Tokens">The number of tokens of <see cref="Passage"/>, without special tokens.</param>
public sealed record Chunk(
    string Id,
    string DocumentId,
    string Title,
    string Section,
    int Start,
    int Length,
    string Text,
    string Language,
    string Passage,
    int Tokens
)
{
    /// <summary>The first 16 hexadecimal digits (lower case) of the SHA-256 of <see cref="Passage"/> in UTF-8.</summary>
    public string Hash { get; } = HashOf(Passage);

    /// <summary>The hash that a passage's chunk has.</summary>
    public static string HashOf(string passage) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(passage)))[..16];
}

/// <summary>Where documents are cut.</summary>
public enum ChunkingStrategy
{
    /// <summary>At headings, then paragraphs, lines, table rows and sentences, into chunks of even size (the default).</summary>
    Headings,

    /// <summary>Between sentences alone: each chunk takes as many as it holds, across headings.</summary>
    Sentences,

    /// <summary>After every so many tokens, wherever that is: the baseline of the literature.</summary>
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
    /// Only whole sentences are repeated, and never across sections, except with <see cref="ChunkingStrategy.FixedTokens"/>.</summary>
    public int OverlapTokens { get; init; }

    /// <summary>Whether a passage starts with the headings above it (default true).</summary>
    public bool IncludeHeadings { get; init; } = true;
}
