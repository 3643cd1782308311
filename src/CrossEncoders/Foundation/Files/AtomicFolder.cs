using System.IO.Enumeration;

namespace CrossEncoders.Files;

/// <summary>A folder that appears whole or not at all.</summary>
internal static class AtomicFolder
{
    private static readonly string[] OfModels =
    [
        "config.json",
        "model*.safetensors*",
        "pytorch_model*.bin*",
        "adapter_*",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "sentencepiece.bpe.model",
        "spm.model",
        "vocab.json",
        "merges.txt",
        "vocab.txt",
        "modules.json",
        "config_sentence_transformers.json",
        "sentence_*config.json",
    ];

    /// <summary>
    /// Lets <paramref name="write"/> fill a folder beside the target, which then takes its place. What lay in the target and is no part of a model
    /// (data, logs, checkpoints) stays there.
    /// </summary>
    /// <exception cref="CrossEncoderException">The folder is the current one, or cannot be written; what was there before still is.</exception>
    public static void Write(string folder, Action<string> write)
    {
        var target = Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder));
        if (
            (Environment.CurrentDirectory + Path.DirectorySeparatorChar).StartsWith(
                target + Path.DirectorySeparatorChar,
                StringComparison.Ordinal
            )
        )
            throw new CrossEncoderException(
                $"{target} is the folder this program works in, or holds it, and cannot be replaced by a new one. Name a folder of its own, such as {Path.Combine(target, "model")}."
            );
        var building = $"{target}.saving-{Environment.ProcessId}";
        try
        {
            Directory.CreateDirectory(building);
            write(building);
            if (Directory.Exists(target))
            {
                var old = $"{target}.old-{Environment.ProcessId}";
                Directory.Move(target, old);
                try
                {
                    Directory.Move(building, target);
                }
                catch
                {
                    Directory.Move(old, target);
                    throw;
                }

                KeepOthers(old, target);
                Directory.Delete(old, recursive: true);
            }
            else
            {
                Directory.Move(building, target);
            }
        }
        catch (Exception error)
        {
            if (Directory.Exists(building))
                Directory.Delete(building, recursive: true);
            if (error is IOException or UnauthorizedAccessException)
                throw new CrossEncoderException(
                    $"{target} could not be written: {error.Message} Free some space or choose another folder; nothing was left half-written.",
                    error
                );
            throw;
        }
    }

    private static void KeepOthers(string old, string target)
    {
        foreach (var entry in new DirectoryInfo(old).EnumerateFileSystemInfos().ToList())
        {
            var kept = Path.Combine(target, entry.Name);
            if (Path.Exists(kept))
                continue;
            if (entry is DirectoryInfo folder)
                folder.MoveTo(kept);
            else if (!OfModels.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, entry.Name)))
                ((FileInfo)entry).MoveTo(kept);
        }
    }
}
