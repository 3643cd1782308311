using System.Text;
using CrossEncoders.Texts;
using Microsoft.Extensions.FileSystemGlobbing;

namespace CrossEncoders.Documents;

/// <summary>Reads a folder of documents.</summary>
public static class Documents
{
    private static readonly string[] Tables = [".csv", ".jsonl"];

    /// <summary>Reads every document below a folder. Hidden files and folders are passed over, links are not followed.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">What to read; Markdown, plain text, HTML, PDF and Word by default.</param>
    /// <exception cref="CrossEncoderException">The folder is missing or holds no readable document,
    /// or a file is unreadable and <see cref="DocumentOptions.Strict"/> is set.</exception>
    public static DocumentCollection Load(string folder, DocumentOptions? options = null)
    {
        options ??= new DocumentOptions();
        var skipped = new List<SkippedFile>();
        var documents = Stream(folder, options, skipped.Add).ToList();
        if (documents.Count == 0)
            throw new CrossEncoderException(
                $"No readable document in '{Path.GetFullPath(folder)}'. Looked for {Kinds(options)} files there and in its subfolders, "
                    + (
                        skipped.Count == 0
                            ? "and found none. Put documents into the folder or name another one."
                            : $"and had to skip {skipped.Count}, first '{skipped[0].Id}': {skipped[0].Reason}. Correct the files or name another folder."
                    )
            );
        return new DocumentCollection(documents, skipped);
    }

    /// <summary>The same one document at a time, for folders larger than memory.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">What to read.</param>
    /// <param name="skipped">Is told of each file that could not be read.</param>
    /// <exception cref="CrossEncoderException">The folder is missing, or a file is unreadable and <see cref="DocumentOptions.Strict"/> is set.</exception>
    public static IEnumerable<Document> Stream(string folder, DocumentOptions? options = null, Action<SkippedFile>? skipped = null)
    {
        options ??= new DocumentOptions();
        var root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
            throw new CrossEncoderException(
                $"There is no folder of documents at '{root}'. Expected a folder with {Kinds(options)} files; "
                    + "correct the path or create the folder and put the documents into it."
            );
        return Read(root, options, skipped);
    }

    private static IEnumerable<Document> Read(string root, DocumentOptions options, Action<SkippedFile>? skipped)
    {
        var matcher = new Matcher(StringComparison.OrdinalIgnoreCase);
        matcher.AddIncludePatterns(options.Include ?? ["**/*"]);
        matcher.AddExcludePatterns(options.Exclude);
        foreach (
            var (id, path, reason) in Files(root, "", options)
                .Where(file => matcher.Match(file.Id).HasMatches)
                .OrderBy(file => file.Id, StringComparer.Ordinal)
        )
        {
            var problem = reason;
            IReadOnlyList<Document> documents = problem is null ? Read(id, path, options, out problem) : [];
            if (problem is not null && options.Strict)
                throw new CrossEncoderException(
                    $"The document '{path}' cannot be read: {problem}. Correct or remove it, or load without Strict to skip it."
                );
            if (problem is not null)
                skipped?.Invoke(new SkippedFile(id, problem));
            foreach (var document in documents)
                yield return document;
        }
    }

    private static IEnumerable<string> Extensions(DocumentOptions options) =>
        options.TextColumn is null ? options.Extensions : options.Extensions.Union(Tables);

    private static string Kinds(DocumentOptions options) => string.Join(", ", Extensions(options));

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
        if (problem is not null)
            yield return (prefix.TrimEnd('/'), folder, problem);
        foreach (var entry in entries)
        {
            if (entry.Name.StartsWith('.') || (OperatingSystem.IsWindows() && entry.Attributes.HasFlag(FileAttributes.Hidden)))
                continue;
            // macOS hands names out decomposed; ids must not depend on the system.
            var id = prefix + entry.Name.Normalize(NormalizationForm.FormC);
            var wanted = Extensions(options).Contains(Path.GetExtension(entry.Name), StringComparer.OrdinalIgnoreCase);
            if (entry.LinkTarget is not null)
            {
                if (wanted || entry is DirectoryInfo)
                    yield return (id, entry.FullName, "it is a link, and links are not followed");
            }
            else if (entry is DirectoryInfo)
            {
                foreach (var file in Files(entry.FullName, id + "/", options))
                    yield return file;
            }
            else if (wanted)
            {
                yield return (id, entry.FullName, null);
            }
        }
    }

    private static IReadOnlyList<Document> Read(string id, string path, DocumentOptions options, out string? problem)
    {
        try
        {
            var file = new FileInfo(path);
            problem =
                file.Length > options.MaxFileBytes ? $"it has {file.Length} bytes, more than the {options.MaxFileBytes} allowed" : null;
            // Reading a pipe waits for a writer, who may never come.
            if (problem is null && !OperatingSystem.IsWindows() && file.Length == 0)
                problem = "it has no text";
            if (problem is not null)
                return [];
            var bytes = File.ReadAllBytes(path);
            IReadOnlyList<Document> documents = Path.GetExtension(id).ToLowerInvariant() switch
            {
                ".pdf" => [Make(id, PdfText.Convert(bytes, options.MaxFileBytes))],
                ".docx" => [Make(id, DocxText.Convert(bytes, options.MaxFileBytes))],
                var extension => TextDecoding.Decode(bytes, out problem) is not { } text ? []
                : Tables.Contains(extension) ? Rows(id, text, options.TextColumn!, out problem)
                : [Parse(id, text)],
            };
            if (documents.Any(document => !document.Text.AsSpan().Trim().IsEmpty))
                return documents;
            problem ??= id.EndsWith(".pdf", StringComparison.OrdinalIgnoreCase)
                ? "it has no text; if it is a scan, run text recognition first"
                : "it has no text";
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or CrossEncoderException)
        {
            problem = e.Message.TrimEnd('.');
            return [];
        }
    }

    /// <summary>A document from the content of a text file; its kind is told by the extension of the id.</summary>
    internal static Document Parse(string id, string content)
    {
        var text = Newlines(content);
        var metadata = new Dictionary<string, string>();
        string? title = null;
        var extension = Path.GetExtension(id).ToLowerInvariant();
        if (extension is ".html" or ".htm")
            (title, text) = HtmlText.Convert(text);
        else if (extension is ".md")
            text = FrontMatter(text, metadata);
        return Make(id, (title ?? metadata.GetValueOrDefault("title"), text), metadata);
    }

    private static Document Make(string id, (string? Title, string Text) content, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var (title, text) = (content.Title, Newlines(content.Text));
        var first = Structure.Parse(text, Structure.IsPlain(id)).FirstOrDefault(unit => unit.Level > 0);
        if (first is not null && (first.Level == 1 || string.IsNullOrWhiteSpace(title)))
            title = first.Heading;
        if (string.IsNullOrWhiteSpace(title))
            title = Path.GetFileNameWithoutExtension(id);
        var document = new Document(id, title.Trim(), text, TextLanguage.Of(text));
        return metadata is null ? document : document with { Metadata = metadata };
    }

    /// <summary>A document for each row that has a text; its id is the file's, '/' and the row's number, its title the column "title".</summary>
    private static List<Document> Rows(string id, string text, string column, out string? problem)
    {
        var documents = new List<Document>();
        var others = 0;
        problem = null;
        foreach (var row in TableRows.Parse(id, text))
        {
            if (!row.Values.TryGetValue(column, out var value))
            {
                if (problem is null)
                    problem = $"row {row.Number} has the columns {string.Join(", ", row.Values.Keys)} and not '{column}'";
                else
                    others++;
                continue;
            }

            if (value is not string { Length: > 0 } content)
                continue;
            var metadata = row
                .Values.Where(entry => entry.Key != column && entry.Value is string or double or TableObject)
                .ToDictionary(entry => entry.Key, entry => FormattableString.Invariant($"{entry.Value}"));
            documents.Add(Make($"{id}/{row.Number}", (metadata.GetValueOrDefault("title"), content), metadata));
        }

        if (others > 0)
            problem += $", nor have {others} more";
        return documents;
    }

    private static string Newlines(string text) => text.Replace("\r\n", "\n").Replace('\r', '\n');

    /// <summary>The text without its front matter, whose keys and values are added to <paramref name="metadata"/>.</summary>
    private static string FrontMatter(string text, Dictionary<string, string> metadata)
    {
        if (!text.StartsWith("---\n", StringComparison.Ordinal))
            return text;
        var lines = text.Split('\n');
        var end = Array.FindIndex(lines, 1, line => line.TrimEnd() is "---" or "...");
        // A rule at the top of a document is no front matter: that has a key at the start of its first line.
        if (end < 0 || (!lines[1].Contains(':') && !lines[1].StartsWith('#')))
            return text;
        foreach (var line in lines[1..end])
        {
            var colon = line.IndexOf(':');
            if (colon > 0 && char.IsLetter(line[0]))
                metadata.TryAdd(line[..colon].Trim().ToLowerInvariant(), line[(colon + 1)..].Trim().Trim('"', '\''));
        }

        return string.Join('\n', lines[(end + 1)..]).TrimStart('\n');
    }
}
