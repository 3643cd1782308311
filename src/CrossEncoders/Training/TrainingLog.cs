using System.Text;
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

    private readonly Stream _file;
    private readonly Stream? _alone;
    private readonly string _path;
    private readonly LogEntries _entries;

    internal TrainingLog(Stream file, string path, string kept, Stream? alone = null)
    {
        (_file, _path, _alone, _entries) = (file, path, alone, new LogEntries(kept));
        (Steps, Evaluations, Alarms) = _entries.History;
    }

    internal IReadOnlyList<TrainingStep> Steps { get; }

    internal IReadOnlyList<EvaluationPoint> Evaluations { get; }

    internal IReadOnlyList<Alarm> Alarms { get; }

    /// <summary>Length of the file in bytes.</summary>
    internal long Length => _file.Position;

    /// <summary>Reads the log in a training's output folder.</summary>
    /// <exception cref="CrossEncoderException">There is none, or it is damaged.</exception>
    public static TrainingHistory Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new CrossEncoderException($"There is no training log '{path}'. Give the OutputFolder of a training.");
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new LogEntries(WholeLines(file, file.Length)).History;
    }

    /// <summary>Opens the log to go on at a length it had, 0 to begin it.</summary>
    /// <exception cref="CrossEncoderException">Another training writes it, or it cannot be written.</exception>
    internal static TrainingLog Open(string folder, long length)
    {
        var path = Path.Combine(folder, FileName);
        FileStream? alone = null,
            file = null;
        try
        {
            Directory.CreateDirectory(folder);
            // The log itself may be read meanwhile, and what may be read is not kept from other writers outside of Windows.
            alone = new FileStream(
                Path.Combine(folder, "training.lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                bufferSize: 0,
                FileOptions.DeleteOnClose
            );
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            var kept = WholeLines(file, Math.Min(length, file.Length));
            file.SetLength(Encoding.UTF8.GetByteCount(kept));
            file.Position = file.Length;
            return new TrainingLog(file, path, kept, alone);
        }
        catch (Exception error)
        {
            file?.Dispose();
            alone?.Dispose();
            if (error is not (IOException or UnauthorizedAccessException))
                throw;
            throw new CrossEncoderException(
                alone is null && IsInUse(error)
                    ? $"Another training is writing to {Path.GetFullPath(folder)}: it holds training.lock. Wait for its end, end it with a "
                        + $"file named '{TrainingArguments.StopFile}' there, or choose another OutputFolder."
                    : $"The log '{path}' cannot be written: {error.Message} Free some space or choose another OutputFolder.",
                error
            );
        }
    }

    internal void Add(TrainingStep step) => Write(_entries.Add(step));

    internal void Add(EvaluationPoint evaluation) => Write(_entries.Add(evaluation));

    internal void Add(Alarm alarm) => Write(_entries.Add(alarm));

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _alone?.Dispose();
    }

    // Windows' sharing violation, or EAGAIN as Linux and macOS number it.
    private static bool IsInUse(Exception error) => error is IOException && (error.HResult & 0xFFFF) is 32 or 11 or 35;

    private void Write(string line)
    {
        try
        {
            _file.Write(Encoding.UTF8.GetBytes(line)); // in one write
        }
        catch (IOException error)
        {
            throw new CrossEncoderException(
                $"The log '{_path}' could not be written: {error.Message} Free some space and go on with Resume; earlier checkpoints are "
                    + "intact.",
                error
            );
        }
    }

    private static string WholeLines(FileStream file, long length)
    {
        var bytes = new byte[length];
        file.Position = 0;
        file.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes.AsSpan(0, bytes.AsSpan().LastIndexOf((byte)'\n') + 1));
    }
}
