using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using CrossEncoders.Files;

namespace CrossEncoders.Runtime;

/// <summary>How a way to compute a model compared with its checkpoint in fp32 on one kind of processor, kept beside it.</summary>
/// <param name="File">The file that was computed from, in the model's folder.</param>
/// <param name="Content">What <see cref="ContentOf"/> gave for it then: a note on another file does not count.</param>
/// <param name="Instructions">What the processor computes integers with.</param>
/// <param name="NdcgShare">The share of the checkpoint's NDCG@10 that it reached.</param>
/// <param name="Quality">The comparison in one line.</param>
internal sealed record QualityNote(string File, string Content, string Instructions, double NdcgShare, string Quality)
{
    /// <summary>The least share of the checkpoint's NDCG@10 that passes, where nothing else is asked for.</summary>
    public const double Gate = 0.995;

    /// <summary>Where the notes on exported files are, in the model's folder.</summary>
    public const string Place = $"onnx/{ModelFiles.OnnxQuality}";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The notes in a folder; none where there is no file of them, or where it cannot be read until one replaces it.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="place">
    /// Where in it: beside exported files, or <see cref="ModelFiles.Int8Quality"/> beside the checkpoint for its products in 8 bits.
    /// </param>
    /// <param name="report">Told of a file that cannot be read.</param>
    public static IReadOnlyList<QualityNote> In(string folder, string place = Place, Action<string>? report = null)
    {
        var path = Path.Combine(folder, place);
        if (!System.IO.File.Exists(path))
            return [];
        try
        {
            var notes = JsonSerializer.Deserialize<QualityNote?[]>(System.IO.File.ReadAllBytes(path), Options) ?? [];
            return [.. notes.OfType<QualityNote>().Where(note => note is { File: not null, Content: not null })];
        }
        catch (Exception error) when (error is JsonException || DiskErrors.Is(error))
        {
            report?.Invoke($"{path} cannot be read ({error.Message}) and does not count. Remove it, or compare again.");
            return [];
        }
    }

    /// <summary>The notes in a folder on files that are there as they were compared.</summary>
    public static IReadOnlyList<QualityNote> Valid(string folder, string place = Place, Action<string>? report = null) =>
        [
            .. In(folder, place, report)
                .Where(note =>
                    Path.Combine(folder, note.File) is var file && System.IO.File.Exists(file) && ContentOf(file) == note.Content
                ),
        ];

    /// <summary>
    /// What the comparison of the checkpoint's products in 8 bits said on a processor like this one; null where there was none.
    /// </summary>
    public static QualityNote? OfProducts(string folder, Action<string>? report) =>
        Valid(folder, ModelFiles.Int8Quality, report).FirstOrDefault(note => note.Instructions == Processor.InstructionSet);

    /// <summary>
    /// Tells a file from others: its length and a hash of parts of it, as the whole of a large one takes long to read. A training
    /// changes some of them, unless it is of very few weights.
    /// </summary>
    public static string ContentOf(string path)
    {
        const int Parts = 16;
        using var file = System.IO.File.OpenHandle(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (length, buffer) = (RandomAccess.GetLength(file), new byte[4096]);
        for (var part = 0; part < Parts; part++)
            hash.AppendData(buffer.AsSpan(0, RandomAccess.Read(file, buffer, Math.Max(0, length - buffer.Length) * part / (Parts - 1))));
        return string.Create(CultureInfo.InvariantCulture, $"{length} bytes, {Convert.ToHexStringLower(hash.GetHashAndReset()[..8])}");
    }

    /// <summary>Writes the notes of a folder.</summary>
    public static void Write(string folder, IEnumerable<QualityNote> notes, string place = Place) =>
        AtomicFile.Write(Path.Combine(folder, place), JsonSerializer.Serialize(notes, Options) + "\n");
}
