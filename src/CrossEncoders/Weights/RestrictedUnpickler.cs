using System.Buffers.Binary;
using System.Numerics;

namespace CrossEncoders.Weights;

/// <summary>
/// Reads the subset of Python's pickle language in which PyTorch writes state dicts: plain values, dictionaries and references to tensor
/// storages. It runs nothing: any other class or function is refused by name.
/// </summary>
/// <remarks>
/// Opcodes: CPython's <c>Lib/pickletools.py</c>. Values are null, bool, long, <see cref="BigInteger"/>, double, string, <c>object?[]</c> (a
/// tuple), <c>List&lt;object?&gt;</c>, <c>Dictionary&lt;string, object?&gt;</c>, <see cref="PickledStorage"/> and
/// <see cref="PickledTensor"/>.
/// </remarks>
internal ref struct RestrictedUnpickler
{
    private const int MostValues = 2_000_000; // about 30 are needed for each tensor, its shape counted

    private readonly PickledCalls _calls;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private PickleReader _reader;
    private int _values;

    private RestrictedUnpickler(ReadOnlySpan<byte> bytes, string path)
    {
        _reader = new(bytes, path);
        _calls = new(path);
    }

    /// <summary>Reads one pickle.</summary>
    /// <param name="bytes">The pickle, and whatever follows it.</param>
    /// <param name="path">The file, for errors.</param>
    /// <returns>The value and the number of bytes read.</returns>
    /// <exception cref="CrossEncoderException">The pickle is broken, or asks for something other than tensors in dictionaries.</exception>
    public static (object? Value, int Length) Load(ReadOnlySpan<byte> bytes, string path)
    {
        var machine = new RestrictedUnpickler(bytes, path);
        while (machine.Step()) { }
        return (machine.Pop(), machine._reader.At);
    }

    private bool Step()
    {
        var opcode = _reader.Take(1)[0];
        if (opcode == (byte)'.') // STOP
            return false;
        if (!IsPlain(opcode) && !IsCollection(opcode) && !IsMemory(opcode) && !IsObject(opcode))
            throw Broken($"the opcode 0x{opcode:x2} at byte {_reader.At - 1}, which state dicts do not use");
        return true;
    }

    /// <summary>Frames, constants, numbers and texts.</summary>
    private bool IsPlain(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                _reader.Take(1);
                return true;
            case 0x95: // FRAME
                _reader.Take(8);
                return true;
            case (byte)'N': // NONE
                return Push(null);
            case 0x88: // NEWTRUE
                return Push(true);
            case 0x89: // NEWFALSE
                return Push(false);
            case (byte)'J': // BININT
                return Push((long)BinaryPrimitives.ReadInt32LittleEndian(_reader.Take(4)));
            case (byte)'K': // BININT1
                return Push((long)_reader.Take(1)[0]);
            case (byte)'M': // BININT2
                return Push((long)BinaryPrimitives.ReadUInt16LittleEndian(_reader.Take(2)));
            case 0x8a: // LONG1
                var integer = new BigInteger(_reader.Take(_reader.Take(1)[0]));
                return Push(integer >= long.MinValue && integer <= long.MaxValue ? (object)(long)integer : integer);
            case (byte)'G': // BINFLOAT
                return Push(BinaryPrimitives.ReadDoubleBigEndian(_reader.Take(8)));
            case (byte)'U' or 0x8c: // SHORT_BINSTRING, SHORT_BINUNICODE
                return Push(_reader.Text(_reader.Take(1)[0]));
            case (byte)'T' or (byte)'X': // BINSTRING, BINUNICODE
                return Push(_reader.Text(_reader.U32()));
            default:
                return false;
        }
    }

    /// <summary>Dictionaries, lists and tuples, and what is put into them.</summary>
    private bool IsCollection(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'(': // MARK
                _marks.Add(_stack.Count);
                return true;
            case (byte)'}': // EMPTY_DICT
                return Push(new Dictionary<string, object?>(StringComparer.Ordinal));
            case (byte)']': // EMPTY_LIST
                return Push(new List<object?>());
            case (byte)')': // EMPTY_TUPLE
                return Push(Array.Empty<object?>());
            case (byte)'t': // TUPLE
                return Push(PopToMark());
            case 0x85 or 0x86 or 0x87: // TUPLE1 to TUPLE3
                return Push(PopLast(opcode - 0x84));
            case (byte)'a': // APPEND
                return Append(PopLast(1));
            case (byte)'e': // APPENDS
                return Append(PopToMark());
            case (byte)'s': // SETITEM
                return SetItems(PopLast(2));
            case (byte)'u': // SETITEMS
                return SetItems(PopToMark());
            default:
                return false;
        }
    }

    /// <summary>Values kept for later, and brought back.</summary>
    private bool IsMemory(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'q': // BINPUT
                _memo[_reader.Take(1)[0]] = Top();
                return true;
            case (byte)'r': // LONG_BINPUT
                _memo[_reader.U32()] = Top();
                return true;
            case 0x94: // MEMOIZE
                _memo[(uint)_memo.Count] = Top();
                return true;
            case (byte)'h': // BINGET
                return Push(Recall(_reader.Take(1)[0]));
            case (byte)'j': // LONG_BINGET
                return Push(Recall(_reader.U32()));
            default:
                return false;
        }
    }

    /// <summary>References to storages, and the few calls that make tensors of them.</summary>
    private bool IsObject(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'c': // GLOBAL
                return Push(_calls.Find(_reader.Line(), _reader.Line()));
            case 0x93: // STACK_GLOBAL
                if (PopLast(2) is not [string module, string name])
                    throw Broken("a class without a name");
                return Push(_calls.Find(module, name));
            case (byte)'Q': // BINPERSID
                return Push(_calls.Storage(Pop()));
            case (byte)'R': // REDUCE
                var operands = PopLast(2);
                Count(operands[1] is object?[] arguments ? arguments.Sum(each => each is object?[] numbers ? numbers.Length : 0) : 0);
                return Push(_calls.Call(operands));
            case (byte)'b': // BUILD: attributes of a dictionary, such as a state dict's _metadata, are of no use here
                Pop();
                return Top() is Dictionary<string, object?> ? true : throw Broken("attributes set on something other than a dictionary");
            default:
                return false;
        }
    }

    private readonly bool Append(object?[] items)
    {
        if (Top() is not List<object?> list)
            throw Broken("an item appended to something other than a list");
        list.AddRange(items);
        return true;
    }

    private readonly bool SetItems(object?[] items)
    {
        if (Top() is not Dictionary<string, object?> dictionary)
            throw Broken("an item set in something other than a dictionary");
        if (items.Length % 2 != 0)
            throw Broken("a key without a value");
        for (var i = 0; i < items.Length; i += 2)
        {
            dictionary[items[i] as string ?? throw Broken("a dictionary key that is not text")] = items[i + 1];
        }

        return true;
    }

    private bool Push(object? value)
    {
        Count(1);
        _stack.Add(value);
        return true;
    }

    private void Count(int values)
    {
        if ((_values += values) > MostValues)
            throw Broken($"more than {MostValues} values");
    }

    private readonly object? Top() => _stack.Count > Floor() ? _stack[^1] : throw Broken("an opcode whose operand is missing");

    private readonly object? Pop() => PopLast(1)[0];

    private readonly object?[] PopLast(int count) =>
        _stack.Count - count >= Floor() ? PopFrom(_stack.Count - count) : throw Broken("an opcode whose operands are missing");

    private readonly object?[] PopToMark()
    {
        if (_marks.Count == 0)
            throw Broken("an opcode whose mark is missing");
        var start = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return PopFrom(start);
    }

    private readonly object?[] PopFrom(int start)
    {
        var items = _stack.GetRange(start, _stack.Count - start).ToArray();
        _stack.RemoveRange(start, items.Length);
        return items;
    }

    private readonly int Floor() => _marks.Count == 0 ? 0 : _marks[^1];

    private readonly object? Recall(uint key) =>
        _memo.TryGetValue(key, out var value) ? value : throw Broken($"a reference to a value {key} that was never kept");

    private readonly CrossEncoderException Broken(string why) => _reader.Broken(why);
}
