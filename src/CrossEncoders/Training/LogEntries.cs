using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Training;

/// <summary>The lines of a training's log: steps, evaluations and alarms, each with its "type" first.</summary>
internal sealed class LogEntries
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a loss may be NaN
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
    };

    private readonly List<TrainingStep> _steps = [];
    private readonly List<EvaluationPoint> _evaluations = [];
    private readonly List<Alarm> _alarms = [];

    /// <summary>The same lists as they grow, for reading only.</summary>
    public TrainingHistory History => new(_steps.AsReadOnly(), _evaluations.AsReadOnly(), _alarms.AsReadOnly());

    /// <summary>Adds an entry and returns its line.</summary>
    public string Add(TrainingStep step)
    {
        _steps.Add(step);
        return Line("step", step);
    }

    /// <inheritdoc cref="Add(TrainingStep)"/>
    public string Add(EvaluationPoint evaluation)
    {
        _evaluations.Add(evaluation);
        return Line("evaluation", evaluation);
    }

    /// <inheritdoc cref="Add(TrainingStep)"/>
    public string Add(Alarm alarm)
    {
        _alarms.Add(alarm);
        return Line("alarm", alarm);
    }

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="number">Its number, for the error.</param>
    /// <exception cref="CrossEncoderException">It is damaged.</exception>
    public void Read(string line, int number)
    {
        try
        {
            Add(JsonNode.Parse(line) ?? throw new JsonException("it holds nothing"));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new CrossEncoderException(
                $"Line {number} of the training log is damaged: {error.Message} Expected a step, an evaluation or an alarm. "
                    + $"Delete {TrainingLog.FileName} to go on without it.",
                error
            );
        }
    }

    private void Add(JsonNode json)
    {
        switch ((string?)json["type"])
        {
            case "step":
                _steps.Add(json.Deserialize<TrainingStep>(Options)!);
                break;
            case "evaluation":
                _evaluations.Add(
                    json.Deserialize<EvaluationPoint>(Options) is { Result: not null } point ? point : throw new JsonException()
                );
                break;
            case "alarm":
                _alarms.Add(json.Deserialize<Alarm>(Options)!);
                break;
            case var other:
                throw new JsonException($"the type is '{other}'");
        }
    }

    private static string Line<T>(string type, T entry)
    {
        var json = (JsonObject)JsonSerializer.SerializeToNode(entry, Options)!;
        json.Insert(0, "type", type);
        return json.ToJsonString(Options);
    }
}
