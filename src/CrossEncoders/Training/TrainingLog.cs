using CrossEncoders.Files;
using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Training;

/// <summary>
/// The log of a training, <c>training.jsonl</c> in its output folder: one JSON object a line, whose "type" is step, evaluation or alarm. A
/// checkpoint notes its length and a resumed training cuts it there, so that no line is there twice; nor does a line torn by a crash stay.
/// </summary>
public sealed class TrainingLog : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string FileName = "training.jsonl";

    private const string LineStart = "{\"type\":";

    private readonly AppendLog _log;
    private readonly string _path;
    private readonly LogEntries _entries;

    internal TrainingLog(AppendLog log, string path, LogEntries entries)
    {
        (_log, _path, _entries) = (log, path, entries);
        (Steps, Evaluations, Alarms) = _entries.History;
    }

    internal IReadOnlyList<TrainingStep> Steps { get; }

    internal IReadOnlyList<EvaluationPoint> Evaluations { get; }

    internal IReadOnlyList<Alarm> Alarms { get; }

    /// <summary>Length of the file in bytes.</summary>
    internal long Length => _log.Length;

    /// <summary>Reads the log in a training's output folder.</summary>
    /// <exception cref="CrossEncoderException">There is none, or it is damaged.</exception>
    public static TrainingHistory Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new CrossEncoderException($"There is no training log '{path}'. Give the OutputFolder of a training.");
        var entries = new LogEntries();
        AppendLog.Read(path, LineStart, entries.Read);
        return entries.History;
    }

    /// <summary>Opens the log to go on at a length it had, 0 to begin it.</summary>
    /// <exception cref="CrossEncoderException">It is damaged, or cannot be written.</exception>
    internal static TrainingLog Open(string folder, long length)
    {
        var path = Path.Combine(folder, FileName);
        var entries = new LogEntries();
        try
        {
            return new TrainingLog(AppendLog.Open(path, LineStart, entries.Read, held: null, length), path, entries);
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"The log '{path}' cannot be written: {error.Message} {DiskErrors.Remedy(error)} Or name another OutputFolder.",
                error
            );
        }
    }

    internal void Add(TrainingStep step) => Write(_entries.Add(step));

    internal void Add(EvaluationPoint evaluation) => Write(_entries.Add(evaluation));

    internal void Add(Alarm alarm) => Write(_entries.Add(alarm));

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();

    private void Write(string line)
    {
        try
        {
            _log.Append(line);
        }
        catch (IOException error)
        {
            throw new CrossEncoderException(
                $"The log '{_path}' could not be written: {error.Message} {DiskErrors.Remedy(error)} Then go on with Resume; "
                    + "earlier checkpoints are intact.",
                error
            );
        }
    }
}
