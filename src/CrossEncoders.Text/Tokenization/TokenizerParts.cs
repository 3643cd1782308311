namespace CrossEncoders.Tokenization;

/// <summary>What a tokenizer is made of, whatever files it was read from.</summary>
internal sealed record TokenizerParts(
    IReadOnlyList<AddedToken> AddedTokens,
    Normalizer? Normalizer,
    PreTokenizer PreTokenizer,
    TokenModel Model,
    SequenceTemplate Template,
    int PaddingId,
    int? ModelMaxLength
)
{
    /// <summary>The token that stands for a hidden one; null where the files name none.</summary>
    public string? MaskToken { get; init; }
}
