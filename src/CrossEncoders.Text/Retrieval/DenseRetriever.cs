using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CrossEncoders.Chunking;

namespace CrossEncoders.Retrieval;

/// <summary>
/// Search by meaning: the passages whose vectors lie closest to the query's, by an exact comparison with every one of them. Good for up to
/// some hundred thousand passages; beyond that an approximate index is the usual choice.
/// </summary>
public sealed class DenseRetriever : IRetriever, IPassageScorer
{
    private readonly Passage[] _passages;
    private readonly ITextEmbedder _embedder;
    private readonly float[] _vectors; // (passages, dimensions), row by row
    private readonly int _dimensions;
    private readonly Dictionary<string, int> _rows = [];

    /// <summary>Embeds the passages, or reads their vectors from a file that an earlier call left.</summary>
    /// <param name="passages">The collection; ids must be unique.</param>
    /// <param name="embedder">The bi-encoder.</param>
    /// <param name="cacheFile">
    /// Where to keep the vectors; null keeps none. A file of other passages, of another model or of other settings is replaced; one that
    /// holds something else is refused.
    /// </param>
    /// <param name="name">The name in tables and charts; the embedder's where null.</param>
    /// <param name="progress">Told of the embedding.</param>
    /// <param name="cancellation">Stops the embedding.</param>
    /// <exception cref="CrossEncoderException">
    /// No passages, an id that comes twice, vectors of different lengths, or a cache that cannot be read or written or is none.
    /// </exception>
    public DenseRetriever(
        IEnumerable<Passage> passages,
        ITextEmbedder embedder,
        string? cacheFile = null,
        string? name = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        Name = name ?? embedder.Name;
        _passages = PassageList.Checked(passages);
        _embedder = embedder;
        var texts = Array.ConvertAll(_passages, passage => passage.Text);
        var vectors = cacheFile is null ? null : EmbeddingCache.Read(cacheFile, embedder, texts);
        if (vectors is null)
        {
            vectors = embedder.EmbedPassages(texts, progress, cancellation);
            RequireOneEach(vectors.Length, texts.Length);
            if (cacheFile is not null)
                EmbeddingCache.Write(cacheFile, embedder, texts, vectors);
        }
        _dimensions = vectors[0].Length;
        _vectors = new float[(long)vectors.Length * _dimensions];
        for (var i = 0; i < vectors.Length; i++)
        {
            Fitting(vectors[i]).CopyTo(_vectors.AsSpan(i * _dimensions));
            _rows.TryAdd(texts[i], i);
        }
    }

    /// <summary>Embeds the passages of chunks, or reads their vectors from a file that an earlier call left.</summary>
    /// <inheritdoc cref="DenseRetriever(IEnumerable{Passage}, ITextEmbedder, string, string, IProgress{WorkProgress}, CancellationToken)"/>
    [OverloadResolutionPriority(-1)] // a list of new(id, text) is one of passages
    public DenseRetriever(
        IEnumerable<Chunk> chunks,
        ITextEmbedder embedder,
        string? cacheFile = null,
        string? name = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
        : this(chunks.ToPassages(), embedder, cacheFile, name, progress, cancellation) { }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The indexed passages, in the order given.</summary>
    public IReadOnlyList<Passage> Passages => _passages;

    /// <inheritdoc/>
    public IReadOnlyList<Hit> Search(string query, int topK) => Nearest(Fitting(_embedder.EmbedQueries([query])[0]), topK);

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<Hit>> SearchAll(
        IReadOnlyList<string> queries,
        int topK,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(topK);
        var vectors = _embedder.EmbedQueries(queries, progress, cancellation);
        RequireOneEach(vectors.Length, queries.Count);
        foreach (var vector in vectors)
            Fitting(vector);
        var results = new IReadOnlyList<Hit>[queries.Count];
        var options = new ParallelOptions { CancellationToken = cancellation };
        Parallel.For(0, results.Length, options, i => results[i] = Nearest(vectors[i], topK));
        return results;
    }

    /// <summary>
    /// As a part of a <see cref="Fusion"/>: the cosine of each pair. Passages that are not in the index are embedded now.
    /// </summary>
    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        var queries = Vectors(pairs.Select(pair => pair.Query), _embedder.EmbedQueries);
        var others = Vectors(pairs.Select(pair => pair.Passage).Where(passage => !_rows.ContainsKey(passage)), _embedder.EmbedPassages);
        return [.. pairs.Select(pair => TensorPrimitives.Dot(queries[pair.Query], Passage(pair.Passage)))];

        ReadOnlySpan<float> Passage(string text) =>
            _rows.TryGetValue(text, out var row) ? _vectors.AsSpan(row * _dimensions, _dimensions) : others[text];

        Dictionary<string, float[]> Vectors(
            IEnumerable<string> texts,
            Func<IReadOnlyList<string>, IProgress<WorkProgress>?, CancellationToken, float[][]> embed
        )
        {
            string[] distinct = [.. texts.Distinct()];
            var vectors = distinct.Length == 0 ? [] : embed(distinct, progress, cancellation);
            RequireOneEach(vectors.Length, distinct.Length);
            return distinct.Zip(vectors).ToDictionary(pair => pair.First, pair => Fitting(pair.Second));
        }
    }

    private Hit[] Nearest(float[] query, int topK)
    {
        var scores = new float[_passages.Length];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = TensorPrimitives.Dot(query, _vectors.AsSpan(i * _dimensions, _dimensions));
        return Array.ConvertAll(TopK.Select(scores, topK), i => new Hit(_passages[i], scores[i]));
    }

    private float[] Fitting(float[] vector) =>
        vector.Length == _dimensions
            ? vector
            : throw new CrossEncoderException(
                $"All vectors of an index must be of one length, but '{_embedder.Name}' gave {_dimensions} and "
                    + $"{vector.Length} numbers. Use one embedder for both."
            );

    private void RequireOneEach(int vectors, int texts)
    {
        if (vectors != texts)
            throw new CrossEncoderException(
                $"An embedder must give one vector for each text, but '{_embedder.Name}' gave {vectors} for {texts}."
            );
    }
}
