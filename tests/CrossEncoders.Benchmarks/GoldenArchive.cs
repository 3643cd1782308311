using System.Formats.Tar;
using System.IO.Compression;

namespace CrossEncoders.Benchmarks;

/// <summary>Packs the Python reference's outputs that the tests compare with into one small file, so that a plain clone has them.</summary>
internal static class GoldenArchive
{
    /// <summary>What the tests read of <c>golden/</c>, folders and files.</summary>
    private static readonly string[] Wanted =
    [
        "classification",
        "e5",
        "late-interaction",
        "losses",
        "models",
        "modules/bert-mean-head-3-labels",
        "modules/bert-prompts",
        "modules/biencoder-cls",
        "modules/qwen2-logits/config.json",
        "modules/qwen3-logits",
        "modules/qwen3-sequence-classification/config.json",
        "mseeval",
        "ranking",
        "tokenization",
        "tokenizers",
        "training",
    ];

    /// <summary>What they read of what the scripts of <c>tests/python</c> made.</summary>
    private static readonly string[] WantedOfMade =
    [
        "evaluations",
        "multi-vector/pylate-plain",
        "multi-vector/st-fixed",
        "multi-vector/st-two-dense",
        "multi-vector/stanford",
        "relatives/embedder/qwen3-chat",
    ];

    /// <summary>What would make the archive much larger for a test or two.</summary>
    private static readonly string[] TooLarge = ["xlm-roberta-250k", "bert.f16.safetensors", "bert.bf16.safetensors"];

    public static int Run(string[] arguments)
    {
        var given = new Options(arguments);
        var golden = Path.Combine(given.Text("shared"), "golden");
        var (made, output) = (given.Text("made"), given.Text("output"));
        using var whole = new MemoryStream();
        using (var archive = new TarWriter(whole, TarEntryFormat.Ustar, leaveOpen: true))
        {
            var files = Wanted.SelectMany(folder => Files(golden, folder)).Concat(WantedOfMade.SelectMany(folder => Files(made, folder)));
            foreach (var (root, path) in files)
            {
                var bytes = File.ReadAllBytes(path);
                using var content = new MemoryStream(path.EndsWith(".safetensors") || path.EndsWith(".bin") ? InPlanes(bytes) : bytes);
                var name = Path.GetRelativePath(root, path).Replace('\\', '/');
                var entry = new UstarTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = content,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                };
                archive.WriteEntry(entry);
            }
        }

        // The largest window: most of the saving is that the same tokenizers and weights stand in many folders.
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength((int)whole.Length)];
        BrotliEncoder.TryCompress(whole.GetBuffer().AsSpan(0, (int)whole.Length), packed, out var length, quality: 11, window: 24);
        File.WriteAllBytes(output, packed[..length]);
        Console.WriteLine($"{output}: {new FileInfo(output).Length:N0} bytes");
        return 0;
    }

    /// <summary>
    /// Every fourth byte, then those after them, and so on: signs and exponents of fp32 stand together and take less room. The tests put
    /// them back.
    /// </summary>
    private static byte[] InPlanes(byte[] bytes) => [.. Enumerable.Range(0, 4).SelectMany(plane => bytes.Where((_, i) => i % 4 == plane))];

    private static IEnumerable<(string Root, string Path)> Files(string root, string wanted) =>
        Path.Combine(root, wanted) is var path && File.Exists(path)
            ? [(root, path)]
            : Directory
                .EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(file => !TooLarge.Any(part => file.Contains(part, StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal)
                .Select(file => (root, file));
}
