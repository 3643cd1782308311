using Microsoft.ML.Tokenizers;

namespace CrossEncoders.Tokenization;

/// <summary>Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909): what was merged first in training is merged first.</summary>
internal sealed class BpeModel : TokenModel
{
    private readonly BpeTokenizer _bpe;
    private readonly Dictionary<string, int> _vocabulary;
    private readonly bool _ignoreMerges;

    /// <summary>Creates the model.</summary>
    /// <param name="vocabulary">Pieces with their ids.</param>
    /// <param name="merges">Neighbors to merge, earliest first, separated by a space.</param>
    /// <param name="unknownToken">What stands for a character that no piece has; null drops it.</param>
    /// <param name="ignoreMerges">Whether a word that is a piece is taken as it is.</param>
    public BpeModel(Dictionary<string, int> vocabulary, IReadOnlyList<string> merges, string? unknownToken, bool ignoreMerges)
    {
        _vocabulary = vocabulary;
        _ignoreMerges = ignoreMerges;
        foreach (var (piece, id) in vocabulary)
        {
            if (id is < 0 or int.MaxValue)
                throw new CrossEncoderException($"'{piece}' has the id {id}");
            VocabularySize = Math.Max(VocabularySize, id + 1);
        }

        _bpe = BpeTokenizer.Create(new BpeOptions(vocabulary) { Merges = merges, UnknownToken = unknownToken });
    }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override int Find(string piece) => _vocabulary.GetValueOrDefault(piece, -1);

    /// <inheritdoc/>
    public override void Encode(string word, List<int> ids)
    {
        if (_ignoreMerges && _vocabulary.TryGetValue(word, out var id))
            ids.Add(id);
        else
            ids.AddRange(_bpe.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false));
    }
}
