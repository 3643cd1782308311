using CrossEncoders.Texts;
using Microsoft.Extensions.FileSystemGlobbing;

namespace CrossEncoders.Documents;

/// <summary>A file of a folder.</summary>
/// <param name="Id">Its path in the folder, with '/'.</param>
/// <param name="Path">Its full path.</param>
/// <param name="Problem">Why it cannot be read; null where nothing is known against it.</param>
/// <param name="IsFolder">Whether it is a folder, of whose files nothing is known.</param>
internal sealed record FolderFile(string Id, string Path, string? Problem, bool IsFolder = false);

/// <summary>Lists the files of a folder that are to be read. Hidden ones are passed over, links are not followed.</summary>
internal static class FolderFiles
{
    /// <summary>The files with wanted names, in ordinal order of their ids.</summary>
    public static IEnumerable<FolderFile> Of(string root, DocumentOptions options, IReadOnlyCollection<string> extensions)
    {
        var files = Below(root, extensions).Where(Matches(options)).OrderBy(file => file.Id, StringComparer.Ordinal);
        string? last = null;
        foreach (var file in files)
        {
            yield return file.Id == last
                ? file with
                {
                    Problem = "another file's name differs from its name only in how accents are encoded; rename one of them",
                }
                : file;
            last = file.Id;
        }
    }

    private static Func<FolderFile, bool> Matches(DocumentOptions options)
    {
        if (options.Include is null && options.Exclude.Count == 0)
            return _ => true;
        string[] include = [.. (options.Include ?? ["**/*"]).Select(CanonicalNormalization.Compose)];
        string[] exclude = [.. options.Exclude.Select(CanonicalNormalization.Compose)];
        var files = MatcherOf(include, exclude);
        var folders = MatcherOf(include.SelectMany(FoldersOf), []);
        // A folder is left out with all that it could hold, whatever its name and depth.
        var rest = MatcherOf(["**/*"], exclude);
        return file =>
            file.IsFolder
                ? file.Id.Length == 0 || (folders.Match(file.Id).HasMatches && rest.Match(file.Id + "/?/?").HasMatches)
                : files.Match(file.Id).HasMatches;
    }

    private static Matcher MatcherOf(IEnumerable<string> include, IEnumerable<string> exclude)
    {
        var matcher = new Matcher(StringComparison.OrdinalIgnoreCase);
        matcher.AddIncludePatterns(include);
        matcher.AddExcludePatterns(exclude);
        return matcher;
    }

    /// <summary>Patterns of the folders on the way to the files of a pattern: a/*/c.md has a and a/*, a/**/c.md has a and a/**.</summary>
    private static IEnumerable<string> FoldersOf(string pattern)
    {
        var steps = pattern.Replace('\\', '/').Split('/').SkipWhile(step => step is "" or ".").ToList();
        for (var i = 0; i < steps.Count; i++)
        {
            if (i + 1 < steps.Count || steps[i] == "**")
                yield return string.Join('/', steps.Take(i + 1));
            if (steps[i] == "**")
                break;
        }
    }

    private static List<FolderFile> Below(string root, IReadOnlyCollection<string> extensions)
    {
        var files = new List<FolderFile>();
        var open = new Stack<(string Folder, string Prefix)>();
        open.Push((root, ""));
        while (open.TryPop(out var next))
        {
            try
            {
                foreach (var entry in new DirectoryInfo(next.Folder).EnumerateFileSystemInfos())
                    Add(entry, next.Prefix, extensions, files, open);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // .NET calls a path empty when it is longer than the system's limit.
                var reason = error is ArgumentException ? "its path is longer than the system allows" : error.Message.TrimEnd('.');
                files.Add(new(next.Prefix.TrimEnd('/'), next.Folder, $"the folder cannot be listed ({reason})", IsFolder: true));
            }
        }
        return files;
    }

    private static void Add(
        FileSystemInfo entry,
        string prefix,
        IReadOnlyCollection<string> extensions,
        List<FolderFile> files,
        Stack<(string Folder, string Prefix)> open
    )
    {
        if (entry.Name.StartsWith('.') || (OperatingSystem.IsWindows() && entry.Attributes.HasFlag(FileAttributes.Hidden)))
            return;
        // macOS hands names out decomposed; ids must not depend on the system, nor on how the program handles languages.
        var id = prefix + CanonicalNormalization.Compose(entry.Name);
        var wanted = extensions.Contains(Path.GetExtension(entry.Name), StringComparer.OrdinalIgnoreCase);
        if (entry.LinkTarget is not null)
        {
            if (wanted || entry is DirectoryInfo)
                files.Add(new(id, entry.FullName, "it is a link, and links are not followed", entry is DirectoryInfo));
        }
        else if (entry is DirectoryInfo)
        {
            open.Push((entry.FullName, id + "/"));
        }
        else if (wanted)
        {
            files.Add(new(id, entry.FullName, null));
        }
    }
}
