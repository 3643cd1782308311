using CrossEncoders.Tokenization;

namespace CrossEncoders;

/// <summary>Pairs of texts to the tokens that a model reads: the prompt in front of the query, then the tokenizer's template.</summary>
internal class PairReader(TextTokenizer tokenizer, string prompt, TruncationStrategy truncation)
{
    /// <summary>Pairs as they are read, each to at most <paramref name="maxLength"/> tokens; in the given order.</summary>
    public virtual IReadOnlyList<TokenizedText> Read(IEnumerable<TextPair> pairs, int maxLength) =>
        tokenizer.EncodePairs(pairs.Select(pair => (prompt + pair.Query, pair.Passage)), maxLength, truncation);

    /// <summary>The tokens of a query, prompt included.</summary>
    public virtual IReadOnlyList<int> QueryIds(string query) => tokenizer.EncodeToIds(prompt + query);

    /// <summary>The tokens of a document.</summary>
    public virtual IReadOnlyList<int> DocumentIds(string document) => tokenizer.EncodeToIds(document);

    /// <summary>A query and a part of a document as they are read together, whole.</summary>
    public virtual TokenizedText Build(IReadOnlyList<int> query, IReadOnlyList<int> document) => tokenizer.BuildPair(query, document);
}
