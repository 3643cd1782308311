using System.Runtime.CompilerServices;
using CrossEncoders.Chunking;
using CrossEncoders.Files;

namespace CrossEncoders.Retrieval;

/// <summary>What <see cref="FusedSearch"/> does and keeps.</summary>
public sealed record FusedSearchOptions
{
    /// <summary>How many of the first stage's passages are put in a new order (default 20).</summary>
    public int Depth { get; init; } = 20;

    /// <summary>
    /// What the re-ranker's z-score weighs beside 1 each for cosine, MaxSim and BM25 (default 2: the embedded model's best on the
    /// development sets; see its card). <see cref="Evaluation.FusionFitting.FittedOn"/> fits weights on questions of your own.
    /// </summary>
    public double RerankerWeight { get; init; } = 2;

    /// <summary>
    /// A folder for the passages' vectors and token states, which a later search over the same passages reads; null keeps them in memory.
    /// It is made where it is missing.
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>The name in tables and charts; null for "fusion", and for "fusion + model" with a re-ranker.</summary>
    public string? Name { get; init; }
}

/// <summary>
/// The whole way from passages to a ranking, with the usual settings of the kit: BM25 and the bi-encoder find passages, reciprocal
/// rank fusion joins them, and the sum of the z-scores of cosine, late interaction, BM25 and, where one is given, a cross-encoder puts the
/// first of them in a new order. No voice alone decides, so that a model that does not know the field does little harm.
/// </summary>
/// <remarks>The parts are public, each a retriever or scorer of its own, to compare with or to build something else from.</remarks>
public sealed class FusedSearch : IRetriever, IDisposable
{
    private readonly RerankingRetriever _whole;

    /// <summary>Indexes the passages: their words, vectors and token states.</summary>
    /// <param name="passages">The collection; ids must be unique.</param>
    /// <param name="encoder">The bi-encoder, which must live as long as this.</param>
    /// <param name="reranker">Reads query and passage together, usually a <see cref="CrossEncoder"/>; null for none.</param>
    /// <param name="options">Depth, weight and what is kept; the defaults where null.</param>
    /// <param name="progress">Told of the embedding.</param>
    /// <param name="cancellation">Stops the embedding; what is in the cache folder stays and is gone on with.</param>
    /// <exception cref="CrossEncoderException">No passages, an id that comes twice, or a cache that cannot be written.</exception>
    public FusedSearch(
        IEnumerable<Passage> passages,
        BiEncoder encoder,
        IPassageScorer? reranker = null,
        FusedSearchOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Depth);
        Fusion.RequireWeights([1, options.RerankerWeight]); // now, and not after all passages were embedded
        Passage[] list = [.. passages];
        if (options.CacheFolder is { } cache)
            Make(cache);
        string? Kept(string name) => options.CacheFolder is { } folder ? Path.Combine(folder, name) : null;
        Bm25 = new(list);
        var once = new OnePassEncoder(encoder);
        LateInteraction = new(once, null, list, Kept("states.bin"), progress, cancellation);
        try
        {
            Dense = new(list, once, Kept("vectors.bin"), "dense", progress, cancellation);
            once.ForgetPassages();
            FirstStage = new([Bm25, Dense], name: "RRF");
            List<(IPassageScorer, double)> voices = [(Dense, 1), (LateInteraction, 1), (Bm25, 1)];
            if (reranker is not null)
                voices.Add((reranker, options.RerankerWeight));
            Name = options.Name ?? (reranker is null ? "fusion" : $"fusion + {reranker.Name}");
            Scorer = Fusion.Of([.. voices]).Named(Name);
        }
        catch
        {
            LateInteraction.Dispose();
            throw;
        }

        _whole = FirstStage.RerankedBy(Scorer, options.Depth, Name);
    }

    /// <summary>Indexes the passages of chunks.</summary>
    /// <param name="chunks">The chunks.</param>
    /// <param name="encoder">The bi-encoder, which must live as long as this.</param>
    /// <param name="reranker">Reads query and passage together; null for none.</param>
    /// <param name="options">Depth, weight and what is kept; the defaults where null.</param>
    /// <param name="progress">Told of the embedding.</param>
    /// <param name="cancellation">Stops the embedding.</param>
    [OverloadResolutionPriority(-1)] // a list of new(id, text) is one of passages
    public FusedSearch(
        IEnumerable<Chunk> chunks,
        BiEncoder encoder,
        IPassageScorer? reranker = null,
        FusedSearchOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
        : this(chunks.ToPassages(), encoder, reranker, options, progress, cancellation) { }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Keyword search.</summary>
    public Bm25Retriever Bm25 { get; }

    /// <summary>Vector search.</summary>
    public DenseRetriever Dense { get; }

    /// <summary>Both, joined by reciprocal rank fusion: what is re-ranked.</summary>
    public HybridRetriever FirstStage { get; }

    /// <summary>Late interaction over the bi-encoder's token states.</summary>
    public LateInteraction LateInteraction { get; }

    /// <summary>The sum that decides.</summary>
    public Fusion Scorer { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Hit> Search(string query, int topK) => _whole.Search(query, topK);

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<Hit>> SearchAll(
        IReadOnlyList<string> queries,
        int topK,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => _whole.SearchAll(queries, topK, progress, cancellation);

    /// <summary>Frees the token states; encoder and re-ranker stay.</summary>
    public void Dispose() => LateInteraction.Dispose();

    private static void Make(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"The CacheFolder '{Path.GetFullPath(folder)}' cannot be made: {error.Message} {DiskErrors.Remedy(error)}",
                error
            );
        }
    }
}
