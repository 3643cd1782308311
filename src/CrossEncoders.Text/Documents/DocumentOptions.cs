namespace CrossEncoders.Documents;

/// <summary>What to load from a folder.</summary>
public sealed record DocumentOptions
{
    /// <summary>File name extensions that are read, with their dot.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [".md", ".txt", ".html", ".htm", ".pdf", ".docx"];

    /// <summary>
    /// The column of .csv and .jsonl files that holds the text of a document, one document a row; null (the default) does not read such
    /// files.
    /// </summary>
    public string? TextColumn { get; init; }

    /// <summary>Only files whose path in the folder fits one of these patterns, such as "manuals/**/*.md"; null for all.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>No files whose path in the folder fits one of these patterns, such as "**/drafts/**".</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>
    /// Whether an unreadable file is an error; otherwise it is skipped and reported in <see cref="DocumentCollection.Skipped"/>.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>Files above this size in bytes are not read, nor those that unpack to more characters (default 64 Mi).</summary>
    public long MaxFileBytes { get; init; } = 64L << 20;
}
