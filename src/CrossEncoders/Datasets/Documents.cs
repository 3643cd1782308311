using System.Text;

namespace CrossEncoders.Datasets;

/// <summary>Reads a folder of documents.</summary>
public static class Documents
{
    /// <summary>Reads every document below a folder. Hidden files and folders are passed over, links are not followed.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">What to read; Markdown, plain text and HTML by default.</param>
    /// <exception cref="CrossEncoderException">The folder is missing or holds no readable document,
    /// or a file is unreadable and <see cref="DocumentOptions.Strict"/> is set.</exception>
    public static DocumentCollection Load(string folder, DocumentOptions? options = null)
    {
        options ??= new DocumentOptions();
        var root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
            throw new CrossEncoderException(
                $"There is no folder of documents at '{root}'. Expected a folder with {Kinds(options)} files; " +
                "correct the path or create the folder and put the documents into it.");
        var documents = new List<Document>();
        var skipped = new List<SkippedFile>();
        foreach (var (id, path, reason) in Files(root, "", options).OrderBy(file => file.Id, StringComparer.Ordinal))
        {
            var problem = reason;
            if (problem is null && Read(id, path, options, out problem) is { } document) documents.Add(document);
            else if (options.Strict) throw new CrossEncoderException(
                $"The document '{path}' cannot be read: {problem}. Correct or remove it, or load without Strict to skip it.");
            else skipped.Add(new SkippedFile(id, problem!));
        }
        if (documents.Count == 0)
            throw new CrossEncoderException(
                $"No readable document in '{root}'. Looked for {Kinds(options)} files there and in its subfolders, " + (skipped.Count == 0
                    ? "and found none. Put documents into the folder or name another one."
                    : $"and had to skip {skipped.Count}, first '{skipped[0].Id}': {skipped[0].Reason}. Correct the files or name another folder."));
        return new DocumentCollection(documents, skipped);
    }

    private static string Kinds(DocumentOptions options) => string.Join(", ", options.Extensions);

    private static IEnumerable<(string Id, string Path, string? Reason)> Files(string folder, string prefix, DocumentOptions options)
    {
        FileSystemInfo[] entries = [];
        string? problem = null;
        try
        {
            entries = new DirectoryInfo(folder).GetFileSystemInfos();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"the folder cannot be listed ({e.Message})";
        }
        if (problem is not null) yield return (prefix.TrimEnd('/'), folder, problem);
        foreach (var entry in entries)
        {
            if (entry.Name.StartsWith('.') || (OperatingSystem.IsWindows() && entry.Attributes.HasFlag(FileAttributes.Hidden))) continue;
            // macOS hands names out decomposed; ids must not depend on the system.
            var id = prefix + entry.Name.Normalize(NormalizationForm.FormC);
            var wanted = options.Extensions.Contains(Path.GetExtension(entry.Name), StringComparer.OrdinalIgnoreCase);
            if (entry.LinkTarget is not null)
            {
                if (wanted || entry is DirectoryInfo) yield return (id, entry.FullName, "it is a link, and links are not followed");
            }
            else if (entry is DirectoryInfo)
            {
                foreach (var file in Files(entry.FullName, id + "/", options)) yield return file;
            }
            else if (wanted)
            {
                yield return (id, entry.FullName, null);
            }
        }
    }

    private static Document? Read(string id, string path, DocumentOptions options, out string? problem)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Length > options.MaxFileBytes)
            {
                problem = $"it has {file.Length} bytes, more than the {options.MaxFileBytes} allowed";
                return null;
            }
            var text = TextDecoding.Decode(File.ReadAllBytes(path), out problem);
            if (text is null) return null;
            var document = Parse(id, text);
            problem = document.Text.AsSpan().Trim().IsEmpty ? "it has no text" : null;
            return problem is null ? document : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = e.Message.TrimEnd('.');
            return null;
        }
    }

    /// <summary>A document from the content of a file; its kind is told by the extension of the id.</summary>
    internal static Document Parse(string id, string content)
    {
        var text = content.Replace("\r\n", "\n").Replace('\r', '\n');
        string? title = null;
        var extension = Path.GetExtension(id).ToLowerInvariant();
        if (extension is ".html" or ".htm") (title, text) = HtmlText.Convert(text);
        else if (extension is ".md") (title, text) = FrontMatter(text);
        var first = Structure.Parse(text, Structure.IsPlain(id)).FirstOrDefault(unit => unit.Level > 0);
        if (first is not null && (first.Level == 1 || string.IsNullOrWhiteSpace(title))) title = first.Heading;
        if (string.IsNullOrWhiteSpace(title)) title = Path.GetFileNameWithoutExtension(id);
        return new Document(id, title.Trim(), text, TextLanguage.Of(text));
    }

    private static (string? Title, string Text) FrontMatter(string text)
    {
        if (!text.StartsWith("---\n", StringComparison.Ordinal)) return (null, text);
        var end = text.IndexOf("\n---\n", 3, StringComparison.Ordinal);
        if (end < 0) return (null, text);
        var lines = text[4..Math.Max(4, end)].Split('\n');
        // A rule at the top of a document is no front matter: that has a key at the start of its first line.
        if (!lines[0].Contains(':') && !lines[0].StartsWith('#')) return (null, text);
        var title = lines.FirstOrDefault(line => line.StartsWith("title:", StringComparison.OrdinalIgnoreCase));
        return (title?["title:".Length..].Trim().Trim('"', '\''), text[(end + 5)..].TrimStart('\n'));
    }
}
