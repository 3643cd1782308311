namespace CrossEncoders.Tokenization;

/// <summary>Reads the fields of one protocol buffers message in turn.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    /// <summary>The number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>The value of the current field where it is a varint.</summary>
    public ulong Number { get; private set; }

    /// <summary>The bytes of the current field where it is a message, text, or of fixed width.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The current field as a message.</summary>
    public readonly ProtobufReader Message() => new(Bytes);

    /// <summary>Goes to the next field; false at the end of the message.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        var tag = Varint();
        (Field, Number) = ((int)(tag >> 3), 0);
        Bytes = default;
        switch (tag & 7)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Bytes = Take(8);
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Bytes = Take(4);
                break;
            default:
                throw new CrossEncoderException($"field {Field} has the unknown wire type {tag & 7}: the file is damaged");
        }

        return true;
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
            throw new CrossEncoderException($"field {Field} has {count} bytes, but {_rest.Length} are left: the file is damaged");
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var i = 0; i < Math.Min(10, _rest.Length); i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw new CrossEncoderException("a number does not end: the file is cut short or damaged");
    }
}
