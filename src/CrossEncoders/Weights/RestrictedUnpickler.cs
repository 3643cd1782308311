using System.Buffers.Binary;
using System.Numerics;
using System.Text;

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

    private static readonly Dictionary<string, Callable> Allowed = new(StringComparer.Ordinal)
    {
        ["collections.OrderedDict"] = new(CallableKind.Dictionary),
        ["torch._utils._rebuild_tensor_v2"] = new(CallableKind.Tensor),
        ["torch._utils._rebuild_parameter"] = new(CallableKind.Parameter),
        ["torch.FloatStorage"] = new(CallableKind.Storage, ElementType.F32),
        ["torch.HalfStorage"] = new(CallableKind.Storage, ElementType.F16),
        ["torch.BFloat16Storage"] = new(CallableKind.Storage, ElementType.BF16),
        ["torch.DoubleStorage"] = new(CallableKind.Storage, ElementType.F64),
        ["torch.LongStorage"] = new(CallableKind.Storage, ElementType.I64),
        ["torch.IntStorage"] = new(CallableKind.Storage, ElementType.I32),
        ["torch.ShortStorage"] = new(CallableKind.Storage, ElementType.I16),
        ["torch.CharStorage"] = new(CallableKind.Storage, ElementType.I8),
        ["torch.ByteStorage"] = new(CallableKind.Storage, ElementType.U8),
        ["torch.BoolStorage"] = new(CallableKind.Storage, ElementType.Bool),
    };

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _path;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _at;
    private int _values;

    private RestrictedUnpickler(ReadOnlySpan<byte> bytes, string path)
    {
        _bytes = bytes;
        _path = path;
    }

    private enum CallableKind
    {
        Dictionary,
        Tensor,
        Parameter,
        Storage,
    }

    private sealed record Callable(CallableKind Kind, ElementType Type = default);

    /// <summary>Reads one pickle.</summary>
    /// <param name="bytes">The pickle, and whatever follows it.</param>
    /// <param name="path">The file, for errors.</param>
    /// <returns>The value and the number of bytes read.</returns>
    /// <exception cref="CrossEncoderException">The pickle is broken, or asks for something other than tensors in dictionaries.</exception>
    public static (object? Value, int Length) Load(ReadOnlySpan<byte> bytes, string path)
    {
        var machine = new RestrictedUnpickler(bytes, path);
        while (machine.Step()) { }
        return (machine.Pop(), machine._at);
    }

    private bool Step()
    {
        var opcode = Take(1)[0];
        switch (opcode)
        {
            case 0x80:
                Take(1);
                break; // PROTO
            case 0x95:
                Take(8);
                break; // FRAME
            case (byte)'.':
                return false; // STOP
            case (byte)'(':
                _marks.Add(_stack.Count);
                break; // MARK
            case (byte)'N':
                Push(null);
                break; // NONE
            case 0x88:
                Push(true);
                break; // NEWTRUE
            case 0x89:
                Push(false);
                break; // NEWFALSE
            case (byte)'J':
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                break; // BININT
            case (byte)'K':
                Push((long)Take(1)[0]);
                break; // BININT1
            case (byte)'M':
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                break; // BININT2
            case 0x8a:
                PushInteger(new BigInteger(Take(Take(1)[0])));
                break; // LONG1
            case (byte)'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                break; // BINFLOAT
            case (byte)'U' or 0x8c:
                Push(Text(Take(1)[0]));
                break; // SHORT_BINSTRING, SHORT_BINUNICODE
            case (byte)'T' or (byte)'X':
                Push(Text(U32()));
                break; // BINSTRING, BINUNICODE
            case (byte)'}':
                Push(new Dictionary<string, object?>(StringComparer.Ordinal));
                break; // EMPTY_DICT
            case (byte)']':
                Push(new List<object?>());
                break; // EMPTY_LIST
            case (byte)')':
                Push(Array.Empty<object?>());
                break; // EMPTY_TUPLE
            case (byte)'t':
                Push(PopToMark());
                break; // TUPLE
            case 0x85:
                Push(PopLast(1));
                break; // TUPLE1
            case 0x86:
                Push(PopLast(2));
                break; // TUPLE2
            case 0x87:
                Push(PopLast(3));
                break; // TUPLE3
            case (byte)'a':
                Append(PopLast(1));
                break; // APPEND
            case (byte)'e':
                Append(PopToMark());
                break; // APPENDS
            case (byte)'s':
                SetItems(PopLast(2));
                break; // SETITEM
            case (byte)'u':
                SetItems(PopToMark());
                break; // SETITEMS
            case (byte)'q':
                _memo[Take(1)[0]] = Top();
                break; // BINPUT
            case (byte)'r':
                _memo[U32()] = Top();
                break; // LONG_BINPUT
            case 0x94:
                _memo[(uint)_memo.Count] = Top();
                break; // MEMOIZE
            case (byte)'h':
                Push(Recall(Take(1)[0]));
                break; // BINGET
            case (byte)'j':
                Push(Recall(U32()));
                break; // LONG_BINGET
            case (byte)'c':
                Push(Find(Line(), Line()));
                break; // GLOBAL
            case 0x93:
                Push(FindOnStack(PopLast(2)));
                break; // STACK_GLOBAL
            case (byte)'Q':
                Push(Storage(Pop()));
                break; // BINPERSID
            case (byte)'R':
                Push(Call(PopLast(2)));
                break; // REDUCE
            case (byte)'b': // BUILD: attributes of a dictionary, such as a state dict's _metadata, are of no use here
                Pop();
                if (Top() is not Dictionary<string, object?>)
                    throw Broken("attributes set on something other than a dictionary");
                break;
            default:
                throw Broken($"the opcode 0x{opcode:x2} at byte {_at - 1}, which state dicts do not use");
        }

        return true;
    }

    private readonly Callable Find(string module, string name) =>
        Allowed.TryGetValue($"{module}.{name}", out var found)
            ? found
            : throw new CrossEncoderException(
                $"'{_path}' is refused: it asks to run '{Excerpt.Of($"{module}.{name}", 200)}', and a file of weights has no need of it. "
                    + "Only tensors in dictionaries are read. If you trust the file, load it in PyTorch and save its state dict as safetensors."
            );

    private readonly Callable FindOnStack(object?[] operands) =>
        operands is [string module, string name] ? Find(module, name) : throw Broken("a class without a name");

    private object Call(object?[] operands) =>
        operands switch
        {
            [Callable { Kind: CallableKind.Dictionary }, object?[] and []] => new Dictionary<string, object?>(StringComparer.Ordinal),
            [
                Callable { Kind: CallableKind.Tensor },
                object?[]
                and [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..],
            ] => PickledTensor.TryCreate(storage, offset, Numbers(shape), Numbers(strides))
                ?? throw Broken($"a tensor that does not fit its storage '{storage.Key}' or has more than 8 dimensions"),
            [Callable { Kind: CallableKind.Parameter }, object?[] and [PickledTensor tensor, ..]] => tensor,
            _ => throw Broken("a call with unexpected arguments"),
        };

    private readonly PickledStorage Storage(object? id)
    {
        // The sixth element, in old files, says which part of another storage this one is.
        if (
            id is not object?[] { Length: 5 or 6 } parts
            || (parts.Length == 6 && parts[5] is not null)
            || parts is not ["storage", Callable { Kind: CallableKind.Storage } type, string key, string, long count, ..]
        )
            throw Broken("a reference that is not to a whole storage");
        if (TensorMemory.Elements([count]) is null)
            throw Broken($"a storage of {count} elements");
        return new(key, type.Type, count);
    }

    private long[] Numbers(object?[] values)
    {
        Count(values.Length);
        if (!values.All(value => value is long))
            throw Broken("a shape or stride that is not a number");
        return [.. values.Cast<long>()];
    }

    private readonly void Append(object?[] items)
    {
        if (Top() is not List<object?> list)
            throw Broken("an item appended to something other than a list");
        list.AddRange(items);
    }

    private readonly void SetItems(object?[] items)
    {
        if (Top() is not Dictionary<string, object?> dictionary)
            throw Broken("an item set in something other than a dictionary");
        if (items.Length % 2 != 0)
            throw Broken("a key without a value");
        for (var i = 0; i < items.Length; i += 2)
        {
            dictionary[items[i] as string ?? throw Broken("a dictionary key that is not text")] = items[i + 1];
        }
    }

    private void PushInteger(BigInteger value) => Push(value >= long.MinValue && value <= long.MaxValue ? (long)value : value);

    private void Push(object? value)
    {
        Count(1);
        _stack.Add(value);
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

    private uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private string Text(uint length)
    {
        if (length > _bytes.Length - _at)
            throw Broken("a text longer than the file");
        return Encoding.UTF8.GetString(Take((int)length));
    }

    private string Line()
    {
        var length = _bytes[_at..].IndexOf((byte)'\n');
        if (length < 0)
            throw Broken("a name without an end");
        var line = Encoding.UTF8.GetString(Take(length));
        Take(1);
        return line;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at)
            throw Broken("an end before its end");
        _at += count;
        return _bytes.Slice(_at - count, count);
    }

    private readonly CrossEncoderException Broken(string why) =>
        new($"'{_path}' is not a sound PyTorch checkpoint: its pickle has {Excerpt.Of(why, 200)}. Download or save it again.");
}
