using System.Collections.Concurrent;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Evaluation;

/// <summary>
/// Work done once in a comparison: many retrievers share a first stage or a re-ranker, and each pair is to be scored and each query
/// searched only once. What is remembered is what the first call gave; it stays in memory as long as the object.
/// </summary>
public static class Remembering
{
    /// <summary>The scorer, which scores each pair once.</summary>
    /// <exception cref="CrossEncoderException">
    /// It is one that compares the passages of a query, such as <see cref="Fusion"/>: remember the scores of its parts.
    /// </exception>
    public static IPassageScorer ScoredOnce(this IPassageScorer scorer)
    {
        IRelativeScorer.Refuse(scorer);
        return new ScorerMemory(scorer);
    }

    /// <summary>The retriever, which searches for each query once.</summary>
    /// <param name="retriever">A retriever whose first results do not depend on how many are asked for.</param>
    /// <param name="depth">How many results are found and kept for each query, at least.</param>
    public static IRetriever Remembered(this IRetriever retriever, int depth = 100) => new RetrieverMemory(retriever, depth);

    private sealed class ScorerMemory(IPassageScorer scorer) : IPassageScorer
    {
        private readonly ConcurrentDictionary<TextPair, float> _scores = [];

        public string Name => scorer.Name;

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        )
        {
            TextPair[] missing = [.. pairs.Distinct().Where(pair => !_scores.ContainsKey(pair))];
            var scores = missing.Length == 0 ? [] : scorer.Score(missing, progress, cancellation);
            if (scores.Length != missing.Length)
                throw new CrossEncoderException(
                    $"A scorer must give one score for each pair, but '{scorer.Name}' gave {scores.Length} for {missing.Length}."
                );
            for (var i = 0; i < missing.Length; i++)
                _scores[missing[i]] = scores[i];
            return [.. pairs.Select(pair => _scores[pair])];
        }
    }

    private sealed class RetrieverMemory(IRetriever retriever, int depth) : IRetriever
    {
        private readonly ConcurrentDictionary<string, (int Depth, IReadOnlyList<Hit> Hits)> _found = [];

        public string Name => retriever.Name;

        public IReadOnlyList<Hit> Search(string query, int topK) => SearchAll([query], topK)[0];

        public IReadOnlyList<IReadOnlyList<Hit>> SearchAll(
            IReadOnlyList<string> queries,
            int topK,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        )
        {
            ArgumentOutOfRangeException.ThrowIfNegative(topK);
            string[] missing = [.. queries.Distinct().Where(query => !_found.TryGetValue(query, out var known) || known.Depth < topK)];
            var wanted = Math.Max(topK, depth);
            if (missing.Length > 0)
                foreach (var (query, hits) in missing.Zip(retriever.SearchAll(missing, wanted, progress, cancellation)))
                    _found[query] = (wanted, hits);
            return [.. queries.Select(query => _found[query].Hits.Take(topK).ToArray())];
        }
    }
}
