using System.Text.Json;
using CrossEncoders.Files;

namespace CrossEncoders.Onnx;

/// <summary>How an exported file compared with its checkpoint on one kind of processor, kept beside it.</summary>
/// <param name="File">The file, in the model's folder.</param>
/// <param name="Bytes">Its length then: a note on another file does not count.</param>
/// <param name="Instructions">What the processor computes integers with.</param>
/// <param name="NdcgShare">The share of the checkpoint's NDCG@10 that it reached.</param>
/// <param name="Quality">The comparison in one line.</param>
internal sealed record QualityNote(string File, long Bytes, string Instructions, double NdcgShare, string Quality)
{
    /// <summary>Where the notes are, in the model's folder.</summary>
    public const string Place = $"{OnnxFiles.Folder}/{ModelFiles.OnnxQuality}";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The notes in a folder; none where there is no such file.</summary>
    /// <exception cref="CrossEncoderException">The file is damaged.</exception>
    public static IReadOnlyList<QualityNote> In(string folder)
    {
        var path = Path.Combine(folder, Place);
        if (!System.IO.File.Exists(path))
            return [];
        try
        {
            return JsonSerializer.Deserialize<QualityNote[]>(System.IO.File.ReadAllBytes(path), Options) ?? [];
        }
        catch (JsonException error)
        {
            throw new CrossEncoderException($"{path} is damaged ({error.Message}). Remove it, or export the model again.", error);
        }
    }

    /// <summary>The notes in a folder on files that are there as they were compared.</summary>
    /// <exception cref="CrossEncoderException">The file of the notes is damaged.</exception>
    public static IReadOnlyList<QualityNote> Valid(string folder) =>
        [.. In(folder).Where(note => new FileInfo(Path.Combine(folder, note.File)) is { Exists: true } file && file.Length == note.Bytes)];

    /// <summary>Writes the notes of a folder.</summary>
    public static void Write(string folder, IEnumerable<QualityNote> notes) =>
        AtomicFile.Write(Path.Combine(folder, Place), JsonSerializer.Serialize(notes, Options) + "\n");
}
