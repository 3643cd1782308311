using System.Text;
using System.Text.Json;
using CrossEncoders.Files;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Answers as they arrive, one line each, on disk before the next one is asked for: a killed run asks nothing twice. The file is a record
/// that <see cref="RecordedAnswers"/> opens. Thread-safe.
/// </summary>
internal sealed class AnswerJournal : IDisposable
{
    private readonly FileStream? _file;
    private readonly string _path;
    private readonly Dictionary<string, RecordedAnswer> _answers = [];
    private readonly Lock _lock = new();

    private AnswerJournal(FileStream? file, string path)
    {
        _file = file;
        _path = path;
    }

    /// <summary>The answers that were there when the journal was opened, by passage hash.</summary>
    public IReadOnlyDictionary<string, RecordedAnswer> Answers => _answers;

    /// <summary>The answer kept under a key, if it is one to these instructions; one made elsewhere names none and always is.</summary>
    public RecordedAnswer? Find(string key, string? prompt) =>
        _answers.GetValueOrDefault(key) is { } answer && (answer.Prompt is null || answer.Prompt == prompt) ? answer : null;

    /// <summary>Opens or creates a journal. A last line without its end, torn when a run was killed, is cut off.</summary>
    public static AnswerJournal Open(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            var file = new FileStream(full, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            try
            {
                var journal = new AnswerJournal(file, full);
                file.SetLength(ReadAll(file, full, journal._answers));
                file.Position = file.Length;
                return journal;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CrossEncoderException($"The journal '{full}' cannot be opened: {e.Message} Is another run writing it?", e);
        }
    }

    /// <summary>The answers of a journal, which stays as it is and need not exist.</summary>
    public static AnswerJournal Read(string path)
    {
        var journal = new AnswerJournal(null, path);
        if (!File.Exists(path))
            return journal;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            ReadAll(file, path, journal._answers);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CrossEncoderException($"The journal '{Path.GetFullPath(path)}' cannot be read: {e.Message}", e);
        }
        return journal;
    }

    /// <summary>Reads whole lines and says how many bytes they have. Of several answers to a passage the last one holds.</summary>
    private static long ReadAll(FileStream file, string path, Dictionary<string, RecordedAnswer> answers)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(bytes, 0, whole).Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var answer = JsonLines.Parse<RecordedAnswer>(line, path, number, "a recorded answer");
            answers[answer.Passage] = answer;
        }
        return whole;
    }

    /// <summary>Writes an answer down.</summary>
    public void Append(RecordedAnswer answer)
    {
        var line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(answer, JsonLines.Options) + "\n");
        lock (_lock)
        {
            try
            {
                _file!.Write(line);
                _file.Flush(flushToDisk: true);
            }
            catch (IOException e)
            {
                throw new CrossEncoderException(
                    $"The journal '{_path}' cannot be written: {e.Message} Free some space and start again; the run goes on from here.",
                    e
                );
            }
        }
    }

    public void Dispose() => _file?.Dispose();
}
