using System.Buffers;

namespace CrossEncoders.Tokenization;

/// <summary>Splits a word into tokens.</summary>
internal abstract class TokenModel
{
    /// <summary>One more than the largest id.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The id of a piece; -1 where it is unknown.</summary>
    public abstract int Find(string piece);

    /// <summary>Appends the ids of one pre-tokenized word.</summary>
    public abstract void Encode(string word, List<int> ids);

    /// <summary>How much of a text a token covers, see <see cref="TokenWidths"/>; -1 for the unknown token.</summary>
    public abstract int Width(int id);
}

/// <summary>
/// The unigram language model of SentencePiece (Kudo 2018, arXiv:1804.10959): the segmentation with the highest sum of piece scores,
/// by Viterbi over all pieces that start at each character.
/// </summary>
/// <remarks>
/// Follows <c>encode_optimized</c> of tokenizers: sums in double precision, the earliest start and the shortest piece win
/// a tie, a run of unknown characters is one unknown token.
/// </remarks>
internal sealed class UnigramModel : TokenModel
{
    private const double UnknownPenalty = 10;
    private const int StackLimit = 256;

    private readonly PieceTrie _trie = new();
    private readonly double[] _scores;
    private readonly int[] _widths;
    private readonly int _unknownId;
    private readonly double _unknownScore;

    /// <summary>Creates the model; a piece's id is its place in <paramref name="pieces"/>.</summary>
    public UnigramModel(IReadOnlyList<(string Piece, double Score)> pieces, int unknownId)
    {
        if (unknownId < 0 || unknownId >= pieces.Count)
            throw new CrossEncoderException($"the id of the unknown token is {unknownId}, but there are {pieces.Count} pieces");
        _unknownId = unknownId;
        _scores = new double[pieces.Count];
        var lowest = double.MaxValue;
        for (var id = 0; id < pieces.Count; id++)
        {
            var (piece, score) = pieces[id];
            if (!double.IsFinite(score))
                throw new CrossEncoderException($"the score of piece {id} is {score}");
            if (piece.Length > 0)
                _trie.Add(piece, id);
            _scores[id] = score;
            lowest = Math.Min(lowest, score);
        }

        _unknownScore = lowest - UnknownPenalty;
        _widths = TokenWidths.OfPieces(pieces.Select((entry, id) => (entry.Piece, id)), pieces.Count, unknownId);
    }

    /// <inheritdoc/>
    public override int VocabularySize => _scores.Length;

    /// <inheritdoc/>
    public override int Find(string piece) => _trie.Find(piece);

    /// <inheritdoc/>
    public override int Width(int id) => _widths[id];

    /// <inheritdoc/>
    public override void Encode(string word, List<int> ids)
    {
        if (word.Length < StackLimit)
        {
            Span<Step> steps = stackalloc Step[word.Length + 1];
            Encode(word, steps, ids);
            return;
        }

        var rented = ArrayPool<Step>.Shared.Rent(word.Length + 1);
        Encode(word, rented.AsSpan(0, word.Length + 1), ids);
        ArrayPool<Step>.Shared.Return(rented);
    }

    private void Encode(string word, Span<Step> best, List<int> ids)
    {
        best.Fill(new Step(0, -1, -1));
        var width = 1;
        for (var start = 0; start < word.Length; start += width)
        {
            width = char.IsHighSurrogate(word[start]) ? 2 : 1;
            var score = best[start].Score;
            var known = false;
            var node = PieceTrie.Root;
            for (var end = start; end < word.Length; )
            {
                node = _trie.Child(node, word[end++]);
                if (node < 0)
                    break;
                var id = _trie.Id(node);
                if (id < 0)
                    continue;
                known |= end - start == width;
                Improve(ref best[end], score + _scores[id], start, id);
            }

            if (!known)
                Improve(ref best[start + width], score + _unknownScore, start, _unknownId);
        }

        Backtrack(best, ids);
    }

    private static void Improve(ref Step step, double score, int start, int id)
    {
        if (step.Start < 0 || score > step.Score)
            step = new Step(score, start, id);
    }

    private void Backtrack(Span<Step> best, List<int> ids)
    {
        var first = ids.Count;
        var previous = -1;
        for (var end = best.Length - 1; end > 0; end = best[end].Start)
        {
            var id = best[end].Id;
            if (id != _unknownId || previous != _unknownId)
                ids.Add(id);
            previous = id;
        }

        ids.Reverse(first, ids.Count - first);
    }

    /// <summary>The best way to reach a position: its score, where its last piece starts (-1: not reached), and that piece.</summary>
    private readonly record struct Step(double Score, int Start, int Id);
}
