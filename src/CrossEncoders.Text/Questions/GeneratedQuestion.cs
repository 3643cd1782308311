using CrossEncoders.Chunking;

namespace CrossEncoders.Questions;

/// <summary>A question that a model wrote about a chunk.</summary>
/// <param name="Text">The question.</param>
/// <param name="Style">
/// "natural", "keyword", "symptom", "newcomer" or "comparison", or a style of your own that was asked for; "natural" where the model named
/// none of those.
/// </param>
/// <param name="ChunkId">The chunk that answers it.</param>
/// <param name="Model">Who wrote it.</param>
public sealed record GeneratedQuestion(string Text, string Style, string ChunkId, string Model)
{
    /// <summary>The chunk's id, '/' and eight digits that depend on the text alone.</summary>
    public string Id { get; } = $"{ChunkId}/{Chunk.HashOf(Text)[..8]}";
}
