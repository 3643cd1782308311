namespace CrossEncoders.Retrieval;

/// <summary>
/// A bi-encoder for a search that needs both what it gives: a vector to find passages by and token states to order them by. Each text is
/// read once for both. Safe for concurrent use.
/// </summary>
internal sealed class OnePassEncoder(BiEncoder encoder) : ITextEmbedder, ITokenEmbedder
{
    private const long MostBytes = 128 << 20; // of token states: some thousand queries

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Known> _queries = [];
    private readonly Queue<string> _oldest = [];
    private Dictionary<string, float[]>? _passages = [];
    private long _bytes;

    /// <inheritdoc cref="ITextEmbedder.Name"/>
    public string Name => encoder.Name;

    string ITokenEmbedder.Settings => ((ITokenEmbedder)encoder).Settings;

    /// <inheritdoc/>
    public float[][] EmbedQueries(
        IReadOnlyList<string> queries,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var (vectors, cut, done) = (new Dictionary<string, float[]>(), new List<string>(), 0);
        string[] distinct = [.. queries.Distinct()];
        foreach (var (query, _, vector) in Queries(distinct, cancellation))
        {
            if (vector is null)
                cut.Add(query);
            else
                vectors[query] = vector;
            progress?.Report(new WorkProgress("embedding texts", ++done, distinct.Length));
        }

        if (cut.Count > 0)
            foreach (var (query, vector) in cut.Zip(encoder.EmbedQueries(cut, null, cancellation)))
            {
                vectors[query] = vector;
                lock (_lock)
                    if (_queries.TryGetValue(query, out var known))
                        _queries[query] = known with { Vector = vector };
            }

        return [.. queries.Select(query => vectors[query])];
    }

    /// <inheritdoc/>
    public float[][] EmbedPassages(
        IReadOnlyList<string> passages,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var vectors = _passages ?? [];
        string[] missing = [.. passages.Where(passage => !vectors.ContainsKey(passage))];
        var others = new Queue<float[]>(encoder.EmbedPassages(missing, progress, cancellation));
        return [.. passages.Select(passage => vectors.TryGetValue(passage, out var vector) ? vector : others.Dequeue())];
    }

    /// <inheritdoc/>
    public IEnumerable<(int Text, TokenStates States)> EmbedTokens(
        IReadOnlyList<string> texts,
        bool queries,
        int maxTokens,
        CancellationToken cancellation = default
    )
    {
        if (queries && maxTokens == QueryTokens)
        {
            var places = texts.Index().ToLookup(text => text.Item, text => text.Index);
            return Queries([.. places.Select(text => text.Key)], cancellation)
                .SelectMany(query => places[query.Query].Select(place => (place, query.States)));
        }

        return encoder
            .EmbedBoth(texts, queries, maxTokens, cancellation)
            .Select(text =>
            {
                if (!queries && text.Vector is not null && _passages is { } kept)
                    kept[texts[text.Text]] = text.Vector;
                return (text.Text, text.States);
            });
    }

    /// <summary>Forgets the vectors of the passages that were read, once they are indexed.</summary>
    public void ForgetPassages() => _passages = null;

    private int QueryTokens => ((ITokenEmbedder)encoder).UsualTokens(queries: true);

    /// <summary>What is known of queries, and then the others as they are computed.</summary>
    private IEnumerable<(string Query, TokenStates States, float[]? Vector)> Queries(string[] distinct, CancellationToken cancellation)
    {
        var (known, missing) = (new List<(string, TokenStates, float[]?)>(), new List<string>());
        lock (_lock)
            foreach (var query in distinct)
                if (_queries.TryGetValue(query, out var found))
                    known.Add((query, found.States, found.Vector));
                else
                    missing.Add(query);
        foreach (var each in known)
            yield return each;
        if (missing.Count == 0)
            yield break;
        foreach (var (text, states, vector) in encoder.EmbedBoth(missing, queries: true, QueryTokens, cancellation))
        {
            Remember(missing[text], states, vector);
            yield return (missing[text], states, vector);
        }
    }

    private void Remember(string query, TokenStates states, float[]? vector)
    {
        lock (_lock)
        {
            if (!_queries.TryAdd(query, new(states, vector)))
                return;
            _oldest.Enqueue(query);
            _bytes += SizeOf(states);
            while (_bytes > MostBytes && _queries.Remove(_oldest.Dequeue(), out var forgotten))
                _bytes -= SizeOf(forgotten.States);
        }
    }

    private readonly record struct Known(TokenStates States, float[]? Vector);

    private static long SizeOf(TokenStates states) => states.Values.Length * sizeof(float);
}
