using CrossEncoders.Texts;
using CrossEncoders.Tokenization;

namespace CrossEncoders;

/// <summary>A word of a text with its tokens: those from <paramref name="First"/> on, counted in the text's own.</summary>
/// <param name="Start">Its first character in the text.</param>
/// <param name="Length">Its characters.</param>
/// <param name="First">Its first token.</param>
/// <param name="Tokens">How many tokens it has.</param>
internal readonly record struct WordTokens(int Start, int Length, int First, int Tokens);

/// <summary>
/// A pair as a model reads it, with the words that its tokens belong to. A word is a run of letters and digits or a sign; of Chinese text,
/// what the tokenizer reads as one piece.
/// </summary>
internal sealed class PairWords
{
    private readonly PairReader _reader;
    private readonly int[] _query;
    private readonly int[] _passage;

    /// <summary>Reads a pair.</summary>
    /// <exception cref="CrossEncoderException">It has more tokens than the model reads.</exception>
    public PairWords(PairReader reader, TextTokenizer tokenizer, TextPair pair, int maxLength)
    {
        _reader = reader;
        (_query, Query) = Words(tokenizer, reader.QueryText(pair.Query), pair.Query);
        (_passage, Passage) = Words(tokenizer, reader.DocumentText(pair.Passage), pair.Passage);
        Whole = reader.Build(_query, _passage);
        if (Whole.Ids.Length > maxLength)
            throw new CrossEncoderException(
                $"The pair has {Whole.Ids.Length} tokens, and the model reads {maxLength}: what it does not read explains nothing. "
                    + "Give a shorter passage, for example a chunk of it."
            );
        // A template may have the same words, but never this token.
        QueryAt = Array.IndexOf(reader.Build([-1], _passage).Ids, -1);
        PassageAt = Array.IndexOf(reader.Build(_query, [-1]).Ids, -1);
    }

    /// <summary>The words of the query; those of a prompt before it are not among them.</summary>
    public IReadOnlyList<WordTokens> Query { get; }

    /// <summary>The words of the passage.</summary>
    public IReadOnlyList<WordTokens> Passage { get; }

    /// <summary>The pair with all its words.</summary>
    public TokenizedText Whole { get; }

    /// <summary>The place of the query's first token in the pair.</summary>
    public int QueryAt { get; }

    /// <summary>The place of the passage's first token in the pair.</summary>
    public int PassageAt { get; }

    /// <summary>The pair without some of its words.</summary>
    public TokenizedText Without(IEnumerable<WordTokens> ofQuery, IEnumerable<WordTokens> ofPassage) =>
        _reader.Build(Kept(_query, ofQuery), Kept(_passage, ofPassage));

    /// <summary>A text's tokens and its words: where the ends of a span and of a token meet, a word ends.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="text">What is tokenized: the text after what its model wants before it.</param>
    /// <param name="shown">The text alone.</param>
    internal static (int[] Tokens, List<WordTokens> Words) Words(TextTokenizer tokenizer, string text, string shown)
    {
        var (tokens, widths) = tokenizer.EncodeWithWidths(text);
        var spans = WordSpans.Of(text);
        var before = text.Length - shown.Length;
        var words = new List<WordTokens>();
        var (span, spanEnd, tokenEnd, firstSpan, firstToken) = (0, 0, 0, 0, 0);
        for (var token = 0; token < tokens.Count; token++)
        {
            tokenEnd += widths[token];
            var last = token == tokens.Count - 1;
            while (span < spans.Count && (spanEnd < tokenEnd || last))
            {
                spanEnd += tokenizer.EncodeWithWidths(text.Substring(spans[span].Start, spans[span].Length)).Widths.Sum();
                span++;
            }

            if ((spanEnd != tokenEnd || widths[token] == 0) && !last)
                continue; // a blank alone goes with what follows
            if (span > firstSpan && spans[firstSpan].Start >= before)
                words.Add(
                    new(
                        spans[firstSpan].Start - before,
                        spans[span - 1].Start + spans[span - 1].Length - spans[firstSpan].Start,
                        firstToken,
                        token + 1 - firstToken
                    )
                );
            (firstSpan, firstToken) = (span, token + 1);
        }

        return ([.. tokens], words);
    }

    private static List<int> Kept(int[] tokens, IEnumerable<WordTokens> without)
    {
        var dropped = without.SelectMany(word => Enumerable.Range(word.First, word.Tokens)).ToHashSet();
        return [.. tokens.Where((_, i) => !dropped.Contains(i))];
    }
}
