using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace NotebookRunner.Notebooks;

/// <summary>A file's content and when it was written.</summary>
internal sealed record InputFile(string Hash, DateTime Written);

/// <summary>
/// The files that a notebook's cells name: each text in a cell that is the path of a file or folder. Their contents are compared by hash,
/// and a file that has not been written since it was last read is not read again.
/// </summary>
/// <param name="ignored">Files and folders that are no input: what the run itself writes.</param>
internal sealed class InputFiles(IReadOnlyList<string> ignored)
{
    /// <summary>With more files than this, a folder is not compared: reading it would take longer than running.</summary>
    private const int MostFiles = 50_000;

    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    private readonly Dictionary<string, (long Length, DateTime Written, string Hash)> _hashes = new(StringComparer.Ordinal);

    /// <summary>Every file that is there now; null where there are too many.</summary>
    public Dictionary<string, InputFile>? Take(Notebook notebook)
    {
        var files = new Dictionary<string, InputFile>(StringComparer.Ordinal);
        foreach (var path in Named(notebook))
        {
            foreach (var file in Files(path).Where(file => !IsIgnored(file)))
            {
                files[file] = new(Hash(file), File.GetLastWriteTimeUtc(file));
                if (files.Count > MostFiles)
                    return null;
            }
        }
        return files;
    }

    /// <summary>One hash of a file, or of all files of a folder with their paths; null where there are too many.</summary>
    public string? HashOfAll(string path)
    {
        if (File.Exists(path))
            return Hash(path);
        var files = Files(path).Where(file => !IsIgnored(file)).Take(MostFiles + 1).Order(StringComparer.Ordinal).ToList();
        return files.Count > MostFiles
            ? null
            : Hashed(string.Concat(files.Select(file => $"{Path.GetRelativePath(path, file).Replace('\\', '/')}\n{Hash(file)}\n")));
    }

    /// <summary>The hash of a text.</summary>
    public static string Hashed(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The paths of files and folders that the cells name, without those that hold the notebook itself.</summary>
    public static IReadOnlyList<string> Named(Notebook notebook) =>
        [
            .. notebook
                .Cells.Where(cell => cell.IsExecutable && !cell.IsSkipped)
                .SelectMany(cell => Texts(cell.Source))
                .Select(text => Located(text, notebook.Folder))
                .OfType<string>()
                .Where(path => Path.Exists(path) && !IsWithin(notebook.Folder, path))
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>Whether a file or folder is the other or lies in it.</summary>
    public static bool IsWithin(string path, string folder) =>
        path.Equals(folder, StringComparison.Ordinal)
        || path.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>A file's hash, or that it cannot be read.</summary>
    public string Hash(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (_hashes.TryGetValue(file, out var known) && (known.Length, known.Written) == (info.Length, info.LastWriteTimeUtc))
                return known.Hash;
            using var stream = File.OpenRead(file);
            var hash = Convert.ToHexStringLower(SHA256.HashData(stream));
            _hashes[file] = (info.Length, info.LastWriteTimeUtc, hash);
            return hash;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "unreadable";
        }
    }

    private bool IsIgnored(string file) => ignored.Any(other => IsWithin(file, other));

    private static IEnumerable<string> Files(string path) => File.Exists(path) ? [path] : Directory.EnumerateFiles(path, "*", Everything);

    private static IEnumerable<string> Texts(string source) =>
        CSharpSyntaxTree
            .ParseText(source, new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script))
            .GetRoot()
            .DescendantTokens()
            .Select(token => token.Value)
            .OfType<string>();

    /// <summary>A text as a full path; null where it cannot be one, or is one of the system's own files, which have no end.</summary>
    private static string? Located(string text, string folder)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > 1024 || text.AsSpan().ContainsAny('\0', '\n'))
            return null;
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(text, folder));
        return new[] { "/proc", "/sys", "/dev" }.Any(system => IsWithin(path, system)) ? null : path;
    }
}
