using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Training;

/// <summary>What a training did, read back from its log: for a training that is still running elsewhere, or that crashed.</summary>
/// <param name="Steps">All optimizer steps.</param>
/// <param name="Evaluations">All evaluations.</param>
/// <param name="Alarms">All alarms.</param>
public sealed record TrainingHistory(
    IReadOnlyList<TrainingStep> Steps,
    IReadOnlyList<EvaluationPoint> Evaluations,
    IReadOnlyList<Alarm> Alarms
);

/// <summary>
/// The log of a training, <c>training.jsonl</c> in its output folder: one JSON object a line, whose "type" is step, evaluation or alarm. A
/// checkpoint notes its length and a resumed training cuts it there, so that no line is there twice; nor does a line torn by a crash stay.
/// </summary>
public sealed class TrainingLog : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string FileName = "training.jsonl";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a loss may be NaN
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Stream _file;
    private readonly Stream? _alone;
    private readonly string _path;
    private readonly List<TrainingStep> _steps = [];
    private readonly List<EvaluationPoint> _evaluations = [];
    private readonly List<Alarm> _alarms = [];

    internal TrainingLog(Stream file, string path, string kept, Stream? alone = null)
    {
        (_file, _path, _alone) = (file, path, alone);
        Parse(kept, _steps, _evaluations, _alarms);
    }

    internal IReadOnlyList<TrainingStep> Steps => _steps;

    internal IReadOnlyList<EvaluationPoint> Evaluations => _evaluations;

    internal IReadOnlyList<Alarm> Alarms => _alarms;

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
        var history = new TrainingHistory(new List<TrainingStep>(), new List<EvaluationPoint>(), new List<Alarm>());
        Parse(
            WholeLines(file, file.Length),
            (List<TrainingStep>)history.Steps,
            (List<EvaluationPoint>)history.Evaluations,
            (List<Alarm>)history.Alarms
        );
        return history;
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
                    ? $"Another training is writing to {Path.GetFullPath(folder)}: it holds training.lock. Wait for its end, end it with a file named '{TrainingArguments.StopFile}' there, or choose another OutputFolder."
                    : $"The log '{path}' cannot be written: {error.Message} Free some space or choose another OutputFolder.",
                error
            );
        }
    }

    internal void Add(TrainingStep step)
    {
        _steps.Add(step);
        Write("step", step);
    }

    internal void Add(EvaluationPoint evaluation)
    {
        _evaluations.Add(evaluation);
        Write("evaluation", evaluation);
    }

    internal void Add(Alarm alarm)
    {
        _alarms.Add(alarm);
        Write("alarm", alarm);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _alone?.Dispose();
    }

    // Windows' sharing violation, or EAGAIN as Linux and macOS number it.
    private static bool IsInUse(Exception error) => error is IOException && (error.HResult & 0xFFFF) is 32 or 11 or 35;

    private void Write<T>(string type, T entry)
    {
        var json = (JsonObject)JsonSerializer.SerializeToNode(entry, Options)!;
        json.Insert(0, "type", type);
        try
        {
            _file.Write(Encoding.UTF8.GetBytes(json.ToJsonString(Options) + "\n")); // in one write
        }
        catch (IOException error)
        {
            throw new CrossEncoderException(
                $"The log '{_path}' could not be written: {error.Message} Free some space and go on with Resume; earlier checkpoints are intact.",
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

    private static void Parse(string text, List<TrainingStep> steps, List<EvaluationPoint> evaluations, List<Alarm> alarms)
    {
        var number = 0;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            number++;
            try
            {
                var json = JsonNode.Parse(line)!;
                switch ((string?)json["type"])
                {
                    case "step":
                        steps.Add(json.Deserialize<TrainingStep>(Options)!);
                        break;
                    case "evaluation":
                        evaluations.Add(json.Deserialize<EvaluationPoint>(Options)!);
                        break;
                    case "alarm":
                        alarms.Add(json.Deserialize<Alarm>(Options)!);
                        break;
                    case var other:
                        throw new JsonException($"the type is '{other}'");
                }
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                throw new CrossEncoderException(
                    $"Line {number} of the training log is damaged: {error.Message} Expected a step, an evaluation or an alarm. Delete {FileName} to go on without it.",
                    error
                );
            }
        }
    }
}
