using CrossEncoders.Chunking;

namespace CrossEncoders.Retrieval;

/// <summary>Chunks for a retriever.</summary>
public static class PassageExtensions
{
    /// <summary>The chunks as a retriever takes them: chunk id and <see cref="Chunk.Passage"/>.</summary>
    public static IReadOnlyList<Passage> ToPassages(this IEnumerable<Chunk> chunks) =>
        [.. chunks.Select(chunk => new Passage(chunk.Id, chunk.Passage))];
}
