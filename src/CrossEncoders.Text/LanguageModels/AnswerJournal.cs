using System.Text.Json;
using CrossEncoders.Files;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Answers as they arrive, one line each, on disk before the next one is asked for: a killed run asks nothing twice. The file is a record
/// that <see cref="RecordedAnswers"/> opens. One run writes it; others may read it meanwhile. Thread-safe.
/// </summary>
internal sealed class AnswerJournal : IDisposable
{
    /// <summary>A larger file is not read: it would take several times its size in memory.</summary>
    private const long LargestFile = 512L << 20;

    // A line that begins otherwise and does not parse is not a torn answer and is never cut off.
    private const string Begins = "{\"passage\":";

    private readonly string _path;
    private readonly Dictionary<string, RecordedAnswer> _answers = [];
    private readonly Dictionary<(string Key, string? Prompt), RecordedAnswer> _byPrompt = [];
    private AppendLog? _log;

    private AnswerJournal(string path) => _path = path;

    /// <summary>The answers that were there when the journal was opened, by their key. Of several under one key the last one
    /// counts.</summary>
    public IReadOnlyDictionary<string, RecordedAnswer> Answers => _answers;

    /// <summary>
    /// Opens or creates a journal, to go on writing it. A last line without its end is kept if it is whole, and cut off if it is the
    /// beginning of an answer, torn when a run was killed.
    /// </summary>
    /// <exception cref="CrossEncoderException">
    /// Another run writes it, or the file is not a journal (it stays as it is), or it cannot be opened.
    /// </exception>
    public static AnswerJournal Open(string path)
    {
        var journal = new AnswerJournal(Full(path));
        journal.Guard("opened", () => journal._log = AppendLog.TryOpen(journal._path, Begins, journal.Take));
        return journal._log is null
            ? throw new CrossEncoderException(
                $"Another run is writing the journal '{journal._path}': it holds '{journal._path}.lock'. Wait for its "
                    + $"end, or name another file."
            )
            : journal;
    }

    /// <summary>The answers of a journal, which stays as it is, may be written meanwhile and need not exist.</summary>
    /// <exception cref="CrossEncoderException">The file is not a journal, or cannot be read.</exception>
    public static AnswerJournal Read(string path)
    {
        var journal = new AnswerJournal(Full(path));
        if (Path.Exists(journal._path))
            journal.Guard("read", () => AppendLog.Read(journal._path, Begins, journal.Take));
        return journal;
    }

    /// <summary>
    /// The answer kept under a key to these instructions, whatever was asked with others since; else one made elsewhere, which names none.
    /// </summary>
    public RecordedAnswer? Find(string key, string? prompt) =>
        _byPrompt.GetValueOrDefault((key, prompt)) ?? _byPrompt.GetValueOrDefault((key, null));

    /// <summary>Writes an answer down.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="toDisk">Whether to wait until it is on the disk, as of one that was paid for and is nowhere else.</param>
    /// <exception cref="CrossEncoderException">It cannot be written; the journal is as it was before.</exception>
    public void Append(RecordedAnswer answer, bool toDisk = true)
    {
        try
        {
            _log!.Append(JsonSerializer.Serialize(answer, JsonLines.Options), toDisk);
        }
        catch (IOException error)
        {
            throw new CrossEncoderException(
                $"The journal '{_path}' cannot be written: {error.Message} {DiskErrors.Remedy(error)} "
                    + "Then start again; the run goes on from here.",
                error
            );
        }
    }

    /// <summary>Ends the writing; another run may go on.</summary>
    public void Dispose() => _log?.Dispose();

    private void Take(string line, int number)
    {
        var answer = JsonLines.Parse<RecordedAnswer>(line.TrimStart('\uFEFF'), _path, number, "a recorded answer");
        _answers[answer.Passage] = answer;
        _byPrompt[(answer.Passage, answer.Prompt)] = answer;
    }

    private void Guard(string what, Action action)
    {
        try
        {
            if (new FileInfo(_path) is { Exists: true, Length: > LargestFile and var length })
                throw new CrossEncoderException(
                    $"The journal '{_path}' has {length >> 20} MiB; at most {LargestFile >> 20} were expected. Is it a "
                        + $"journal? Name another file."
                );
            action();
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException($"The journal '{_path}' cannot be {what}: {error.Message} {DiskErrors.Remedy(error)}", error);
        }
    }

    private static string Full(string path) =>
        string.IsNullOrWhiteSpace(path)
            ? throw new CrossEncoderException("A journal needs the name of a file; found an empty one. Leave Journal null for none.")
            : Path.GetFullPath(path);
}
