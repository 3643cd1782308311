using CrossEncoders.Texts;

namespace CrossEncoders.Documents;

/// <summary>A file to documents, by the reader of its format.</summary>
internal static class DocumentReader
{
    /// <summary>The extensions of files that hold one document a row.</summary>
    public static readonly string[] Tables = [".csv", ".jsonl"];

    /// <summary>The documents of a file: one, or of a table one for each row with a text.</summary>
    public static IReadOnlyList<Document> Read(FolderFile source, DocumentOptions options, out string? problem)
    {
        var (id, path) = (source.Id, source.Path);
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
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or CrossEncoderException)
        {
            problem = error.Message.TrimEnd('.');
            return [];
        }
    }

    /// <summary>A document from the content of a text file; its kind is told by the extension of the id.</summary>
    public static Document Parse(string id, string content)
    {
        var text = Newlines(content);
        var metadata = new Dictionary<string, string>();
        var extension = Path.GetExtension(id).ToLowerInvariant();
        if (extension is ".html" or ".htm")
            return Make(id, HtmlText.Convert(text), metadata);
        if (extension is ".md" or ".markdown")
            text = MarkdownComments.Without(FrontMatter.Without(text, metadata));
        return Make(id, new Content(metadata.GetValueOrDefault("title"), text), metadata);
    }

    private static Document Make(string id, Content content, IReadOnlyDictionary<string, string>? metadata = null, string? file = null)
    {
        var (title, text) = (content.Title, Newlines(content.Text));
        var first = Structure.Parse(text, Structure.IsPlain(id)).FirstOrDefault(unit => unit.Level > 0);
        if (first is not null && (first.Level == 1 || string.IsNullOrWhiteSpace(title)))
            title = first.Heading;
        if (string.IsNullOrWhiteSpace(title))
            title = Path.GetFileNameWithoutExtension(file ?? id);
        var document = new Document(id, title.Trim(), text, TextLanguage.Of(text)) { Notes = content.Notes };
        return metadata is null ? document : document with { Metadata = metadata };
    }

    /// <summary>
    /// A document for each row that has a text; its id is the file's, '/' and the row's number, its title the column "title",
    /// else, as of any document, its first heading or the name of the file.
    /// </summary>
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
                .Values.Where(entry => entry.Key != column && entry.Value is string or WrittenValue or TableObject)
                .ToDictionary(entry => entry.Key, entry => FormattableString.Invariant($"{entry.Value}"));
            documents.Add(Make($"{id}/{row.Number}", new Content(metadata.GetValueOrDefault("title"), content), metadata, file: id));
        }

        if (others > 0)
            problem += $", nor have {others} more";
        return documents;
    }

    private static string Newlines(string text) => text.Replace("\r\n", "\n").Replace('\r', '\n');
}
