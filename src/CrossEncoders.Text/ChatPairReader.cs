using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;

namespace CrossEncoders;

/// <summary>
/// Pairs as messages through a chat template: the prompt, or instruction, as "system", then "query" and "document". A text that is too long
/// loses its end, but never the template's closing tokens, at which the model answers.
/// </summary>
/// <remarks>
/// As sentence-transformers 6: the rendered text is cut, and the template's last tokens, which are those that two short pairs have in
/// common, are written over the last ones of the row.
/// </remarks>
internal sealed class ChatPairReader : PairReader
{
    private const string QueryMark = "\uE021q\uE022";
    private const string DocumentMark = "\uE021d\uE022";
    private readonly TextTokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly string _prompt;
    private readonly ChatSettings _settings;
    private readonly int[] _ending;
    private readonly Lazy<(string[] Texts, int[][] Ids)> _frame;

    /// <summary>Reads pairs through a template.</summary>
    public ChatPairReader(TextTokenizer tokenizer, ChatTemplate template, string prompt, ChatSettings settings, string source)
        : base(tokenizer, "", TruncationStrategy.LongestFirst)
    {
        (_tokenizer, _template, _prompt, _settings) = (tokenizer, template, prompt, settings);
        _ending = settings.KeepsEnding ? Ending() : [];
        _frame = new(() => Frame(source));
    }

    /// <summary>Whether a template shows a query and a document.</summary>
    /// <exception cref="CrossEncoderException">It does not.</exception>
    public static void Check(ChatTemplate template, ChatSettings settings, string source)
    {
        string Of(string query, string document) => template.Render([("query", query), ("document", document)], settings.Variables);
        var both = Of("alpha", "bravo");
        foreach (var (role, other) in new[] { ("query", Of("charlie", "bravo")), ("document", Of("alpha", "foxtrot")) })
        {
            if (both == other)
                throw new CrossEncoderException(
                    $"The chat template in {source} does not show the {role} of a pair (a message with the role \"{role}\"), so that the "
                        + "model could not read it. Add it to the template, or choose a re-ranker."
                );
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TokenizedText> Read(IEnumerable<TextPair> pairs, int maxLength) =>
        [.. pairs.Select(pair => Cut(_tokenizer.EncodeToIds(Render(pair.Query, pair.Passage)), maxLength))];

    /// <inheritdoc/>
    public override string QueryText(string query) => _frame.Value.Texts[0] + query;

    /// <inheritdoc/>
    public override string DocumentText(string document) => _frame.Value.Texts[1] + document;

    /// <inheritdoc/>
    public override TokenizedText Build(IReadOnlyList<int> query, IReadOnlyList<int> document)
    {
        var ids = _frame.Value.Ids;
        return Whole([.. ids[0], .. query, .. ids[1], .. document, .. ids[2]], truncated: false);
    }

    private string Render(string query, string document) =>
        _template.Render(
            _prompt.Length == 0
                ? [("query", query), ("document", document)]
                : [("system", _prompt), ("query", query), ("document", document)],
            _settings.Variables
        );

    private TokenizedText Cut(IReadOnlyList<int> ids, int maxLength)
    {
        if (ids.Count < maxLength)
            return Whole([.. ids], truncated: false);
        int[] kept = [.. ids.Take(maxLength)];
        var ending = _ending.AsSpan(Math.Max(0, _ending.Length - kept.Length));
        ending.CopyTo(kept.AsSpan(kept.Length - ending.Length));
        return Whole(kept, truncated: ids.Count > maxLength);
    }

    private static TokenizedText Whole(int[] ids, bool truncated) => new(ids, new int[ids.Length], truncated);

    /// <summary>The tokens at the end that do not depend on query and document.</summary>
    private int[] Ending()
    {
        var (first, second) = (_tokenizer.EncodeToIds(Render("0", "0")), _tokenizer.EncodeToIds(Render("1 2 3 4", "1 2 3 4")));
        var common = first.Reverse().Zip(second.Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        return common < Math.Min(first.Count, second.Count) ? [.. first.Skip(first.Count - common)] : [];
    }

    /// <summary>What stands around query and document; a blank in front of one is read with it, as tokens do.</summary>
    private (string[] Texts, int[][] Ids) Frame(string source)
    {
        var parts = Render(QueryMark, DocumentMark).Split([QueryMark, DocumentMark], StringSplitOptions.None);
        if (parts.Length != 3)
            throw new CrossEncoderException(
                $"The chat template of {source} does not show query and document once each, so that a document cannot be read in windows."
            );
        string Blank(string text) => text[text.TrimEnd(' ').Length..];
        return (
            [Blank(parts[0]), Blank(parts[1])],
            [.. parts.Select((part, i) => (int[])[.. _tokenizer.EncodeToIds(i < 2 ? part.TrimEnd(' ') : part)])]
        );
    }
}
