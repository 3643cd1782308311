using System.Text.Json;
using CrossEncoders.Files;
using TorchSharp;

namespace CrossEncoders.Weights;

/// <summary>Writes tensors to a safetensors file.</summary>
public static class SafetensorsWriter
{
    private static readonly Dictionary<string, string> PyTorch = new() { ["format"] = "pt" };

    /// <summary>
    /// Writes a file whole or not at all: the bytes go to a temporary file, which then takes the place of <paramref name="path"/>.
    /// </summary>
    /// <param name="path">The file; replaced where it exists.</param>
    /// <param name="tensors">Names and tensors of any device and layout; each is written in its own type, one at a time.</param>
    /// <param name="metadata">Free texts for the header; null for <c>{"format": "pt"}</c>, which transformers demands.</param>
    /// <exception cref="CrossEncoderException">A name comes twice, a type cannot be stored, or the file cannot be written.</exception>
    public static void Write(
        string path,
        IEnumerable<(string Name, torch.Tensor Tensor)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        // The order of the safetensors library: the widest type first, so that every tensor is aligned to its element size.
        var ordered = tensors
            .Select(each => (each.Name, each.Tensor, Type: ElementTypes.FromTorch(each.Tensor.dtype)))
            .OrderByDescending(each => each.Type.Size())
            .ThenBy(each => each.Name, StringComparer.Ordinal)
            .ToList();
        var header = Header(ordered, metadata ?? PyTorch, out var dataLength);
        var length = 8 + header.Length + dataLength;
        try
        {
            AtomicFile.Replace(
                path,
                file =>
                {
                    file.Write(
                        BitConverter.IsLittleEndian
                            ? BitConverter.GetBytes((long)header.Length)
                            : throw new PlatformNotSupportedException(
                                "Tensors are written as they lie in memory, which must be little-endian."
                            )
                    );
                    file.Write(header);
                    foreach (var (_, tensor, _) in ordered)
                        WriteData(file, tensor);
                },
                length
            );
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"Cannot write '{path}' ({length} bytes): {error.Message} {DiskErrors.Remedy(error)} What was there before is untouched.",
                error
            );
        }
    }

    private static byte[] Header(
        List<(string Name, torch.Tensor Tensor, ElementType Type)> tensors,
        IReadOnlyDictionary<string, string> metadata,
        out long at
    )
    {
        at = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
            foreach (var (name, tensor, type) in tensors)
            {
                if (name == "__metadata__" || !names.Add(name))
                    throw new CrossEncoderException(
                        $"The tensor name '{name}' is reserved or given twice. Every tensor needs its own name."
                    );
                var end = at + tensor.numel() * type.Size();
                json.WriteStartObject(name);
                json.WriteString("dtype", type.SafetensorsName());
                WriteNumbers(json, "shape", tensor.shape);
                WriteNumbers(json, "data_offsets", [at, end]);
                json.WriteEndObject();
                at = end;
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' '); // the data starts aligned
        return buffer.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, long[] numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static void WriteData(Stream file, torch.Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        TensorMemory.Visit(tensor.detach().cpu().contiguous(), (memory, _) => file.Write(memory));
    }
}
