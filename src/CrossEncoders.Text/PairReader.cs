using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;

namespace CrossEncoders;

/// <summary>Pairs of texts to the tokens that a model reads: the prompt in front of the query, then the tokenizer's template.</summary>
internal class PairReader(TextTokenizer tokenizer, string prompt, TruncationStrategy truncation)
{
    /// <summary>
    /// How a model's pairs are read: through the chat template where there is one, unless the folder says that its model reads plain text.
    /// </summary>
    /// <exception cref="CrossEncoderException">The template is missing, or cannot show a pair.</exception>
    public static PairReader Of(ModelConfig config, TextTokenizer tokenizer, string prompt, string folder)
    {
        var texts = config.Settings.Texts;
        return ChatReader.Template(texts, folder, ChatReader.PairRoles) is { } template
            ? new ChatPairReader(tokenizer, template, prompt, texts.Chat, folder)
            : new PairReader(tokenizer, prompt, texts.Truncation);
    }

    /// <summary>Pairs as they are read, each to at most <paramref name="maxLength"/> tokens; in the given order.</summary>
    public virtual IReadOnlyList<TokenizedText> Read(IEnumerable<TextPair> pairs, int maxLength) =>
        tokenizer.EncodePairs(pairs.Select(pair => (prompt + pair.Query, pair.Passage)), maxLength, truncation);

    /// <summary>A query as it is tokenized, prompt included.</summary>
    public virtual string QueryText(string query) => prompt + query;

    /// <summary>A document as it is tokenized.</summary>
    public virtual string DocumentText(string document) => document;

    /// <summary>The tokens of a query, prompt included.</summary>
    public IReadOnlyList<int> QueryIds(string query) => tokenizer.EncodeToIds(QueryText(query));

    /// <summary>The tokens of a document.</summary>
    public IReadOnlyList<int> DocumentIds(string document) => tokenizer.EncodeToIds(DocumentText(document));

    /// <summary>A query and a part of a document as they are read together, whole.</summary>
    public virtual TokenizedText Build(IReadOnlyList<int> query, IReadOnlyList<int> document) => tokenizer.BuildPair(query, document);
}
