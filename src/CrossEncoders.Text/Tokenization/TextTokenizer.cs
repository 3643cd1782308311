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
public sealed record TokenizedText(int[] Ids, int[] TypeIds, bool Truncated)
{
    /// <summary>How many tokens at the end no token attends to, though their own states are computed.</summary>
    internal int Unattended { get; init; }
}

/// <summary>The tokenizer of a checkpoint. Thread-safe.</summary>
/// <remarks>Lone surrogates, which no UTF-8 can carry, are read as U+FFFD.</remarks>
public abstract class TextTokenizer
{
    /// <summary>The id that fills up a batch.</summary>
    public abstract int PaddingId { get; }

    /// <summary>One more than the largest id.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The longest sequence that the checkpoint's tokenizer_config.json allows, in tokens; null where it states none.</summary>
    public virtual int? ModelMaxLength => null;

    /// <summary>The token types it gives, to pairs or to single texts; one may be named several times.</summary>
    internal virtual IEnumerable<int> TypeIds(bool pairs) => [];

    /// <summary>The names of the files that <see cref="Save"/> writes.</summary>
    public virtual IReadOnlyList<string> FileNames => [];

    /// <summary>
    /// Loads the tokenizer in a checkpoint's folder. The files decide which it is, never the model's type: <c>tokenizer.json</c> first,
    /// then <c>sentencepiece.bpe.model</c>, <c>spm.model</c>, <c>vocab.json</c> with <c>merges.txt</c>, and <c>vocab.txt</c>.
    /// </summary>
    /// <exception cref="CrossEncoderException">No tokenizer file is there, or one is malformed or of an unsupported kind.</exception>
    public static TextTokenizer Load(string folder) => TokenizerFolder.Load(folder);

    /// <summary>Writes the tokenizer's files into a folder: all of them or, where that fails, none.</summary>
    /// <exception cref="CrossEncoderException">The files it was loaded from are gone, or the folder cannot be written.</exception>
    public virtual void Save(string folder) =>
        throw new CrossEncoderException($"{GetType().Name} was not loaded from files, so it has none to save.");

    /// <summary>The same tokenizer, which puts texts into lower case first.</summary>
    internal virtual TextTokenizer InLowerCase() =>
        throw new CrossEncoderException(
            $"{GetType().Name} cannot put texts into lower case, as the model's folder asks for (do_lower_case)."
        );

    /// <summary>Ids without special tokens and without a limit.</summary>
    public abstract IReadOnlyList<int> EncodeToIds(string text);

    /// <summary>The same ids, and how much of the text each covers, see <see cref="TokenWidths"/>.</summary>
    internal virtual (IReadOnlyList<int> Ids, IReadOnlyList<int> Widths) EncodeWithWidths(string text) =>
        throw new CrossEncoderException($"{GetType().Name} cannot say which token covers what, which explaining a score needs.");

    /// <summary>The number of tokens of a text, without special tokens.</summary>
    public virtual int CountTokens(string text) => EncodeToIds(text).Count;

    /// <summary>A single text with its special tokens, cut at <paramref name="maxLength"/> tokens.</summary>
    public abstract TokenizedText Encode(string text, int maxLength = int.MaxValue);

    /// <summary>A pair with its special tokens, cut at <paramref name="maxLength"/> tokens.</summary>
    /// <remarks>As transformers' call with two texts: an empty second one is not a segment, so the first is encoded alone.</remarks>
    /// <exception cref="CrossEncoderException">
    /// <paramref name="truncation"/> names one segment, and dropping all of it would not be enough or would leave none of it.
    /// </exception>
    public abstract TokenizedText EncodePair(
        string first,
        string second,
        int maxLength = int.MaxValue,
        TruncationStrategy truncation = TruncationStrategy.LongestFirst
    );

    /// <summary>The token that stands for a hidden one, such as "[MASK]"; null where there is none.</summary>
    internal virtual string? MaskToken => null;

    /// <summary>The id of a token as the vocabulary writes it; null where it has none.</summary>
    internal virtual int? IdOf(string token) => null;

    /// <summary>A text that is tokens already, with its special tokens, cut at <paramref name="maxLength"/> tokens.</summary>
    internal virtual TokenizedText BuildSingle(IReadOnlyList<int> ids, int maxLength) =>
        throw new CrossEncoderException($"{GetType().Name} cannot make texts of tokens, which late-interaction models need.");

    /// <summary>Two segments that are tokens already, with the special tokens of a pair, whole.</summary>
    internal virtual TokenizedText BuildPair(IReadOnlyList<int> first, IReadOnlyList<int> second) =>
        throw new CrossEncoderException($"{GetType().Name} cannot make pairs of tokens, which windows of long documents need.");

    /// <summary>Pairs with their special tokens, each cut at <paramref name="maxLength"/> tokens; in the given order.</summary>
    /// <remarks>As transformers' call with a list, which cross-encoders make: an empty second segment keeps its separators.</remarks>
    /// <exception cref="CrossEncoderException">As for <see cref="EncodePair"/>.</exception>
    public virtual IReadOnlyList<TokenizedText> EncodePairs(
        IEnumerable<(string First, string Second)> pairs,
        int maxLength = int.MaxValue,
        TruncationStrategy truncation = TruncationStrategy.LongestFirst
    ) => [.. pairs.Select(pair => EncodePair(pair.First, pair.Second, maxLength, truncation))];
}
