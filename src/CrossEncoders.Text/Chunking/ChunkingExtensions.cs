using CrossEncoders.Documents;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Chunking;

/// <summary>Cuts documents into chunks.</summary>
public static class ChunkingExtensions
{
    /// <summary>The chunks of documents, in order. Cuts follow headings, then paragraphs, lines, table rows and sentences.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="tokenizer">Counts the tokens; the one of the model that is going to read the passages.</param>
    /// <param name="options">Sizes; 256 tokens without overlap by default.</param>
    public static IReadOnlyList<Chunk> Chunk(
        this IEnumerable<Document> documents,
        TextTokenizer tokenizer,
        ChunkingOptions? options = null
    ) => documents.Chunk(tokenizer.CountTokens, options);

    /// <summary>The chunks of documents, in order, with any counter of tokens.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="countTokens">The number of tokens of a text.</param>
    /// <param name="options">Sizes; 256 tokens without overlap by default.</param>
    public static IReadOnlyList<Chunk> Chunk(
        this IEnumerable<Document> documents,
        Func<string, int> countTokens,
        ChunkingOptions? options = null
    ) => [.. documents.StreamChunks(countTokens, options)];

    /// <summary>The same one document at a time, for folders larger than memory.</summary>
    public static IEnumerable<Chunk> StreamChunks(
        this IEnumerable<Document> documents,
        Func<string, int> countTokens,
        ChunkingOptions? options = null
    ) => documents.SelectMany(new Chunker(countTokens, options ?? new ChunkingOptions()).Chunk);

    /// <summary>The chunks of one document, in order.</summary>
    public static IReadOnlyList<Chunk> Chunk(this Document document, TextTokenizer tokenizer, ChunkingOptions? options = null) =>
        new Chunker(tokenizer.CountTokens, options ?? new ChunkingOptions()).Chunk(document);
}
