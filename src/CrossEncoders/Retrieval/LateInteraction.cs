using System.Runtime.CompilerServices;
using CrossEncoders.Chunking;

namespace CrossEncoders.Retrieval;

/// <summary>
/// A re-ranker made of token states, of a bi-encoder or of a late-interaction model: every token of the query looks for the token of the
/// passage that is most like it (MaxSim). The states of a passage are computed once, so that re-ranking costs a few microseconds a pair.
/// Safe for concurrent use.
/// </summary>
/// <remarks>
/// Khattab and Zaharia, "ColBERT" (SIGIR 2020). No training is needed: see <see cref="MaxSim.MeanOfOwnTokens"/>. A pair's score does not
/// depend on the pairs it is scored with. A passage of 128 tokens takes 96 KiB with 384 numbers a token, half of that as
/// <see cref="StateStorage.Bits8"/>.
/// </remarks>
public sealed class LateInteraction : IPassageScorer, IDisposable
{
    private readonly ITokenEmbedder _embedder;
    private readonly LateInteractionOptions _options;
    private readonly TokenStateStore _store;
    private readonly Lifetime _lifetime;

    /// <summary>
    /// Late interaction over a bi-encoder, which must live as long as this. The states of passages are computed when first asked for.
    /// </summary>
    /// <param name="encoder">The bi-encoder.</param>
    /// <param name="options">How it scores and what it keeps; the defaults where null.</param>
    public LateInteraction(BiEncoder encoder, LateInteractionOptions? options = null)
        : this((ITokenEmbedder)encoder, options) { }

    /// <summary>Late interaction over a model that was trained for it, which must live as long as this.</summary>
    /// <param name="encoder">The model.</param>
    /// <param name="options">How it scores and what it keeps; what the model says where null.</param>
    public LateInteraction(MultiVectorEncoder encoder, LateInteractionOptions? options = null)
        : this((ITokenEmbedder)encoder, options) { }

    /// <summary>The same over passages whose states are computed now, or read from a file that an earlier call left.</summary>
    /// <param name="passages">The collection. Other passages can be scored too; their states are then kept in memory.</param>
    /// <param name="encoder">The model, which must live as long as this.</param>
    /// <param name="cacheFile">Where to keep the states; null keeps them in memory.</param>
    /// <param name="options">How it scores and what it keeps; what the model says where null.</param>
    /// <param name="progress">Told of the computing.</param>
    /// <param name="cancellation">Stops the computing.</param>
    /// <exception cref="CrossEncoderException">The file cannot be written, or is of another model or of other settings.</exception>
    public LateInteraction(
        IEnumerable<Passage> passages,
        MultiVectorEncoder encoder,
        string? cacheFile = null,
        LateInteractionOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
        : this(encoder, options, passages, cacheFile, progress, cancellation) { }

    /// <summary>Late interaction over passages whose states are computed now, or read from a file that an earlier call left.</summary>
    /// <param name="passages">The collection. Other passages can be scored too; their states are then kept in memory.</param>
    /// <param name="encoder">The bi-encoder, which must live as long as this.</param>
    /// <param name="cacheFile">
    /// Where to keep the states; null keeps them in memory. It grows by what is missing, goes on where a run was stopped, and is read
    /// through a memory map. Give each model and each setting a file of its own.
    /// </param>
    /// <param name="options">How it scores and what it keeps; the defaults where null.</param>
    /// <param name="progress">Told of the computing.</param>
    /// <param name="cancellation">Stops the computing.</param>
    /// <exception cref="CrossEncoderException">The file cannot be written, or is of another model or of other settings.</exception>
    public LateInteraction(
        IEnumerable<Passage> passages,
        BiEncoder encoder,
        string? cacheFile = null,
        LateInteractionOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
        : this(encoder, options, passages, cacheFile, progress, cancellation) { }

    /// <summary>Late interaction over the passages of chunks.</summary>
    /// <param name="chunks">The chunks.</param>
    /// <param name="encoder">The bi-encoder, which must live as long as this.</param>
    /// <param name="cacheFile">Where to keep the states; null keeps them in memory.</param>
    /// <param name="options">How it scores and what it keeps; the defaults where null.</param>
    /// <param name="progress">Told of the computing.</param>
    /// <param name="cancellation">Stops the computing.</param>
    [OverloadResolutionPriority(-1)] // a list of new(id, text) is one of passages
    public LateInteraction(
        IEnumerable<Chunk> chunks,
        BiEncoder encoder,
        string? cacheFile = null,
        LateInteractionOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
        : this(encoder, options, chunks.ToPassages(), cacheFile, progress, cancellation) { }

    internal LateInteraction(
        ITokenEmbedder embedder,
        LateInteractionOptions? options,
        IEnumerable<Passage>? passages = null,
        string? cacheFile = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        (_embedder, _options) = (embedder, (options ?? new()).For(embedder));
        _store = new(embedder, _options);
        _lifetime = new(this, _store);
        string[] texts = [.. passages?.Select(passage => passage.Text) ?? []];
        if (cacheFile is null)
            _store.Remember(texts, progress, cancellation);
        else
            _store.Open(cacheFile, texts, progress, cancellation);
    }

    /// <inheritdoc/>
    public string Name => _options.Name ?? "MaxSim";

    /// <summary>
    /// One score for each pair: with <see cref="MaxSim.MeanOfOwnTokens"/> from -1 to 1. Where a passage has no token of its own, all of its
    /// similarities count as -1; where the query has none, every passage scores 0.
    /// </summary>
    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var use = _lifetime.Begin();
        _store.Remember(pairs.Select(pair => pair.Passage), progress, cancellation);
        string[] texts = [.. pairs.Select(pair => pair.Query).Distinct()];
        var queries = new Dictionary<string, MaxSimQuery>();
        foreach (var (text, states) in _embedder.EmbedTokens(texts, queries: true, _options.MaxQueryTokens!.Value, cancellation))
            queries[texts[text]] = new(states, _options.Score!.Value);
        return Products(pairs, queries, cancellation);
    }

    /// <summary>The products alone, for queries whose states are known.</summary>
    internal float[] Products(IReadOnlyList<TextPair> pairs, Dictionary<string, MaxSimQuery> queries, CancellationToken cancellation)
    {
        var scores = new float[pairs.Count];
        var scratch = queries.Count == 0 ? 0 : queries.Values.Max(query => query.Scratch);
        Parallel.For(
            0,
            scores.Length,
            new ParallelOptions { CancellationToken = cancellation },
            () => new float[scratch],
            (i, _, memory) =>
            {
                scores[i] = _store.Score(queries[pairs[i].Query], pairs[i].Passage, memory);
                return memory;
            },
            _ => { }
        );
        return scores;
    }

    /// <inheritdoc/>
    public void Dispose() => _lifetime.Dispose();
}
