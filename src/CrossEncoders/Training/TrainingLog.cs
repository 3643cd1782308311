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
public sealed record TrainingHistory(IReadOnlyList<TrainingStep> Steps, IReadOnlyList<EvaluationPoint> Evaluations, IReadOnlyList<Alarm> Alarms);

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

    private readonly FileStream _file;
    private readonly List<TrainingStep> _steps = [];
    private readonly List<EvaluationPoint> _evaluations = [];
    private readonly List<Alarm> _alarms = [];

    private TrainingLog(FileStream file, string kept)
    {
        _file = file;
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
        if (!File.Exists(path)) throw new CrossEncoderException($"There is no training log '{path}'. Give the OutputFolder of a training.");
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var history = new TrainingHistory(new List<TrainingStep>(), new List<EvaluationPoint>(), new List<Alarm>());
        Parse(WholeLines(file, file.Length), (List<TrainingStep>)history.Steps, (List<EvaluationPoint>)history.Evaluations, (List<Alarm>)history.Alarms);
        return history;
    }

    /// <summary>Opens the log to go on at a length it had, 0 to begin it.</summary>
    /// <exception cref="CrossEncoderException">It cannot be written.</exception>
    internal static TrainingLog Open(string folder, long length)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            Directory.CreateDirectory(folder);
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            var kept = WholeLines(file, Math.Min(length, file.Length));
            file.SetLength(Encoding.UTF8.GetByteCount(kept));
            file.Position = file.Length;
            return new TrainingLog(file, kept);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CrossEncoderException($"The log '{path}' cannot be written: {error.Message} Free some space or choose another OutputFolder.", error);
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
    public void Dispose() => _file.Dispose();

    private void Write<T>(string type, T entry)
    {
        var json = (JsonObject)JsonSerializer.SerializeToNode(entry, Options)!;
        json.Insert(0, "type", type);
        _file.Write(Encoding.UTF8.GetBytes(json.ToJsonString(Options) + "\n")); // in one write
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
                    case "step": steps.Add(json.Deserialize<TrainingStep>(Options)!); break;
                    case "evaluation": evaluations.Add(json.Deserialize<EvaluationPoint>(Options)!); break;
                    case "alarm": alarms.Add(json.Deserialize<Alarm>(Options)!); break;
                    case var other: throw new JsonException($"the type is '{other}'");
                }
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                throw new CrossEncoderException($"Line {number} of the training log is damaged: {error.Message} Expected a step, an evaluation or an alarm. Delete {FileName} to go on without it.", error);
            }
        }
    }
}
