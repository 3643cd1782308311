using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace CrossEncoders.Tokenization;

/// <summary>
/// SentencePiece's compiled normalization rules: a double-array trie over UTF-8 that leads to offsets into a table of replacements.
/// </summary>
/// <remarks>
/// Follows tokenizers' <c>Precompiled</c> normalizer, oddities included: a grapheme cluster of fewer than 6 bytes is replaced whole by
/// the rule of its shortest matching prefix, so a full-width letter loses a combining accent that follows.
/// </remarks>
internal sealed class PrecompiledCharsMap : Normalizer
{
    private const int ShortGrapheme = 6;

    /// <summary>This many characters differ only in the last byte of their UTF-8.</summary>
    private const int Block = 64;

    private readonly uint[] _trie;
    private readonly byte[] _replacements;

    /// <summary>The replacements of single characters, in blocks; no block where none has any.</summary>
    private readonly string?[]?[] _blocks = new string?[]?[(char.MaxValue + 1) / Block];

    /// <summary>Reads the rules: the trie's size in bytes (little-endian), the trie, the replacements, each ended by a zero.</summary>
    public PrecompiledCharsMap(ReadOnlySpan<byte> data)
    {
        var size = data.Length < 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(data);
        if (size > data.Length - 4 || size % 4 != 0 || size == 0)
            throw new CrossEncoderException($"precompiled_charsmap has {data.Length} bytes and a trie of {size}: the file is damaged");
        _trie = new uint[size / 4];
        for (var i = 0; i < _trie.Length; i++)
            _trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(data[(4 + (4 * i))..]);
        _replacements = data[(4 + (int)size)..].ToArray();
        for (var block = 0; block <= char.MaxValue; block += Block)
        {
            if (char.IsSurrogate((char)block) || !HasRules((char)block))
                continue;
            _blocks[block / Block] = [.. Enumerable.Range(block, Block).Select(unit => Lookup([(char)unit]))];
        }
    }

    /// <inheritdoc/>
    public override string Normalize(string text)
    {
        var start = 0;
        while (start < text.Length && IsSeparate(text[start]) && Single(text[start]) is null)
            start++;
        if (start == text.Length)
            return text;

        // What comes before is unchanged, but its last character may belong to a cluster with what follows.
        start = Math.Max(0, start - 1);
        var output = new StringBuilder(text.Length + 16).Append(text, 0, start);
        while (start < text.Length)
        {
            var length = ClusterLength(text, start);
            Append(output, text.AsSpan(start, length));
            start += length;
        }

        return output.ToString();
    }

    private string? Single(char character) => _blocks[character / Block]?[character % Block];

    /// <summary>Whether a character never joins with a neighbor of this same kind into one grapheme cluster.</summary>
    private static bool IsSeparate(char unit) =>
        unit switch
        {
            < '\u0020' => unit is not ('\r' or '\n'),
            < '\u0300' => true,
            < '\u0483' => unit >= '\u0370',
            >= '\u2010' and < '\u20D0' => true,
            >= '\u2100' and < '\u2C00' => true,
            >= '\u3000' and < '\u302A' => true,
            >= '\u3041' and < '\u3097' => true,
            >= '\u30A0' and < '\u3100' => true,
            >= '\u3400' and < '\uA000' => true,
            >= '\uFF01' and < '\uFF9E' => true,
            _ => false,
        };

    private static int ClusterLength(string text, int start)
    {
        if (IsSeparate(text[start]) && (start + 1 == text.Length || IsSeparate(text[start + 1])))
            return 1;
        return StringInfo.GetNextTextElementLength(text.AsSpan(start));
    }

    private void Append(StringBuilder output, ReadOnlySpan<char> cluster)
    {
        if (cluster.Length == 1)
        {
            if (Single(cluster[0]) is { } replacement)
                output.Append(replacement);
            else
                output.Append(cluster[0]);
            return;
        }

        if (Encoding.UTF8.GetByteCount(cluster) < ShortGrapheme && Lookup(cluster) is { } whole)
        {
            output.Append(whole);
            return;
        }

        for (int i = 0, width; i < cluster.Length; i += width)
        {
            width = char.IsHighSurrogate(cluster[i]) ? 2 : 1;
            var character = cluster.Slice(i, width);
            var replacement = width == 1 ? Single(cluster[i]) : Lookup(character);
            if (replacement is null)
                output.Append(character);
            else
                output.Append(replacement);
        }
    }

    /// <summary>The replacement of the shortest rule that is a prefix of the text; null where there is none.</summary>
    private string? Lookup(ReadOnlySpan<char> text)
    {
        Span<byte> key = stackalloc byte[ShortGrapheme];
        key = key[..Encoding.UTF8.GetBytes(text, key)];
        var position = Offset(_trie[0]);
        foreach (var value in key)
        {
            if (!Step(ref position, value, out var isRule))
                return null;
            if (isRule)
                return Replacement(position);
        }

        return null;
    }

    /// <summary>Whether any rule starts with the bytes that the block of characters from <paramref name="first"/> on shares.</summary>
    private bool HasRules(char first)
    {
        Span<byte> key = stackalloc byte[3];
        key = key[..(Encoding.UTF8.GetBytes([first], key) - 1)];
        var position = Offset(_trie[0]);
        foreach (var value in key)
        {
            if (!Step(ref position, value, out _))
                return false;
        }

        return true;
    }

    /// <summary>Goes down one byte in the trie; false where there is no way.</summary>
    private bool Step(ref uint position, byte value, out bool isRule)
    {
        position ^= value;
        isRule = false;
        if (value == 0 || position >= _trie.Length || (_trie[position] & 0x800000FF) != value)
            return false;
        var node = _trie[position];
        position ^= Offset(node);
        isRule = (node & 0x100) != 0;
        return true;
    }

    private static uint Offset(uint node) => (node >> 10) << (int)((node & 0x200) >> 6);

    private string Replacement(uint position)
    {
        var start = position < _trie.Length ? _trie[position] & 0x7FFFFFFF : uint.MaxValue;
        if (start > _replacements.Length)
            throw new CrossEncoderException("precompiled_charsmap leads outside of its replacements: the file is damaged");
        var rest = _replacements.AsSpan((int)start);
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }
}
