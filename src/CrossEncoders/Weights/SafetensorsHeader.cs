using System.Text;
using System.Text.Json;
using CrossEncoders.Files;

namespace CrossEncoders.Weights;

/// <summary>The parsed header of a safetensors file: what is stored, and where.</summary>
/// <remarks>
/// Format: https://github.com/huggingface/safetensors. Stricter than needed to read, since a header that lies points at a broken file:
/// the stretches of the tensors must follow one another without gap or overlap and end where the file ends.
/// </remarks>
internal sealed class SafetensorsHeader
{
    private const int LongestHeader = 100_000_000; // bytes; the limit of the safetensors library
    private const int MostDimensions = 64; // torch's own limit

    private readonly MappedFile _file;

    private SafetensorsHeader(MappedFile file) => _file = file;

    /// <summary>A tensor's description and its first and last byte (exclusive), counted from the start of the data.</summary>
    public readonly record struct Entry(TensorInfo Info, long Begin, long End);

    /// <summary>Every tensor by name, in the order of the header.</summary>
    public Dictionary<string, Entry> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>The free texts under <c>__metadata__</c>.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Where the data starts in the file, in bytes.</summary>
    public long DataStart { get; private set; }

    /// <summary>Reads and checks the header of a file.</summary>
    /// <exception cref="CrossEncoderException">The file is not a sound safetensors file.</exception>
    public static SafetensorsHeader Read(MappedFile file)
    {
        var header = new SafetensorsHeader(file);
        if (file.Length < 8)
            throw header.Broken($"it has {file.Length} bytes, too few for the 8-byte header length");
        var length = file.Read(0, 8, System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian);
        if (length > LongestHeader)
            throw header.Broken($"its header claims {length} bytes; {LongestHeader} are allowed");
        if ((long)length > file.Length - 8)
            throw header.Broken($"its header claims {length} bytes, but the file has {file.Length}");
        header.DataStart = 8 + (long)length;
        try
        {
            file.Read(8, (int)length, json => header.Parse(json));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            // Utf8JsonReader throws InvalidOperationException for text that is not valid UTF-8 or UTF-16.
            throw new CrossEncoderException(header.Broken($"its header is not valid JSON ({error.Message})").Message, error);
        }

        header.CheckCoverage();
        return header;
    }

    private bool Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        Expect(ref reader, JsonTokenType.StartObject, "the header");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (name == "__metadata__")
                ParseMetadata(ref reader);
            else if (!Entries.TryAdd(name, ParseEntry(ref reader, name)))
                throw Broken($"its header names the tensor '{name}' twice");
        }

        while (reader.Read()) { } // throws on anything but white space after the closing brace
        return true;
    }

    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        if (Metadata.Count > 0)
            throw Broken("its header has '__metadata__' twice");
        Expect(ref reader, JsonTokenType.StartObject, "__metadata__");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, $"__metadata__.{key}");
            if (!Metadata.TryAdd(key, reader.GetString()!))
                throw Broken($"its metadata has the key '{key}' twice");
        }
    }

    private Entry ParseEntry(ref Utf8JsonReader reader, string name)
    {
        ElementType? type = null;
        List<long>? shape = null,
            offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, name);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString();
            if (field == "dtype" && type is null)
            {
                Expect(ref reader, JsonTokenType.String, $"{name}.dtype");
                var stored = reader.GetString()!;
                type = ElementTypes.FromSafetensorsName(stored)
                    ?? throw Broken($"the tensor '{name}' has the dtype '{stored}'; supported are {ElementTypes.Known}");
            }
            else if (field == "shape" && shape is null)
                shape = ParseNumbers(ref reader, $"{name}.shape", MostDimensions);
            else if (field == "data_offsets" && offsets is null)
                offsets = ParseNumbers(ref reader, $"{name}.data_offsets", 2);
            else
                throw Broken($"the tensor '{name}' has the field '{field}', unknown or given twice");
        }

        if (type is null || shape is null || offsets is not { Count: 2 })
            throw Broken($"the tensor '{name}' lacks its dtype, shape or two data_offsets");
        var (begin, end) = (offsets[0], offsets[1]);
        var bytes = TensorMemory.Elements(shape) * type.Value.Size();
        if (end - begin != bytes)
            throw Broken(
                $"the tensor '{name}' of shape ({string.Join(", ", shape)}) and type {type} has the offsets {begin} to {end}, which "
                    + "do not fit"
            );
        return new(new TensorInfo(name, type.Value, shape), begin, end);
    }

    private List<long> ParseNumbers(ref Utf8JsonReader reader, string what, int most)
    {
        Expect(ref reader, JsonTokenType.StartArray, what);
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (!reader.TryGetInt64(out var number) || number < 0)
                throw Broken($"{what} holds a number that is negative, broken or too large");
            if (numbers.Count == most)
                throw Broken($"{what} holds more than {most} numbers");
            numbers.Add(number);
        }

        if (reader.TokenType != JsonTokenType.EndArray)
            throw Broken($"{what} holds a {reader.TokenType} where a number was expected");
        return numbers;
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType expected, string what)
    {
        if (!reader.Read() || reader.TokenType != expected)
            throw Broken($"{what} is a {reader.TokenType} where a {expected} was expected");
    }

    private void CheckCoverage()
    {
        var at = 0L;
        foreach (var entry in Entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != at)
                throw Broken($"the data of '{entry.Info.Name}' starts at {entry.Begin} where {at} was expected: a gap or an overlap");
            at = entry.End;
        }

        if (at != _file.Length - DataStart)
            throw Broken($"its tensors take {at} bytes, but {_file.Length - DataStart} follow the header");
    }

    private CrossEncoderException Broken(string why) =>
        new($"'{_file.FilePath}' is not a sound safetensors file: {why}. Download or save it again.");
}
