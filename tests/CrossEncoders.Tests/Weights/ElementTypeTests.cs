using System.Text;
using CrossEncoders.Weights;
using TorchSharp;

namespace CrossEncoders.Tests.Weights;

/// <summary>Each element type: its name, its size, and that not one bit of it changes on the way to a file and back.</summary>
public sealed class ElementTypeTests : IDisposable
{
    private static readonly ulong[] Patterns =
    [
        0,
        1,
        0x8000000000000000, // -0 as a double, the least long
        0x7ff0000000000000, // infinity
        0x7ff8dead00000001, // not a number, with a payload
        0x000fffffffffffff, // the greatest subnormal number
        ulong.MaxValue,
        0x80000000_7fc0beef, // as singles: not a number with a payload, and -0
        0x00000001_ff800000, // as singles: minus infinity, and the least subnormal number
    ];

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, int, torch.ScalarType> Types =>
        new()
        {
            { "F64", 8, torch.ScalarType.Float64 },
            { "F32", 4, torch.ScalarType.Float32 },
            { "F16", 2, torch.ScalarType.Float16 },
            { "BF16", 2, torch.ScalarType.BFloat16 },
            { "I64", 8, torch.ScalarType.Int64 },
            { "I32", 4, torch.ScalarType.Int32 },
            { "I16", 2, torch.ScalarType.Int16 },
            { "I8", 1, torch.ScalarType.Int8 },
            { "U8", 1, torch.ScalarType.Byte },
            { "BOOL", 1, torch.ScalarType.Bool },
        };

    [Theory]
    [MemberData(nameof(Types))]
    public void NameSizeAndTorchTypeBelongTogether(string name, int size, torch.ScalarType dtype)
    {
        var type = ElementTypes.FromSafetensorsName(name);
        Assert.NotNull(type);
        Assert.Equal(name, type.Value.SafetensorsName());
        Assert.Equal(size, type.Value.Size());
        Assert.Equal(dtype, type.Value.ToTorch());
        Assert.Equal(type, ElementTypes.FromTorch(dtype));
        using var one = torch.zeros(1, dtype);
        Assert.Equal(one.element_size(), type.Value.Size());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryBitIsWrittenAndReadAsItIs(string name, int size, torch.ScalarType dtype)
    {
        var raw = Raw(name, size);
        using var tensor = torch.empty([raw.Length / size], dtype);
        raw.CopyTo(tensor.bytes);
        SafetensorsWriter.Write(_folder["a"], [("x", tensor)]);

        var file = File.ReadAllBytes(_folder["a"]);
        var data = 8 + (int)BitConverter.ToInt64(file);
        Assert.Contains($"\"dtype\":\"{name}\"", Encoding.UTF8.GetString(file, 8, data - 8));
        Assert.Equal(raw, file[data..]);
        using var stored = new SafetensorsFile(_folder["a"]);
        using var read = stored.Read("x");
        Assert.Equal(dtype, read.dtype);
        Assert.Equal(raw, read.bytes.ToArray());
    }

    [Theory]
    [InlineData(torch.ScalarType.ComplexFloat32)]
    [InlineData(torch.ScalarType.ComplexFloat64)]
    public void ATypeThatCheckpointsDoNotHoldIsRefusedByName(torch.ScalarType type)
    {
        using var complex = torch.zeros(2, type);
        var error = Assert.Throws<CrossEncoderException>(() => SafetensorsWriter.Write(_folder["a"], [("x", complex)]));
        Assert.Contains($"type {type}", error.Message);
        Assert.Contains("F32, F16, BF16", error.Message);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bool")] // names are told apart by case
    [InlineData("F8_E4M3")]
    [InlineData("U16")]
    [InlineData("0")] // an enumeration's number is no name
    public void OtherNamesStandForNoType(string name) => Assert.Null(ElementTypes.FromSafetensorsName(name));

    private static byte[] Raw(string name, int size) =>
        (name, size) switch
        {
            ("BOOL", _) => [0, 1, 1, 0, 1],
            (_, 1) => [.. Enumerable.Range(0, 256).Select(value => (byte)value)],
            (_, 2) => [.. Enumerable.Range(0, 65536).SelectMany(value => BitConverter.GetBytes((ushort)value))],
            _ => [.. Patterns.SelectMany(BitConverter.GetBytes)],
        };
}
