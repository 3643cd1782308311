using TorchSharp;

namespace CrossEncoders.Weights;

/// <summary>How one element of a stored tensor is written; the names are those of the safetensors format.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 single precision, 4 bytes.</summary>
    F32,

    /// <summary>IEEE 754 half precision, 2 bytes.</summary>
    F16,

    /// <summary>bfloat16, 2 bytes.</summary>
    BF16,

    /// <summary>IEEE 754 double precision, 8 bytes.</summary>
    F64,

    /// <summary>Signed integer, 8 bytes.</summary>
    I64,

    /// <summary>Signed integer, 4 bytes.</summary>
    I32,

    /// <summary>Signed integer, 2 bytes.</summary>
    I16,

    /// <summary>Signed integer, 1 byte.</summary>
    I8,

    /// <summary>Unsigned integer, 1 byte.</summary>
    U8,

    /// <summary>True (1) or false (0), 1 byte.</summary>
    Bool,
}

/// <summary>Sizes of element types, and their counterparts in torch and in safetensors headers.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes one element takes.</summary>
    public static int Size(this ElementType type) =>
        type switch
        {
            ElementType.F64 or ElementType.I64 => 8,
            ElementType.F32 or ElementType.I32 => 4,
            ElementType.F16 or ElementType.BF16 or ElementType.I16 => 2,
            _ => 1,
        };

    /// <summary>The torch dtype with the same layout.</summary>
    public static torch.ScalarType ToTorch(this ElementType type) =>
        type switch
        {
            ElementType.F32 => torch.ScalarType.Float32,
            ElementType.F16 => torch.ScalarType.Float16,
            ElementType.BF16 => torch.ScalarType.BFloat16,
            ElementType.F64 => torch.ScalarType.Float64,
            ElementType.I64 => torch.ScalarType.Int64,
            ElementType.I32 => torch.ScalarType.Int32,
            ElementType.I16 => torch.ScalarType.Int16,
            ElementType.I8 => torch.ScalarType.Int8,
            ElementType.U8 => torch.ScalarType.Byte,
            ElementType.Bool => torch.ScalarType.Bool,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };

    /// <summary>The element type of a torch dtype.</summary>
    /// <exception cref="CrossEncoderException">A dtype that checkpoints do not hold, such as a complex one.</exception>
    public static ElementType FromTorch(torch.ScalarType type) =>
        type switch
        {
            torch.ScalarType.Float32 => ElementType.F32,
            torch.ScalarType.Float16 => ElementType.F16,
            torch.ScalarType.BFloat16 => ElementType.BF16,
            torch.ScalarType.Float64 => ElementType.F64,
            torch.ScalarType.Int64 => ElementType.I64,
            torch.ScalarType.Int32 => ElementType.I32,
            torch.ScalarType.Int16 => ElementType.I16,
            torch.ScalarType.Int8 => ElementType.I8,
            torch.ScalarType.Byte => ElementType.U8,
            torch.ScalarType.Bool => ElementType.Bool,
            _ => throw new CrossEncoderException($"A tensor of type {type} cannot be stored. Convert it to one of {Known} first."),
        };

    internal static string Known { get; } = string.Join(", ", Enum.GetValues<ElementType>().Select(SafetensorsName));

    internal static string SafetensorsName(this ElementType type) => type.ToString().ToUpperInvariant();

    internal static ElementType? FromSafetensorsName(string name)
    {
        foreach (var type in Enum.GetValues<ElementType>())
        {
            if (type.SafetensorsName() == name)
                return type;
        }

        return null;
    }
}
