namespace CrossEncoders.Benchmarks.Engines;

/// <summary>
/// Vectors that are the sums of random ones, one for each term: near where texts share words. They stand for a bi-encoder's where speed is
/// measured. A graph is harder to follow through them: of random sentences, those nearest to a question are farther from each other than
/// from it, while those that a bi-encoder finds are as near to each other as to the question.
/// </summary>
internal sealed class TermEmbedder(int dimensions) : ITextEmbedder
{
    public string Name => $"terms in {dimensions} dimensions";

    public float[][] EmbedQueries(IReadOnlyList<string> queries, IProgress<WorkProgress>? progress, CancellationToken cancellation) =>
        EmbedPassages(queries, progress, cancellation);

    public float[][] EmbedPassages(IReadOnlyList<string> passages, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var vectors = new float[passages.Count][];
        Parallel.For(0, vectors.Length, i => vectors[i] = Embed(passages[i]));
        return vectors;
    }

    private float[] Embed(string text)
    {
        var vector = new float[dimensions];
        foreach (var term in Retrieval.TextAnalyzer.Terms(text))
        {
            var state = term.Aggregate(14695981039346656037UL, (hash, letter) => (hash ^ letter) * 1099511628211UL);
            for (var i = 0; i < dimensions; i += 8)
            {
                state = SplitMix64.Mix(state + 0x9E3779B97F4A7C15);
                for (var j = i; j < Math.Min(i + 8, dimensions); j++)
                    vector[j] += (sbyte)(state >> (8 * (j - i)));
            }
        }

        var length = Math.Max(MathF.Sqrt(vector.Sum(number => number * number)), 1e-9f);
        return Array.ConvertAll(vector, number => number / length);
    }
}

/// <summary>
/// An embedder whose vectors are made once, before an engine is measured: those of the queries always, so that a search's time is the
/// engine's, and those of the passages where a model makes them.
/// </summary>
internal sealed class KnownVectors(ITextEmbedder embedder) : ITextEmbedder
{
    private readonly Dictionary<string, float[]> _queries = [];
    private readonly Dictionary<string, float[]> _passages = [];

    public string Name => embedder.Name;

    /// <summary>Makes vectors of queries.</summary>
    public void LearnQueries(IReadOnlyList<string> queries)
    {
        foreach (var (query, vector) in queries.Zip(embedder.EmbedQueries(queries, null, default)))
            _queries[query] = vector;
    }

    /// <summary>Makes vectors of passages.</summary>
    public void LearnPassages(IEnumerable<string> passages)
    {
        foreach (var part in passages.Where(text => !_passages.ContainsKey(text)).Distinct().Chunk(1000))
        foreach (var (passage, vector) in part.Zip(embedder.EmbedPassages(part, null, default)))
            _passages[passage] = vector;
    }

    public float[][] EmbedQueries(IReadOnlyList<string> queries, IProgress<WorkProgress>? progress, CancellationToken cancellation) =>
        [.. queries.Select(query => _queries[query])];

    public float[][] EmbedPassages(IReadOnlyList<string> passages, IProgress<WorkProgress>? progress, CancellationToken cancellation) =>
        _passages.Count == 0
            ? embedder.EmbedPassages(passages, progress, cancellation)
            : [.. passages.Select(passage => _passages[passage])];
}
