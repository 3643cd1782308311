namespace CrossEncoders.Tokenization;

/// <summary>
/// Collects special tokens by their role, and what else the files add to the vocabulary; one that the vocabulary lacks has the id that the
/// files state, or takes the next free one.
/// </summary>
internal sealed class SpecialTokens
{
    private readonly TokenizerConfig _config;
    private readonly TokenModel _model;
    private readonly List<AddedToken> _stated;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AddedToken> _tokens = new(StringComparer.Ordinal);
    private int _next;

    /// <summary>Reads which tokens the files add.</summary>
    public SpecialTokens(TokenizerConfig config, TokenModel model)
    {
        (_config, _model, _stated) = (config, model, [.. config.AddedTokens]);
        foreach (var token in _stated)
            _ids.TryAdd(token.Content, token.Id);
        _next = _ids.Values.Select(id => id + 1).Append(model.VocabularySize).Max();
    }

    /// <summary>The tokens with a role, and all others that the files name.</summary>
    public IReadOnlyList<AddedToken> All()
    {
        foreach (var token in _stated)
            Add(token);
        foreach (var content in _config.OtherSpecialTokens)
            AddToken(content);
        return [.. _tokens.Values];
    }

    /// <summary>Adds the token that the configuration gives a role, or the usual one; returns its id.</summary>
    public int Add(string role, string usual, bool stripLeft = false) =>
        AddToken(_config.Text(role) ?? usual, _config.StripLeft(role) ?? stripLeft);

    /// <summary>Adds a token by its text; returns its id.</summary>
    public int AddToken(string content, bool stripLeft = false) => Add(AddedToken.AsWritten(content, 0) with { StripLeft = stripLeft });

    private int Add(AddedToken token)
    {
        if (_tokens.TryGetValue(token.Content, out var known))
            return known.Id;
        var id = _model.Find(token.Content);
        if (id < 0 && !_ids.TryGetValue(token.Content, out id))
            id = _next++;
        _tokens[token.Content] = token with { Id = id };
        return id;
    }
}
