using System.Text;

namespace CrossEncoders.Tokenization;

/// <summary>
/// The steps that every tokenizer of tokenizers goes through: added tokens are cut out, the rest is normalized, split into words, and
/// each word is encoded by the model; a template adds the special tokens.
/// </summary>
internal sealed class PipelineTokenizer : TextTokenizer
{
    private readonly AddedTokens _rawTokens;
    private readonly AddedTokens _normalizedTokens;
    private readonly TokenizerFiles _files;
    private readonly TokenizerParts _parts;

    public PipelineTokenizer(TokenizerParts parts, TokenizerFiles files)
    {
        (_parts, _files) = (parts, files);
        _rawTokens = new AddedTokens(parts.AddedTokens.Where(token => !token.Normalized));
        _normalizedTokens = new AddedTokens(
            parts
                .AddedTokens.Where(token => token.Normalized)
                .Select(token => token with { Content = parts.Normalizer?.Normalize(token.Content) ?? token.Content })
        );
        VocabularySize = Math.Max(parts.Model.VocabularySize, parts.AddedTokens.Select(token => token.Id + 1).DefaultIfEmpty().Max());
        foreach (var id in parts.Template.SpecialIds.Where(id => id < 0 || id >= VocabularySize))
            throw new CrossEncoderException($"a special token has the id {id}, but there are {VocabularySize} tokens");
    }

    /// <inheritdoc/>
    public override int PaddingId => _parts.PaddingId;

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override int? ModelMaxLength => _parts.ModelMaxLength;

    /// <inheritdoc/>
    internal override IEnumerable<int> TypeIds(bool pairs) => _parts.Template.TypeIds(pairs);

    /// <inheritdoc/>
    public override IReadOnlyList<string> FileNames => _files.Names;

    /// <inheritdoc/>
    public override void Save(string folder) => _files.CopyTo(folder);

    /// <inheritdoc/>
    internal override TextTokenizer InLowerCase() =>
        new PipelineTokenizer(
            _parts with
            {
                Normalizer = new NormalizerSequence([
                    new LowerCaseNormalizer(),
                    .. _parts.Normalizer is { } own ? [own] : (Normalizer[])[],
                ]),
            },
            _files
        );

    /// <inheritdoc/>
    public override IReadOnlyList<int> EncodeToIds(string text) => EncodeSegment(text);

    /// <inheritdoc/>
    internal override (IReadOnlyList<int> Ids, IReadOnlyList<int> Widths) EncodeWithWidths(string text)
    {
        var widths = new List<int>();
        return (EncodeSegment(text, widths), widths);
    }

    /// <inheritdoc/>
    public override TokenizedText Encode(string text, int maxLength = int.MaxValue) =>
        _parts.Template.Build(EncodeSegment(text), maxLength);

    /// <inheritdoc/>
    public override TokenizedText EncodePair(
        string first,
        string second,
        int maxLength = int.MaxValue,
        TruncationStrategy truncation = TruncationStrategy.LongestFirst
    )
    {
        if (second.Length > 0)
            return EncodeFullPair(first, second, maxLength, truncation);
        var single = Encode(first, maxLength);
        return single.Truncated && truncation == TruncationStrategy.OnlySecond
            ? throw new CrossEncoderException(
                "The first segment is too long, but only the second, which is empty, may be truncated. "
                    + "Shorten the first segment, raise the maximum length or truncate longest first."
            )
            : single;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TokenizedText> EncodePairs(
        IEnumerable<(string First, string Second)> pairs,
        int maxLength = int.MaxValue,
        TruncationStrategy truncation = TruncationStrategy.LongestFirst
    ) => [.. pairs.Select(pair => EncodeFullPair(pair.First, pair.Second, maxLength, truncation))];

    /// <inheritdoc/>
    internal override string? MaskToken => _parts.MaskToken;

    /// <inheritdoc/>
    internal override int? IdOf(string token) =>
        _parts.AddedTokens.FirstOrDefault(added => added.Content == token)?.Id ?? (_parts.Model.Find(token) is >= 0 and var id ? id : null);

    /// <inheritdoc/>
    internal override TokenizedText BuildSingle(IReadOnlyList<int> ids, int maxLength) => _parts.Template.Build([.. ids], maxLength);

    /// <inheritdoc/>
    internal override TokenizedText BuildPair(IReadOnlyList<int> first, IReadOnlyList<int> second) =>
        _parts.Template.Build([.. first], [.. second], int.MaxValue, TruncationStrategy.LongestFirst);

    private TokenizedText EncodeFullPair(string first, string second, int maxLength, TruncationStrategy truncation) =>
        _parts.Template.Build(EncodeSegment(first), EncodeSegment(second), maxLength, truncation);

    private List<int> EncodeSegment(string text, List<int>? widths = null)
    {
        var ids = new List<int>();
        var words = new List<string>();
        foreach (var (part, id) in _rawTokens.Split(WellFormed(text)))
        {
            if (id >= 0)
                AddToken(part, id, ids, widths);
            else
                EncodeNormalized(_parts.Normalizer?.Normalize(part) ?? part, words, ids, widths);
        }

        return ids;
    }

    private void EncodeNormalized(string text, List<string> words, List<int> ids, List<int>? widths)
    {
        foreach (var (part, id) in _normalizedTokens.Split(text))
        {
            if (id >= 0)
            {
                AddToken(part, id, ids, widths);
                continue;
            }

            words.Clear();
            _parts.PreTokenizer.Split(part, words);
            foreach (var word in words)
            {
                var first = ids.Count;
                _parts.Model.Encode(word, ids);
                if (widths is not null)
                    TokenWidths.Add(_parts.Model, word, ids, first, widths);
            }
        }
    }

    private static void AddToken(string text, int id, List<int> ids, List<int>? widths)
    {
        ids.Add(id);
        widths?.Add(TokenWidths.Of(text));
    }

    private static string WellFormed(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return text;
        var output = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            output.Append(rune);
        return output.ToString();
    }
}
