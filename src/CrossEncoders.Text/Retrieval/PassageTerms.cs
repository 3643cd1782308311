namespace CrossEncoders.Retrieval;

/// <summary>
/// The terms of passages by number, with how often each occurs, in two or three bytes a term: what an index is made from, and then thrown
/// away. Each word is reduced to its stem once, however often it comes.
/// </summary>
/// <param name="terms">Takes the terms and their numbers.</param>
internal sealed class PassageTerms(Dictionary<string, int> terms)
{
    private const int Dropped = -1; // a word that is no term
    private const int ChunkBytes = 1 << 20;
    private const int MostBytes = 10; // of a term with its count

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _terms = terms.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _english = NewWords(); // the terms of words
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _others = NewWords();

    private readonly TermReader _reader = new();
    private readonly List<int> _own = []; // the terms of a passage
    private readonly Queue<(byte[] Bytes, int Passages)> _chunks = [];
    private byte[] _chunk = new byte[ChunkBytes];
    private int _end;
    private int _passages; // of the chunk

    /// <summary>How many passages hold each term.</summary>
    public List<int> Holders { get; } = [];

    /// <summary>Adds a passage.</summary>
    /// <returns>How many terms it has, repetitions included.</returns>
    public int Add(string text)
    {
        _own.Clear();
        _reader.Read(text);
        for (var i = 0; i < _reader.Count; i++)
            if ((_reader.IsWord(i) ? OfWord(_reader[i]) : Number(_reader[i])) is not Dropped and var term)
                _own.Add(term);
        _own.Sort();
        Write();
        return _own.Count;
    }

    /// <summary>Hands out what was added, passage by passage, once: the passage, the term, and how often it occurs.</summary>
    public void Drain(Action<int, int, int> take)
    {
        EndChunk();
        for (var passage = 0; _chunks.TryDequeue(out var chunk); )
        {
            var at = 0;
            for (var end = passage + chunk.Passages; passage < end; passage++)
            {
                var term = -1;
                for (var left = Read(chunk.Bytes, ref at); left > 0; left--)
                {
                    var step = Read(chunk.Bytes, ref at);
                    term += step >> 1;
                    take(passage, term, (step & 1) == 0 ? 1 : Read(chunk.Bytes, ref at));
                }
            }
        }
    }

    /// <summary>The number of different terms, then for each the step from the one before, doubled, plus 1 where a count follows.</summary>
    private void Write()
    {
        var most = (_own.Count + 1) * MostBytes;
        if (_end + most > _chunk.Length)
        {
            EndChunk();
            _chunk = new byte[Math.Max(ChunkBytes, most)];
        }

        var (kinds, before) = (0, -1);
        foreach (var term in _own)
        {
            kinds += term == before ? 0 : 1;
            before = term;
        }

        Write(kinds);
        before = -1;
        for (int i = 0, next; i < _own.Count; i = next)
        {
            for (next = i + 1; next < _own.Count && _own[next] == _own[i]; )
                next++;
            Holders[_own[i]]++;
            Write(((_own[i] - before) << 1) | (next - i > 1 ? 1 : 0));
            if (next - i > 1)
                Write(next - i);
            before = _own[i];
        }

        _passages++;
    }

    private void EndChunk()
    {
        if (_passages > 0)
            _chunks.Enqueue((_chunk, _passages));
        (_chunk, _end, _passages) = ([], 0, 0);
    }

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that more follow.</summary>
    private void Write(int number)
    {
        var rest = (uint)number;
        for (; rest > 0x7F; rest >>= 7)
            _chunk[_end++] = (byte)(rest | 0x80);
        _chunk[_end++] = (byte)rest;
    }

    private static int Read(byte[] bytes, ref int at)
    {
        var number = 0u;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            number |= (next & 0x7Fu) << shift;
            if (next < 0x80)
                return (int)number;
        }
    }

    private int OfWord(ReadOnlySpan<char> word)
    {
        var words = _reader.IsEnglish ? _english : _others;
        if (!words.TryGetValue(word, out var number))
            words[word] = number = TextAnalyzer.TermOf(word.ToString(), _reader.IsEnglish) is { } term ? Number(term) : Dropped;
        return number;
    }

    private int Number(ReadOnlySpan<char> term)
    {
        if (_terms.TryGetValue(term, out var number))
            return number;
        Holders.Add(0);
        return _terms[term] = Holders.Count - 1;
    }

    private static Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> NewWords() =>
        new Dictionary<string, int>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
}
