using System.Globalization;
using CrossEncoders.Tokenization;

namespace CrossEncoders;

/// <summary>Pairs whose documents are cut into windows, to be scored all together.</summary>
internal sealed class DocumentWindows
{
    private const int UsualOverlap = 64;

    private readonly LongDocuments _options;
    private readonly PairReader _reader;
    private readonly int _maxLength;
    private readonly int _room;
    private readonly int[] _counts;

    /// <summary>Cuts the documents of pairs.</summary>
    /// <param name="pairs">Queries and documents.</param>
    /// <param name="options">How they are cut.</param>
    /// <param name="reader">Reads a query beside a window.</param>
    /// <param name="maxLength">The longest pair in tokens.</param>
    /// <param name="cancellation">Stops between two pairs.</param>
    public DocumentWindows(
        IReadOnlyList<TextPair> pairs,
        LongDocuments options,
        PairReader reader,
        int maxLength,
        CancellationToken cancellation
    )
    {
        (_options, _reader, _maxLength) = (options, reader, maxLength);
        _room = Math.Max(2, maxLength - reader.Build([], []).Ids.Length);
        _counts = new int[pairs.Count];
        var (queries, documents) = (new Dictionary<string, int[]>(), new Dictionary<string, int[]>());
        var (texts, cut) = (new List<TokenizedText>(), 0);
        foreach (var (index, pair) in pairs.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            if (!queries.TryGetValue(pair.Query, out var query))
                queries[pair.Query] = query = [.. reader.QueryIds(pair.Query)];
            if (!documents.TryGetValue(pair.Passage, out var document))
                documents[pair.Passage] = document = [.. reader.DocumentIds(pair.Passage)];
            var (windows, whole) = Windows(pair, query, document);
            texts.AddRange(windows);
            _counts[index] = windows.Count;
            cut += whole ? 0 : 1;
        }

        Texts = texts;
        Note =
            cut == 0
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{cut} of {pairs.Count} pairs ({100.0 * cut / pairs.Count:0.#} %) are longer than their windows and limits allow and "
                ) + "were truncated.";
    }

    /// <summary>All windows of all pairs, in their order.</summary>
    public IReadOnlyList<TokenizedText> Texts { get; }

    /// <summary>A note on the share of pairs that lost tokens; null where none did.</summary>
    public string? Note { get; }

    /// <summary>Where the windows of a document lie, the last as long as the others.</summary>
    /// <param name="length">Tokens of the document.</param>
    /// <param name="window">Tokens of a window.</param>
    /// <param name="overlap">Tokens that two share, at least; half a window at most.</param>
    public static IEnumerable<Range> Spans(int length, int window, int overlap)
    {
        var step = window - Math.Min(overlap, window / 2);
        var start = 0;
        for (; start + window < length; start += step)
            yield return start..(start + window);
        yield return Math.Max(0, length - window)..length;
    }

    /// <summary>One score for each pair out of one for each window.</summary>
    public float[] Aggregate(ReadOnlySpan<float> scores)
    {
        var results = new float[_counts.Length];
        var from = 0;
        for (var i = 0; i < results.Length; i++)
        {
            float[] own = scores[from..(from += _counts[i])].ToArray();
            results[i] = _options.Aggregation switch
            {
                WindowAggregation.MeanOfBest => own.OrderDescending().Take(_options.Best).Average(),
                WindowAggregation.First => own[0],
                _ => own.Max(),
            };
        }

        return results;
    }

    /// <summary>The windows of one pair, and whether they hold all of its tokens.</summary>
    private (IReadOnlyList<TokenizedText> Windows, bool Whole) Windows(TextPair pair, int[] query, int[] document)
    {
        var (queryLimit, limit) = (_options.MaxQueryTokens ?? int.MaxValue, _options.MaxDocumentTokens ?? int.MaxValue);
        if (query.Length <= queryLimit && document.Length <= Math.Min(limit, _options.WindowTokens ?? int.MaxValue))
        {
            var whole = _reader.Read([pair], _maxLength);
            if (!whole[0].Truncated)
                return (whole, true);
        }

        var kept = query.AsSpan(0, Math.Min(query.Length, Math.Min(queryLimit, _room / 2))).ToArray();
        var room = _room - kept.Length;
        var length = Math.Min(document.Length, limit);
        var window = Math.Min(_options.WindowTokens ?? room, room);
        var spans = Spans(length, window, _options.OverlapTokens ?? Math.Min(UsualOverlap, window / 2)).ToList();
        var read = _options.Aggregation == WindowAggregation.First ? 1 : spans.Count;
        return (
            [.. spans.Take(read).Select(span => _reader.Build(kept, document[span]))],
            kept.Length == query.Length && length == document.Length && read == spans.Count
        );
    }
}
