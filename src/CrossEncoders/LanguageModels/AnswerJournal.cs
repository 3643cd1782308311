using System.Text.Json;
using CrossEncoders.Files;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Answers as they arrive, one line each, on disk before the next one is asked for: a killed run asks nothing twice. The file is a record
/// that <see cref="RecordedAnswers"/> opens. Thread-safe.
/// </summary>
internal sealed class AnswerJournal : IDisposable
{
    private const string LineStart = "{\"passage\":";

    private readonly AppendLog? _log;
    private readonly string _path;
    private readonly IReadOnlyDictionary<string, RecordedAnswer> _answers;

    private AnswerJournal(AppendLog? log, string path, Dictionary<string, RecordedAnswer> answers) =>
        (_log, _path, _answers) = (log, path, answers);

    /// <summary>The answers that were there when the journal was opened, by passage hash.</summary>
    public IReadOnlyDictionary<string, RecordedAnswer> Answers => _answers;

    /// <summary>The answer kept under a key, if it is one to these instructions; one made elsewhere names none and always is.</summary>
    public RecordedAnswer? Find(string key, string? prompt) =>
        _answers.GetValueOrDefault(key) is { } answer && (answer.Prompt is null || answer.Prompt == prompt) ? answer : null;

    /// <summary>
    /// Opens or creates a journal. A last line without its end is kept where it can be read, and cut off where a kill has torn it.
    /// </summary>
    /// <exception cref="CrossEncoderException">Another run writes it, it is no journal (it stays as it is), or it cannot be written.</exception>
    public static AnswerJournal Open(string path)
    {
        var full = Path.GetFullPath(path);
        var answers = new Dictionary<string, RecordedAnswer>();
        try
        {
            var log = AppendLog.TryOpen(full, LineStart, Keep(answers, full))
                ?? throw new CrossEncoderException(
                    $"Another run is writing the journal '{full}': it holds {Path.GetFileName(full)}.lock. Wait for its end, or name another "
                        + "journal; two runs on one would pay for every answer twice."
                );
            return new AnswerJournal(log, full, answers);
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException($"The journal '{full}' cannot be opened: {error.Message} {DiskErrors.Remedy(error)}", error);
        }
    }

    /// <summary>The answers of a journal, which stays as it is and need not exist.</summary>
    public static AnswerJournal Read(string path)
    {
        var answers = new Dictionary<string, RecordedAnswer>();
        try
        {
            if (File.Exists(path))
                AppendLog.Read(path, LineStart, Keep(answers, path));
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException($"The journal '{Path.GetFullPath(path)}' cannot be read: {error.Message}", error);
        }

        return new AnswerJournal(null, path, answers);
    }

    /// <summary>Writes an answer down.</summary>
    public void Append(RecordedAnswer answer)
    {
        try
        {
            _log!.Append(JsonSerializer.Serialize(answer, JsonLines.Options), toDisk: true);
        }
        catch (IOException error)
        {
            throw new CrossEncoderException(
                $"The journal '{_path}' cannot be written: {error.Message} {DiskErrors.Remedy(error)} Then start again; "
                    + "the run goes on from here.",
                error
            );
        }
    }

    public void Dispose() => _log?.Dispose();

    // Of several answers to a passage the last one holds.
    private static Action<string, int> Keep(Dictionary<string, RecordedAnswer> answers, string path) =>
        (line, number) =>
        {
            var answer = JsonLines.Parse<RecordedAnswer>(line, path, number, "a recorded answer");
            answers[answer.Passage] = answer;
        };
}
