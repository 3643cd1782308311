using System.Text.RegularExpressions;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Benchmarks;

/// <summary>Cuts a text at sentences.</summary>
internal static partial class SentencePieces
{
    /// <summary>Pieces of whole sentences and at most so many tokens, where sentences allow; together they are the text.</summary>
    public static IEnumerable<(int Start, string Text)> Of(string text, TextTokenizer tokenizer, int maxTokens)
    {
        var (from, to, tokens) = (0, 0, 0);
        foreach (var sentence in Sentences(text))
        {
            var count = tokenizer.CountTokens(sentence);
            if (tokens > 0 && tokens + count > maxTokens)
            {
                yield return (from, text[from..to]);
                (from, tokens) = (to, 0);
            }

            to += sentence.Length;
            tokens += count;
        }

        yield return (from, text[from..]);
    }

    /// <summary>The sentences with the blanks around them; together they are the text.</summary>
    public static IEnumerable<string> Sentences(string text) => Sentence().Matches(text).Select(match => match.Value);

    [GeneratedRegex(@"[\s\S]+?(?:[.!?]+(?=\s)|[。！？；]+|$)")]
    private static partial Regex Sentence();
}
