using System.Text;
using System.Text.Json;

namespace CrossEncoders.Datasets;

/// <summary>
/// Answers as they arrive, one line each, on disk before the next one is asked for: a killed run asks nothing twice. The file is a record
/// that <see cref="RecordedAnswers"/> opens. Thread-safe.
/// </summary>
internal sealed class AnswerJournal : IDisposable
{
    private readonly FileStream _file;
    private readonly string _path;
    private readonly Dictionary<string, RecordedAnswer> _answers = [];
    private readonly Lock _lock = new();

    private AnswerJournal(FileStream file, string path)
    {
        _file = file;
        _path = path;
    }

    /// <summary>The answers that were there when the journal was opened, by passage hash.</summary>
    public IReadOnlyDictionary<string, RecordedAnswer> Answers => _answers;

    /// <summary>Opens or creates a journal. A last line without its end, torn when a run was killed, is cut off.</summary>
    public static AnswerJournal Open(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            var journal = new AnswerJournal(new FileStream(full, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read), full);
            journal.ReadAll();
            return journal;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CrossEncoderException($"The journal '{full}' cannot be opened: {e.Message} Is another run writing it?", e);
        }
    }

    private void ReadAll()
    {
        var bytes = new byte[_file.Length];
        _file.ReadExactly(bytes);
        var whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        _file.SetLength(whole);
        _file.Position = whole;
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(bytes, 0, whole).Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            var answer = JsonLines.Parse<RecordedAnswer>(line, _path, number, "a recorded answer");
            _answers[answer.Passage] = answer;
        }
    }

    /// <summary>Writes an answer down.</summary>
    public void Append(RecordedAnswer answer)
    {
        var line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(answer, JsonLines.Options) + "\n");
        lock (_lock)
        {
            try
            {
                _file.Write(line);
                _file.Flush(flushToDisk: true);
            }
            catch (IOException e)
            {
                throw new CrossEncoderException(
                    $"The journal '{_path}' cannot be written: {e.Message} Free some space and start again; the run goes on from here.", e);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
