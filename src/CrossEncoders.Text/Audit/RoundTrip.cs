using CrossEncoders.Chunking;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Audit;

/// <summary>Asks a retriever each question and looks at which rank its chunk comes.</summary>
internal static class RoundTrip
{
    /// <summary>
    /// For each question the rank of its chunk, or of one with the same passage, from 1; null if it is not among the first.
    /// </summary>
    /// <exception cref="CrossEncoderException">The retriever knows none of the chunks.</exception>
    public static int?[] Ranks(
        IReadOnlyList<GeneratedQuestion> questions,
        IReadOnlyList<Chunk> chunks,
        IRetriever retriever,
        int topK,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        var hashes = chunks.ToDictionary(chunk => chunk.Id, chunk => chunk.Hash);
        var results = retriever.SearchAll([.. questions.Select(question => question.Text)], topK, progress, cancellation);
        if (questions.Count > 0 && !results.Any(hits => hits.Any(hit => hashes.ContainsKey(hit.Passage.Id))))
            throw new CrossEncoderException(
                $"The retriever '{retriever.Name}' found no chunk of this data set. "
                    + "Build it from the data set's Passages, whose ids are chunk ids."
            );
        return
        [
            .. questions.Select(
                (question, i) =>
                {
                    for (var rank = 0; rank < results[i].Count; rank++)
                        if (hashes.GetValueOrDefault(results[i][rank].Passage.Id) == hashes[question.ChunkId])
                            return rank + 1;
                    return (int?)null;
                }
            ),
        ];
    }
}
