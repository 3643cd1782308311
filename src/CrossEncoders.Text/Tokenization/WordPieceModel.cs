namespace CrossEncoders.Tokenization;

/// <summary>Greedy longest match from the left (Wu et al. 2016, arXiv:1609.08144); a word without one is one unknown token.</summary>
internal sealed class WordPieceModel : TokenModel
{
    /// <summary>BERT's limit: longer words are unknown.</summary>
    public const int MaxCharacters = 100;

    private readonly PieceTrie _trie = new();
    private readonly int _continuation;
    private readonly int _unknownId;
    private readonly int _maxCharacters;
    private readonly int[] _widths;

    /// <summary>Creates the model.</summary>
    /// <param name="vocabulary">Pieces with their ids.</param>
    /// <param name="unknownToken">What stands for a word that cannot be matched.</param>
    /// <param name="prefix">What the pieces inside a word start with.</param>
    /// <param name="maxCharacters">Longer words are unknown.</param>
    public WordPieceModel(IEnumerable<(string Piece, int Id)> vocabulary, string unknownToken, string prefix, int maxCharacters)
    {
        var pieces = vocabulary.ToList();
        foreach (var (piece, id) in pieces)
        {
            if (id is < 0 or int.MaxValue)
                throw new CrossEncoderException($"'{piece}' has the id {id}");
            _trie.Add(piece, id);
            VocabularySize = Math.Max(VocabularySize, id + 1);
        }

        _unknownId = _trie.Find(unknownToken);
        if (_unknownId < 0)
            throw new CrossEncoderException($"the vocabulary lacks the unknown token {unknownToken}");
        _continuation = _trie.Node(prefix);
        _widths = TokenWidths.OfPieces(pieces, VocabularySize, _unknownId, prefix);
        _maxCharacters = maxCharacters;
    }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override int Find(string piece) => _trie.Find(piece);

    /// <inheritdoc/>
    public override int Width(int id) => _widths[id];

    /// <inheritdoc/>
    public override void Encode(string word, List<int> ids)
    {
        var first = ids.Count;
        var known = word.Length <= _maxCharacters || word.EnumerateRunes().Count() <= _maxCharacters;
        for (var start = 0; known && start < word.Length; )
        {
            var (id, length) = _trie.LongestPrefix(word.AsSpan(start), start == 0 ? PieceTrie.Root : _continuation);
            known = length > 0;
            ids.Add(id);
            start += length;
        }

        if (known)
            return;
        ids.RemoveRange(first, ids.Count - first);
        ids.Add(_unknownId);
    }
}
