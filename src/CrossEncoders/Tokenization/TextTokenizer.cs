namespace CrossEncoders.Tokenization;

/// <summary>Which segment of a pair gives way when the pair is too long.</summary>
public enum TruncationStrategy
{
    /// <summary>The longer of the two, token by token.</summary>
    LongestFirst,

    /// <summary>The first segment only.</summary>
    OnlyFirst,

    /// <summary>The second segment only.</summary>
    OnlySecond,
}

/// <summary>A text or pair as a model reads it, special tokens included, not padded.</summary>
/// <param name="Ids">Token ids, (sequence).</param>
/// <param name="TypeIds">Segment of each token, (sequence).</param>
/// <param name="Truncated">Whether tokens were dropped to keep within the maximum length.</param>
public sealed record TokenizedText(int[] Ids, int[] TypeIds, bool Truncated);

/// <summary>The tokenizer of a checkpoint. Thread-safe.</summary>
public abstract class TextTokenizer
{
    /// <summary>The id that fills up a batch.</summary>
    public abstract int PaddingId { get; }

    /// <summary>One more than the largest id.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>Ids without special tokens and without a limit.</summary>
    public abstract IReadOnlyList<int> EncodeToIds(string text);

    /// <summary>The number of tokens of a text, without special tokens.</summary>
    public virtual int CountTokens(string text) => EncodeToIds(text).Count;

    /// <summary>A single text with its special tokens, cut at <paramref name="maxLength"/> tokens.</summary>
    public abstract TokenizedText Encode(string text, int maxLength = int.MaxValue);

    /// <summary>A pair with its special tokens, cut at <paramref name="maxLength"/> tokens.</summary>
    public abstract TokenizedText EncodePair(
        string first, string second, int maxLength = int.MaxValue, TruncationStrategy truncation = TruncationStrategy.LongestFirst);
}
