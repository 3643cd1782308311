using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CrossEncoders.Retrieval;

/// <summary>How a collection stands to an index, or the start of one, that was made before.</summary>
internal enum PassageStanding
{
    /// <summary>It is of other passages, another order, or other settings.</summary>
    Different,

    /// <summary>It holds the first passages of the collection, and more follow.</summary>
    Beginning,

    /// <summary>It holds the collection.</summary>
    Whole,
}

/// <summary>
/// A running SHA-256 over passages in their order, so that an indexer which was killed can tell whether what it finds is the beginning of
/// what it is given: the value after each passage is the hash of the value before and of the passage.
/// </summary>
internal sealed class PassageChain
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Begins with what else the index depends on, such as the embedder; the kit's analyzer is added by what it does.</summary>
    public PassageChain(string settings)
    {
        Append(settings);
        Append(string.Join(' ', TextAnalyzer.Terms("The runners' 3 pumps were stopping in Zürich_42")));
        Append(string.Join(' ', TextAnalyzer.Terms("水泵停机 Ａ４２ 3 号 カナ")));
        Value = _hash.GetHashAndReset();
    }

    /// <summary>Goes on where another ended.</summary>
    public PassageChain(byte[] value, long count) => (Value, Count) = (value, count);

    /// <summary>The hash, 32 bytes.</summary>
    public byte[] Value { get; private set; }

    /// <summary>Passages in it.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the next passage.</summary>
    public void Add(Passage passage)
    {
        _hash.AppendData(Value);
        Append(passage.Id);
        Append(passage.Text);
        Value = _hash.GetHashAndReset();
        Count++;
    }

    /// <summary>How a collection stands to each of some states that were kept; it is read no further than the longest of them.</summary>
    public static PassageStanding[] Compare(IEnumerable<Passage> passages, string settings, params (long Count, byte[] Value)[] kept)
    {
        var standings = new PassageStanding[kept.Length];
        var longest = kept.Length == 0 ? 0 : kept.Max(state => state.Count);
        var chain = new PassageChain(settings);
        using var next = passages.GetEnumerator();
        while (chain.Count <= longest)
        {
            var goesOn = next.MoveNext();
            for (var i = 0; i < kept.Length; i++)
                if (kept[i].Count == chain.Count && kept[i].Value.AsSpan().SequenceEqual(chain.Value))
                    standings[i] = goesOn ? PassageStanding.Beginning : PassageStanding.Whole;
            if (!goesOn)
                break;
            chain.Add(next.Current);
        }

        return standings;
    }

    private void Append(string text)
    {
        var bytes = Encoding.Unicode.GetBytes(text); // any text, half a surrogate pair, too
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length); // so that no two passages look alike
        _hash.AppendData(length);
        _hash.AppendData(bytes);
    }
}
