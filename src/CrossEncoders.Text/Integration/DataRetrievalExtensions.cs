using CrossEncoders.Integration.DataRetrieval;
using CrossEncoders.Retrieval;
using IRetriever = CrossEncoders.Retrieval.IRetriever;

namespace CrossEncoders.Integration;

/// <summary>Scorers and retrievers of the kit in the shapes of retrieval pipelines.</summary>
public static class DataRetrievalExtensions
{
    /// <summary>A scorer as a re-ranker of a pipeline.</summary>
    /// <param name="scorer">Reads query and chunk together, usually a cross-encoder.</param>
    /// <param name="activation">
    /// What turns a logit into a chunk's score, for example <c>CrossEncoder.Activation</c>; null keeps the logit. The order is that
    /// of the logits.
    /// </param>
    public static IReranker AsReranker(this IPassageScorer scorer, Func<float, float>? activation = null) =>
        new Reranker(scorer, activation ?? (logit => logit));

    /// <summary>A retriever of the kit, re-ranking or not, as one that a pipeline's consumers depend on.</summary>
    /// <remarks>A chunk's <see cref="RetrievalChunk.Record"/> holds the passage's id as "id".</remarks>
    public static DataRetrieval.IRetriever AsDataRetriever(this IRetriever retriever) => new Retriever(retriever);

    private sealed class Reranker(IPassageScorer scorer, Func<float, float> activation) : IReranker
    {
        public async Task<IReadOnlyList<RetrievalChunk>> RerankAsync(
            string query,
            IReadOnlyList<RetrievalChunk> chunks,
            CancellationToken cancellationToken
        )
        {
            ArgumentNullException.ThrowIfNull(chunks);
            var logits = await scorer.ScoreAsync(query, chunks.Select(chunk => chunk.Content), cancellationToken).ConfigureAwait(false);
            return
            [
                .. Enumerable
                    .Range(0, chunks.Count)
                    .OrderByDescending(i => logits[i]) // a stable sort
                    .Select(i => Copy(chunks[i], activation(logits[i]))),
            ];
        }

        private static RetrievalChunk Copy(RetrievalChunk chunk, double score)
        {
            var copy = new RetrievalChunk(chunk.Content, score);
            foreach (var (name, value) in chunk.Record)
                copy.Record[name] = value;
            return copy;
        }
    }

    private sealed class Retriever(IRetriever retriever) : DataRetrieval.IRetriever
    {
        public async Task<RetrievalResults> RetrieveAsync(string query, int topK, CancellationToken cancellationToken)
        {
            var hits = await Task.Run(() => retriever.SearchAll([query], topK, null, cancellationToken)[0], cancellationToken)
                .ConfigureAwait(false);
            return new() { Chunks = [.. hits.Select(Chunk)] };
        }

        private static RetrievalChunk Chunk(Hit hit)
        {
            var chunk = new RetrievalChunk(hit.Passage.Text, hit.Score);
            chunk.Record["id"] = hit.Passage.Id;
            return chunk;
        }
    }
}
