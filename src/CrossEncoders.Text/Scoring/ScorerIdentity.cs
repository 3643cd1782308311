using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrossEncoders.Files;

namespace CrossEncoders.Scoring;

/// <summary>What has to be the same for two processes to give the same scores.</summary>
/// <param name="Name">The scorer's name.</param>
/// <param name="Fingerprint">A hash of the model.</param>
/// <param name="Settings">All else that the scores depend on, by name.</param>
/// <param name="Machine">What it runs on: another may give other last digits, which is reported and not refused.</param>
public sealed record ScorerIdentity(string Name, string Fingerprint, IReadOnlyDictionary<string, string> Settings, string Machine)
{
    /// <summary>What the scores of every engine depend on.</summary>
    internal static SortedDictionary<string, string> SettingsOf(
        int batch,
        int tokens,
        int maxLength,
        string prompt,
        LongDocuments? documents
    ) =>
        new(StringComparer.Ordinal)
        {
            ["kit"] = typeof(ScorerIdentity).Assembly.GetName().Version!.ToString(3),
            ["batch"] = batch.ToString(CultureInfo.InvariantCulture),
            ["tokens"] = tokens.ToString(CultureInfo.InvariantCulture),
            ["length"] = maxLength.ToString(CultureInfo.InvariantCulture),
            ["prompt"] = prompt,
            ["windows"] = $"{documents}",
        };

    /// <summary>A hash of the files of a model, and of those of an adapter on it.</summary>
    /// <param name="folders">Their folders.</param>
    /// <param name="others">Files in them that count besides those of a model in Hugging Face layout, such as "onnx/model.onnx".</param>
    internal static string FingerprintOf(IEnumerable<string> folders, params string[] others)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        foreach (var folder in folders)
        {
            string[] all =
            [
                .. Directory
                    .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                    .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')),
            ];
            foreach (var name in ModelFiles.Select(all, null).Files.Concat(others).Distinct().Order(StringComparer.Ordinal))
            {
                using var file = File.OpenRead(Path.Combine(folder, name));
                hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\0{file.Length}\0")));
                for (int read; (read = file.Read(buffer)) > 0; )
                    hash.AppendData(buffer, 0, read);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
