using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;

namespace CrossEncoders;

/// <summary>Pairs as messages through a chat template.</summary>
internal sealed class ChatPairReader : PairReader
{
    private const string QueryMark = "\uE021q\uE022";
    private const string DocumentMark = "\uE021d\uE022";
    private readonly TextTokenizer _tokenizer;
    private readonly ChatReader _reader;
    private readonly Lazy<(string[] Texts, int[][] Ids)> _frame;

    /// <summary>Reads pairs through a template.</summary>
    public ChatPairReader(TextTokenizer tokenizer, ChatTemplate template, string prompt, ChatSettings settings, string source)
        : base(tokenizer, "", TruncationStrategy.LongestFirst)
    {
        _tokenizer = tokenizer;
        _reader = new(tokenizer, template, prompt, settings, ChatReader.PairRoles);
        _frame = new(() => Frame(source));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TokenizedText> Read(IEnumerable<TextPair> pairs, int maxLength) =>
        [.. pairs.Select(pair => _reader.Read(maxLength, pair.Query, pair.Passage))];

    /// <inheritdoc/>
    public override string QueryText(string query) => _frame.Value.Texts[0] + query;

    /// <inheritdoc/>
    public override string DocumentText(string document) => _frame.Value.Texts[1] + document;

    /// <inheritdoc/>
    public override TokenizedText Build(IReadOnlyList<int> query, IReadOnlyList<int> document)
    {
        var ids = _frame.Value.Ids;
        return ChatReader.Whole([.. ids[0], .. query, .. ids[1], .. document, .. ids[2]], truncated: false);
    }

    /// <summary>What stands around query and document; a blank in front of one is read with it, as tokens do.</summary>
    private (string[] Texts, int[][] Ids) Frame(string source)
    {
        var parts = _reader.Render(QueryMark, DocumentMark).Split([QueryMark, DocumentMark], StringSplitOptions.None);
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
