using System.Buffers;
using System.Runtime.CompilerServices;
using CrossEncoders.Chunking;
using CrossEncoders.LanguageModels;

namespace CrossEncoders.Retrieval;

/// <summary>The two constants of BM25.</summary>
public sealed record Bm25Options
{
    /// <summary>How soon further occurrences of a term stop counting, 0 or more; 0 ignores how often it occurs.</summary>
    public double K1 { get; init; } = 1.2;

    /// <summary>How far long passages are discounted: 0 not at all, 1 in full.</summary>
    public double B { get; init; } = 0.75;

    /// <summary>The constants, in every culture in the same words: the identity of an index is made of them.</summary>
    public override string ToString() => FormattableString.Invariant($"{nameof(Bm25Options)} {{ {nameof(K1)} = {K1}, {nameof(B)} = {B} }}");

    /// <exception cref="CrossEncoderException">A constant makes no sense.</exception>
    internal Bm25Options Checked()
    {
        CallRules.Demand(K1 >= 0 && double.IsFinite(K1), nameof(K1), "0 or more", K1);
        CallRules.Demand(B is >= 0 and <= 1, nameof(B), "from 0 to 1", B);
        return this;
    }
}

/// <summary>
/// Keyword search: Okapi BM25 with Lucene's inverse document frequency (always positive), over an inverted index that holds the finished
/// weight of every term in every passage, so that a search is a few additions (as in BM25S, https://arxiv.org/abs/2407.03618).
/// </summary>
public sealed class Bm25Retriever : IRetriever, IPassageScorer
{
    private readonly Passage[] _passages;
    private readonly Bm25Index _index;

    /// <summary>Indexes the passages.</summary>
    /// <param name="passages">The collection; ids must be unique.</param>
    /// <param name="options">Constants; 1.2 and 0.75 where null.</param>
    /// <param name="name">The name in tables and charts.</param>
    /// <exception cref="CrossEncoderException">No passages, an id that comes twice, or a constant out of its range.</exception>
    public Bm25Retriever(IEnumerable<Passage> passages, Bm25Options? options = null, string name = "BM25")
    {
        Name = name;
        options = (options ?? new()).Checked();
        _passages = PassageList.Checked(passages);
        _index = new(_passages, options);
    }

    /// <summary>Indexes the passages of chunks.</summary>
    /// <inheritdoc cref="Bm25Retriever(IEnumerable{Passage}, Bm25Options, string)"/>
    [OverloadResolutionPriority(-1)] // a list of new(id, text) is one of passages
    public Bm25Retriever(IEnumerable<Chunk> chunks, Bm25Options? options = null, string name = "BM25")
        : this(chunks.ToPassages(), options, name) { }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The indexed passages, in the order given.</summary>
    public IReadOnlyList<Passage> Passages => _passages;

    /// <summary>
    /// At most <paramref name="topK"/> of the passages that share a term with the query, best first; ties in the order of the collection.
    /// </summary>
    public IReadOnlyList<Hit> Search(string query, int topK)
    {
        var rented = ArrayPool<float>.Shared.Rent(_passages.Length);
        try
        {
            var scores = rented.AsSpan(0, _passages.Length);
            scores.Clear();
            foreach (var term in TextAnalyzer.QueryTerms(query)) // a term that the query repeats counts as often
                _index.AddWeights(term, scores);
            var best = TopK.Select(scores, topK, floor: 0);
            var hits = new Hit[best.Length];
            for (var i = 0; i < hits.Length; i++)
                hits[i] = new Hit(_passages[best[i]], scores[best[i]]);
            return hits;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<Hit>> SearchAll(
        IReadOnlyList<string> queries,
        int topK,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(topK);
        var results = new IReadOnlyList<Hit>[queries.Count];
        var options = new ParallelOptions { CancellationToken = cancellation };
        Parallel.For(0, results.Length, options, i => results[i] = Search(queries[i], topK));
        progress?.Report(new WorkProgress("searching", results.Length, results.Length, Name));
        return results;
    }

    /// <summary>
    /// As a part of a <see cref="Fusion"/>: the scores of passages among the best 100 for their query, and 0 for all others.
    /// </summary>
    public float[] Score(
        IReadOnlyList<TextPair> pairs,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => this.AsScorer().Score(pairs, progress, cancellation);
}
