namespace CrossEncoders.Documents;

/// <summary>Reads a folder of documents.</summary>
public static class Documents
{
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
                            : $"and had to skip {skipped.Count}, first '{skipped[0].Id}': {skipped[0].Reason}. "
                                + "Correct the files or name another folder."
                    )
            );
        return new DocumentCollection(documents, skipped);
    }

    /// <summary>The same one document at a time, for folders larger than memory.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">What to read.</param>
    /// <param name="skipped">Is told of each file that could not be read.</param>
    /// <exception cref="CrossEncoderException">The folder is missing, or a file is unreadable and <see cref="DocumentOptions.Strict"/>
    /// is set.</exception>
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
        foreach (var file in FolderFiles.Of(root, options, [.. Extensions(options)]))
        {
            var problem = file.Problem;
            var documents = problem is null ? DocumentReader.Read(file, options, out problem) : [];
            if (problem is not null && options.Strict)
                throw new CrossEncoderException(
                    $"The document '{file.Path}' cannot be read: {problem}. Correct or remove it, or load without Strict to skip it."
                );
            if (problem is not null)
                skipped?.Invoke(new SkippedFile(file.Id, problem));
            foreach (var document in documents)
                yield return document;
        }
    }

    private static IEnumerable<string> Extensions(DocumentOptions options) =>
        options.TextColumn is null
            ? options.Extensions.Except(DocumentReader.Tables, StringComparer.OrdinalIgnoreCase)
            : options.Extensions.Union(DocumentReader.Tables);

    private static string Kinds(DocumentOptions options)
    {
        string[] read = [.. Extensions(options)];
        return string.Join(", ", options.Extensions.Union(read).Select(kind => read.Contains(kind) ? kind : $"{kind} (with a TextColumn)"));
    }

    /// <inheritdoc cref="DocumentReader.Parse"/>
    internal static Document Parse(string id, string content) => DocumentReader.Parse(id, content);
}
