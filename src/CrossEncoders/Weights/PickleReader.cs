using System.Buffers.Binary;
using System.Text;

namespace CrossEncoders.Weights;

/// <summary>The bytes of a pickle, read from the start on.</summary>
/// <param name="bytes">The pickle, and whatever follows it.</param>
/// <param name="path">The file, for errors.</param>
internal ref struct PickleReader(ReadOnlySpan<byte> bytes, string path)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly string _path = path;

    /// <summary>How many bytes have been read.</summary>
    public int At { get; private set; }

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - At)
            throw Broken("fewer bytes than its last opcode needs");
        At += count;
        return _bytes.Slice(At - count, count);
    }

    /// <summary>The next four bytes as a number.</summary>
    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>The next bytes as text in UTF-8.</summary>
    public string Text(uint length)
    {
        if (length > _bytes.Length - At)
            throw Broken("a text longer than the file");
        return Encoding.UTF8.GetString(Take((int)length));
    }

    /// <summary>Text up to a line feed, which is passed over.</summary>
    public string Line()
    {
        var length = _bytes[At..].IndexOf((byte)'\n');
        if (length < 0)
            throw Broken("a name without an end");
        var line = Encoding.UTF8.GetString(Take(length));
        Take(1);
        return line;
    }

    /// <summary>The error that says what the pickle has.</summary>
    public readonly CrossEncoderException Broken(string why) => PickledCalls.Broken(_path, why);
}
