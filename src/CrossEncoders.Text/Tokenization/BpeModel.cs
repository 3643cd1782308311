using System.Text;
using Microsoft.ML.Tokenizers;

namespace CrossEncoders.Tokenization;

/// <summary>Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909): what was merged first in training is merged first.</summary>
/// <remarks>
/// Words of usual length are merged by Microsoft.ML.Tokenizers, whose time is quadratic in the length of a word; longer ones here. Of equal
/// merges the leftmost comes first, as in tokenizers' <c>models/bpe/word.rs</c>.
/// </remarks>
internal sealed class BpeModel : TokenModel
{
    private const int ShortWord = 64;

    private readonly BpeTokenizer _short;
    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges = [];
    private readonly int _unknownId = -1;
    private readonly bool _ignoreMerges;
    private readonly bool _joinsUnknown;
    private readonly int[]? _bytes;
    private readonly int[] _widths;

    /// <summary>Creates the model.</summary>
    /// <param name="vocabulary">Pieces with their ids.</param>
    /// <param name="merges">Neighbors to merge, earliest first.</param>
    /// <param name="unknownToken">What stands for a character that no piece has; null drops it.</param>
    /// <param name="ignoreMerges">Whether a word that is a piece is taken as it is.</param>
    /// <param name="fallsBackToBytes">
    /// Whether a character that no piece has becomes the pieces of its UTF-8 bytes, "&lt;0xE5&gt;" and so on.
    /// </param>
    /// <param name="joinsUnknown">Whether unknown characters side by side are one unknown token.</param>
    public BpeModel(
        Dictionary<string, int> vocabulary,
        IReadOnlyList<(string Left, string Right)> merges,
        string? unknownToken,
        bool ignoreMerges,
        bool fallsBackToBytes = false,
        bool joinsUnknown = false
    )
    {
        (_vocabulary, _ignoreMerges, _joinsUnknown) = (vocabulary, ignoreMerges, joinsUnknown);
        foreach (var (piece, id) in vocabulary)
        {
            if (id is < 0 or int.MaxValue)
                throw new CrossEncoderException($"'{piece}' has the id {id}");
            VocabularySize = Math.Max(VocabularySize, id + 1);
        }

        foreach (var (rank, (left, right)) in merges.Index())
            _merges[(Known(left), Known(right))] = (rank, Known(left + right));
        if (unknownToken is not null)
            _unknownId = Known(unknownToken);
        _widths = TokenWidths.OfPieces(vocabulary.Select(entry => (entry.Key, entry.Value)), VocabularySize, _unknownId);
        if (fallsBackToBytes)
        {
            _bytes = [.. Enumerable.Range(0, 256).Select(value => Known($"<0x{value:X2}>"))];
            foreach (var id in _bytes)
                _widths[id] = -1; // a character shares its width among them
        }

        var once = merges.Reverse().Distinct().Reverse().Select(merge => $"{merge.Left} {merge.Right}"); // of two alike the later counts
        _short = BpeTokenizer.Create(new BpeOptions(vocabulary) { Merges = once, UnknownToken = unknownToken });

        int Known(string piece) =>
            vocabulary.TryGetValue(piece, out var id) ? id : throw new CrossEncoderException($"the vocabulary lacks the piece '{piece}'");
    }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override int Find(string piece) => _vocabulary.GetValueOrDefault(piece, -1);

    /// <inheritdoc/>
    public override int Width(int id) => _widths[id];

    /// <inheritdoc/>
    public override void Encode(string word, List<int> ids)
    {
        if (_ignoreMerges && _vocabulary.TryGetValue(word, out var whole))
        {
            ids.Add(whole);
            return;
        }

        if (word.Length <= ShortWord && _bytes is null && !_joinsUnknown)
        {
            ids.AddRange(_short.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false));
            return;
        }

        Span<int> symbols = new int[_bytes is null ? word.Length : Encoding.UTF8.GetByteCount(word)];
        symbols = symbols[..Characters(word, symbols)];
        ids.AddRange(symbols[..MergeLong(symbols)]);
    }

    /// <summary>
    /// Merges in place with a queue of possible merges, in n·log n: a word may be a megabyte of text without a space. Returns how many
    /// symbols are left.
    /// </summary>
    internal int MergeLong(Span<int> symbols)
    {
        var (previous, next) = (new int[symbols.Length], new int[symbols.Length]);
        var queue = new PriorityQueue<int, long>(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
            (previous[i], next[i]) = (i - 1, i + 1);
        for (var i = 0; i + 1 < symbols.Length; i++)
            Offer(symbols, i, i + 1);
        while (queue.TryDequeue(out var at, out var key))
        {
            var right = symbols[at] < 0 ? symbols.Length : next[at]; // a symbol that was merged into its left neighbor is -1
            if (right >= symbols.Length || !_merges.TryGetValue((symbols[at], symbols[right]), out var merge) || merge.Rank != key >> 32)
                continue; // another merge was faster
            (symbols[at], symbols[right]) = (merge.Id, -1);
            next[at] = next[right];
            if (next[at] < symbols.Length)
            {
                previous[next[at]] = at;
                Offer(symbols, at, next[at]);
            }

            if (previous[at] >= 0)
                Offer(symbols, previous[at], at);
        }

        var count = 0;
        for (var i = 0; i < symbols.Length; i = next[i])
            symbols[count++] = symbols[i];
        return count;

        void Offer(Span<int> all, int left, int right)
        {
            if (_merges.TryGetValue((all[left], all[right]), out var merge))
                queue.Enqueue(left, ((long)merge.Rank << 32) | (uint)left);
        }
    }

    /// <summary>
    /// The pieces of single characters; those that are not pieces become their bytes or the unknown token, or are dropped. Returns their
    /// number.
    /// </summary>
    private int Characters(string word, Span<int> symbols)
    {
        var (count, pieces) = (0, _vocabulary.GetAlternateLookup<ReadOnlySpan<char>>());
        var wasUnknown = false;
        Span<byte> bytes = stackalloc byte[4];
        for (int i = 0, width; i < word.Length; i += width)
        {
            width = Rune.GetRuneAt(word, i).Utf16SequenceLength;
            var isKnown = pieces.TryGetValue(word.AsSpan(i, width), out var id);
            if (isKnown)
                symbols[count++] = id;
            else if (_bytes is not null)
                foreach (var value in bytes[..Encoding.UTF8.GetBytes(word.AsSpan(i, width), bytes)])
                    symbols[count++] = _bytes[value];
            else if (_unknownId >= 0 && !(wasUnknown && _joinsUnknown))
                symbols[count++] = _unknownId;
            wasUnknown = !isKnown;
        }

        return count;
    }
}
