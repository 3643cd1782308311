using System.Formats.Tar;
using System.IO.Compression;

namespace CrossEncoders.Tests;

/// <summary>
/// Outputs of the Python reference (transformers, tokenizers, sentence-transformers, trec_eval) in <c>golden.tar.br</c>, unpacked once
/// beside the tests. The command <c>golden</c> of CrossEncoders.Benchmarks makes the archive.
/// </summary>
internal static class GoldenFiles
{
    private static readonly Lazy<string> Unpacked = new(Unpack);

    /// <summary>The full path of a file or folder of the archive; null where it has none of that name.</summary>
    public static string? Find(string relative)
    {
        var path = Path.Combine(Unpacked.Value, relative);
        return File.Exists(path) || Directory.Exists(path) ? path : null;
    }

    private static string Unpack()
    {
        var archive = Path.Combine(AppContext.BaseDirectory, "golden.tar.br");
        var folder = Path.Combine(AppContext.BaseDirectory, $"golden-{new FileInfo(archive).LastWriteTimeUtc.Ticks}");
        if (Directory.Exists(folder))
            return folder;
        var building = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(building);
        using (var packed = new BrotliStream(File.OpenRead(archive), CompressionMode.Decompress))
            TarFile.ExtractToDirectory(packed, building, overwriteFiles: false);
        foreach (var weights in (string[])["*.safetensors", "*.bin"])
        foreach (var path in Directory.EnumerateFiles(building, weights, SearchOption.AllDirectories))
            File.WriteAllBytes(path, OutOfPlanes(File.ReadAllBytes(path)));
        try
        {
            Directory.Move(building, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(building, recursive: true); // another process was faster
        }

        return folder;
    }

    /// <summary>Weights are packed with every fourth byte first, then those after them, and so on.</summary>
    private static byte[] OutOfPlanes(byte[] planes)
    {
        var (bytes, next) = (new byte[planes.Length], 0);
        for (var plane = 0; plane < 4; plane++)
        for (var i = plane; i < bytes.Length; i += 4)
            bytes[i] = planes[next++];
        return bytes;
    }
}
