using CrossEncoders.Files;

namespace CrossEncoders.Tokenization;

/// <summary>The files in a folder that make up its tokenizer.</summary>
internal sealed class TokenizerFiles(string folder)
{
    private readonly string _folder = Path.GetFullPath(folder);

    /// <summary>The names of those that exist.</summary>
    public IReadOnlyList<string> Names { get; } = [.. ModelFiles.Tokenizer.Where(name => File.Exists(Path.Combine(folder, name)))];

    /// <summary>The full path of a file.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Copies the files: first all under temporary names, then each to its own name.</summary>
    public void CopyTo(string target)
    {
        target = Path.GetFullPath(target);
        if (target == _folder)
            return;
        var copies = new List<(string Temporary, string Final)>();
        try
        {
            Directory.CreateDirectory(target);
            foreach (var name in Names)
            {
                var final = Path.Combine(target, name);
                copies.Add((AtomicFile.Temporary(final), final));
                File.Copy(PathOf(name), copies[^1].Temporary);
                File.SetAttributes(copies[^1].Temporary, FileAttributes.Normal);
            }

            foreach (var (temporary, final) in copies)
                File.Move(temporary, final, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CrossEncoderException(
                $"The tokenizer's files could not be copied from {_folder} to {target}: {error.Message}",
                error
            );
        }
        finally
        {
            foreach (var (temporary, _) in copies)
                File.Delete(temporary);
        }
    }
}
