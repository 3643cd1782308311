using System.Globalization;
using System.Numerics;
using System.Text;
using CrossEncoders.Weights;

namespace CrossEncoders.Tests.Weights;

/// <summary>Pickles by hand, a character a byte: each opcode that is read, and what is refused.</summary>
public sealed class RestrictedUnpicklerTests
{
    [Theory]
    [InlineData("N.", "None")]
    [InlineData("\u0088.", "True")]
    [InlineData("\u0089.", "False")]
    [InlineData("J\u00fe\u00ff\u00ff\u00ff.", "-2")]
    [InlineData("K\u00ff.", "255")]
    [InlineData("M\u0001\u00ff.", "65281")]
    [InlineData("\u008a\u0000.", "0")] // a long of no bytes
    [InlineData("\u008a\u0001\u00ff.", "-1")]
    [InlineData("\u008a\u0002\u00ff\u0000.", "255")]
    [InlineData("\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f.", "9223372036854775807")]
    [InlineData("\u008a\u0009\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0080\u0000.", "9223372036854775808n")]
    [InlineData("G\u003f\u00f8\u0000\u0000\u0000\u0000\u0000\u0000.", "1.5")] // big-endian, unlike whole numbers
    [InlineData("U\u0002hi.", "'hi'")]
    [InlineData("T\u0002\u0000\u0000\u0000hi.", "'hi'")]
    [InlineData("\u008c\u0002\u00c3\u00a9.", "'é'")]
    [InlineData("X\u0000\u0000\u0000\u0000.", "''")]
    public void ConstantsAreRead(string pickle, string value) => Assert.Equal(value, Describe(Load(pickle).Value));

    [Theory]
    [InlineData(").", "()")]
    [InlineData("(t.", "()")]
    [InlineData("(K\u0001K\u0002t.", "(1, 2)")]
    [InlineData("K\u0001\u0085.", "(1)")]
    [InlineData("K\u0001K\u0002\u0086.", "(1, 2)")]
    [InlineData("K\u0001K\u0002K\u0003\u0087.", "(1, 2, 3)")]
    [InlineData("((K\u0001tK\u0002t.", "((1), 2)")]
    [InlineData("].", "[]")]
    [InlineData("]K\u0001aK\u0002a.", "[1, 2]")]
    [InlineData("](K\u0001K\u0002e.", "[1, 2]")]
    [InlineData("](e.", "[]")]
    [InlineData("}.", "{}")]
    [InlineData("}U\u0001aK\u0001s.", "{a: 1}")]
    [InlineData("}(U\u0001aK\u0001U\u0001bNu.", "{a: 1, b: None}")]
    [InlineData("}U\u0001aK\u0001sU\u0001aK\u0002s.", "{a: 2}")] // the last of two values, as in Python
    [InlineData("ccollections\nOrderedDict\n)RU\u0001aK\u0001s.", "{a: 1}")]
    [InlineData("\u008c\u000bcollections\u008c\u000bOrderedDict\u0093)R.", "{}")]
    [InlineData("}}U\u0009_metadata}sb.", "{}")] // a state dict's own attributes are passed over
    [InlineData("K\u0001K\u0002.", "2")] // the top is the value
    public void CollectionsAreBuilt(string pickle, string value) => Assert.Equal(value, Describe(Load(pickle).Value));

    [Theory]
    [InlineData("U\u0001aq\u0000h\u0000\u0086.", "('a', 'a')")]
    [InlineData("U\u0001ar\u0000\u0001\u0000\u0000j\u0000\u0001\u0000\u0000\u0086.", "('a', 'a')")]
    [InlineData("K\u0007q\u0005j\u0005\u0000\u0000\u0000\u0086.", "(7, 7)")] // short and long forms share one memory
    [InlineData("K\u0007\u0094K\u0008\u0094h\u0000h\u0001\u0086.", "(7, 8)")] // protocol 4 numbers them by itself
    [InlineData("K\u0001q\u0000K\u0002q\u0000h\u0000\u0087.", "(1, 2, 2)")] // a later value replaces an earlier one
    [InlineData("]q\u0000K\u0001ah\u0000\u0086.", "([1], [1])")] // the list itself, not what it was
    public void KeptValuesComeBack(string pickle, string value) => Assert.Equal(value, Describe(Load(pickle).Value));

    [Theory]
    [InlineData("\u0080\u0002")]
    [InlineData("\u0080\u0003")]
    [InlineData("\u0080\u0004\u0095\u0002\u0000\u0000\u0000\u0000\u0000\u0000\u0000")]
    public void ProtocolsAndFramesArePassedOverAndWhatFollowsIsLeft(string start)
    {
        var (value, length) = Load(start + "K\u0007.K\u0008.");
        Assert.Equal(7L, value);
        Assert.Equal(start.Length + 3, length);
    }

    [Theory]
    [InlineData("", "fewer bytes than its last opcode needs")]
    [InlineData("N", "fewer bytes than its last opcode needs")]
    [InlineData("J\u0000\u0000.", "fewer bytes than its last opcode needs")]
    [InlineData("\u008a\u0005\u0000.", "fewer bytes than its last opcode needs")]
    [InlineData("U\u0009hi.", "a text longer than the file")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ffhi.", "a text longer than the file")]
    [InlineData("ccollections", "a name without an end")]
    [InlineData("ccollections\nOrderedDict", "a name without an end")]
    [InlineData(".", "an opcode whose operands are missing")]
    [InlineData("K\u0001\u0086.", "an opcode whose operands are missing")]
    [InlineData("K\u0001(\u0085.", "an opcode whose operands are missing")] // nothing is taken from below a mark
    [InlineData("q\u0000.", "an opcode whose operand is missing")]
    [InlineData("K\u0001(q\u0000.", "an opcode whose operand is missing")]
    [InlineData("t.", "an opcode whose mark is missing")]
    [InlineData("h\u0007.", "a reference to a value 7 that was never kept")]
    [InlineData("}K\u0001a.", "an item appended to something other than a list")]
    [InlineData("](U\u0001aK\u0001u.", "an item set in something other than a dictionary")]
    [InlineData("}(U\u0001au.", "a key without a value")]
    [InlineData("}K\u0001K\u0001s.", "a dictionary key that is not text")]
    [InlineData("]}b.", "attributes set on something other than a dictionary")]
    [InlineData("K\u0001U\u0001a\u0093.", "a class without a name")]
    [InlineData("K\u0001)R.", "a call with unexpected arguments")]
    [InlineData("ccollections\nOrderedDict\n(K\u0001tR.", "a call with unexpected arguments")]
    [InlineData("ctorch\nFloatStorage\n)R.", "a call with unexpected arguments")]
    [InlineData("NQ.", "a reference that is not to a whole storage")]
    public void ABrokenPickleIsToldByWhatItHas(string pickle, string complaint)
    {
        var message = Assert.Throws<CrossEncoderException>(() => Load(pickle)).Message;
        Assert.Equal($"'a.bin' is not a sound PyTorch checkpoint: its pickle has {complaint}. Download or save it again.", message);
    }

    [Theory]
    [InlineData("0")] // POP
    [InlineData("2")] // DUP
    [InlineData("I1\n")] // INT
    [InlineData("S'a'\n")] // STRING
    [InlineData("P1\n")] // PERSID
    [InlineData("i")] // INST
    [InlineData("o")] // OBJ
    [InlineData("\u0081")] // NEWOBJ
    [InlineData("\u0082\u0001")] // EXT1
    [InlineData("\u0092")] // NEWOBJ_EX
    [InlineData("\u0097")] // NEXT_BUFFER
    public void OpcodesThatStateDictsDoNotUseAreRefused(string opcode)
    {
        var message = Assert.Throws<CrossEncoderException>(() => Load($"NN{opcode}.")).Message;
        Assert.Contains($"the opcode 0x{(int)opcode[0]:x2} at byte 2, which state dicts do not use", message);
    }

    [Theory]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("collections", "defaultdict")]
    [InlineData("torch", "UntypedStorage")]
    [InlineData("torch._utils", "_rebuild_tensor_v3")]
    [InlineData("numpy.core.multiarray", "_reconstruct")]
    [InlineData("Torch", "FloatStorage")]
    [InlineData("", "")]
    public void OtherClassesAreRefusedByNameBeforeTheyAreCalled(string module, string name)
    {
        foreach (
            var pickle in (string[])[$"c{module}\n{name}\n", $"\u008c{(char)module.Length}{module}\u008c{(char)name.Length}{name}\u0093"]
        )
            Assert.Contains($"asks to run '{module}.{name}'", Assert.Throws<CrossEncoderException>(() => Load(pickle)).Message);
    }

    private static (object? Value, int Length) Load(string pickle) => RestrictedUnpickler.Load(Encoding.Latin1.GetBytes(pickle), "a.bin");

    private static string Describe(object? value) =>
        value switch
        {
            null => "None",
            string text => $"'{text}'",
            BigInteger number => $"{number}n",
            object?[] tuple => $"({string.Join(", ", tuple.Select(Describe))})",
            List<object?> list => $"[{string.Join(", ", list.Select(Describe))}]",
            Dictionary<string, object?> map => $"{{{string.Join(", ", map.Select(entry => $"{entry.Key}: {Describe(entry.Value)}"))}}}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        };
}
