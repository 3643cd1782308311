namespace CrossEncoders.Tokenization;

/// <summary>Collects special tokens by their role; one that the vocabulary lacks takes the next free id.</summary>
internal sealed class SpecialTokens(TokenizerConfig config, TokenModel model)
{
    private readonly List<AddedToken> _tokens = [];
    private int _next = model.VocabularySize;

    /// <summary>The tokens so far.</summary>
    public IReadOnlyList<AddedToken> All => _tokens;

    /// <summary>Adds the token that the configuration gives a role, or the usual one; returns its id.</summary>
    public int Add(string role, string usual, bool stripLeft = false) =>
        AddToken(config.Text(role) ?? usual, config.StripLeft(role) ?? stripLeft);

    /// <summary>Adds a token by its text; returns its id.</summary>
    public int AddToken(string content, bool stripLeft = false)
    {
        if (_tokens.Find(token => token.Content == content) is { } known)
            return known.Id;
        var id = model.Find(content);
        if (id < 0)
            id = _next++;
        _tokens.Add(new AddedToken(content, id, SingleWord: false, stripLeft, StripRight: false, Normalized: false));
        return id;
    }
}
