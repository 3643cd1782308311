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
);
