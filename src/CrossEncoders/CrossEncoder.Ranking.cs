namespace CrossEncoders;

/// <content>Order by score, and documents that are longer than the model.</content>
public sealed partial class CrossEncoder
{
    /// <summary>How long documents are read; null for one window.</summary>
    internal LongDocuments? LongDocuments => _options.LongDocuments;

    /// <summary>Ranks passages for a query, best first, by logit.</summary>
    /// <param name="query">The query.</param>
    /// <param name="passages">The candidates.</param>
    /// <param name="topK">How many to return, at least 1; null for all.</param>
    /// <param name="documents">How long passages are read; null for what the options say, by default one window.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public IReadOnlyList<RankedPassage> Rank(
        string query,
        IReadOnlyList<string> passages,
        int? topK = null,
        LongDocuments? documents = null,
        CancellationToken cancellation = default
    ) => PairResults.Ranked(documents is null ? this : InWindows(documents), Labels, Activation, query, passages, topK, cancellation);

    /// <summary>
    /// The same model as a scorer that reads long documents in windows, for retrievers and evaluators:
    /// <c>bm25.RerankedBy(model.InWindows(new()))</c>, <c>evaluator.Evaluate(model.InWindows(new()))</c>.
    /// </summary>
    /// <param name="documents">How they are read.</param>
    /// <exception cref="CrossEncoderException">A number of the options is unusable, or the model has several labels.</exception>
    public IPassageScorer InWindows(LongDocuments documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        documents.Check();
        RequireOneLabel();
        return new WindowScorer(this, documents);
    }

    private float[] ScoreInWindows(
        IReadOnlyList<TextPair> pairs,
        LongDocuments documents,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var use = _lifetime.Begin();
        PairChecks.NoneIsNull(pairs);
        RequireOneLabel();
        var windows = new DocumentWindows(pairs, documents, _reader, MaxLength, cancellation);
        if (windows.Note is { } note)
            _options.Report(note);
        var logits = PairScoring.Score(Model, windows.Texts, Tokenizer.PaddingId, _options, progress, cancellation);
        var scores = windows.Aggregate(logits);
        PairChecks.AllAreNumbers(scores, 1, Name);
        return scores;
    }

    private void RequireOneLabel()
    {
        if (Labels != 1)
            throw new CrossEncoderException($"Windows of long documents need a model with one label; {Name} has {Labels}.");
    }

    private sealed class WindowScorer(CrossEncoder model, LongDocuments documents) : IPassageScorer
    {
        public string Name => $"{model.Name} in windows";

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        ) => model.ScoreInWindows(pairs, documents, progress, cancellation);
    }
}
