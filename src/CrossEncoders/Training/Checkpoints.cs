using System.Text.Json;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>Everything besides tensors that a training needs to go on.</summary>
internal sealed record TrainingState
{
    public required string Fingerprint { get; init; }

    public int Step { get; set; }

    public double Seconds { get; set; }

    public int? BestStep { get; set; }

    public double? BestValue { get; set; }

    /// <summary>Length of each evaluator's CSV file in bytes.</summary>
    public Dictionary<string, long> CsvLengths { get; init; } = [];

    public List<TrainingStep> Steps { get; init; } = [];

    public List<EvaluationPoint> Evaluations { get; init; } = [];
}

/// <summary>Checkpoints in an output folder, <c>checkpoint-STEP</c>: each appears whole or not at all, and only the newest few are kept.</summary>
internal sealed class Checkpoints(string folder, int kept)
{
    private const string StateFile = "state.json";
    private const string TensorFile = "training.safetensors";

    private string BestFile => Path.Combine(folder, "best.safetensors");

    /// <summary>Writes a checkpoint of the parameters and the optimizer.</summary>
    public void Save(TrainingState state, Tensor flat, AdamW optimizer)
    {
        Guarded(() =>
        {
            var target = Path.Combine(folder, $"checkpoint-{state.Step}");
            var building = target + ".saving";
            if (Directory.Exists(building)) Directory.Delete(building, recursive: true);
            Directory.CreateDirectory(building);
            SafetensorsWriter.Write(Path.Combine(building, TensorFile),
                [("parameters", flat), ("first_moment", optimizer.FirstMoment), ("second_moment", optimizer.SecondMoment)]);
            File.WriteAllText(Path.Combine(building, StateFile), JsonSerializer.Serialize(state));
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
            Directory.Move(building, target);
            foreach (var (_, old) in Existing().SkipLast(kept)) Directory.Delete(old, recursive: true);
        });
    }

    /// <summary>Reads the newest checkpoint into the parameters and the optimizer; null where there is none.</summary>
    /// <exception cref="CrossEncoderException">The checkpoint is of a training with other examples or settings.</exception>
    public TrainingState? LoadNewest(string fingerprint, Tensor flat, AdamW optimizer)
    {
        if (Existing() is not [.., var (_, newest)]) return null;
        var state = JsonSerializer.Deserialize<TrainingState>(File.ReadAllText(Path.Combine(newest, StateFile)))
            ?? throw new CrossEncoderException($"{newest} holds no training state. Delete it to start again.");
        if (state.Fingerprint != fingerprint)
            throw new CrossEncoderException($"{newest} belongs to a training with other examples, settings or model. Resume with the same ones, or choose another OutputFolder.");
        using var guard = no_grad();
        using var file = new SafetensorsFile(Path.Combine(newest, TensorFile));
        foreach (var (name, tensor) in ((string, Tensor)[])[("parameters", flat), ("first_moment", optimizer.FirstMoment), ("second_moment", optimizer.SecondMoment)])
        {
            using var stored = file.Read(name);
            tensor.copy_(stored);
        }

        return state;
    }

    /// <summary>Keeps the present parameters as the best so far.</summary>
    public void SaveBest(Tensor flat) => Guarded(() =>
    {
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(BestFile, [("parameters", flat)]);
    });

    /// <summary>Brings the best parameters back.</summary>
    public void LoadBest(Tensor flat)
    {
        using var guard = no_grad();
        using var file = new SafetensorsFile(BestFile);
        using var stored = file.Read("parameters");
        flat.copy_(stored);
    }

    /// <summary>Removes what earlier trainings left in the folder.</summary>
    public void Clear()
    {
        foreach (var (_, old) in Existing()) Directory.Delete(old, recursive: true);
        if (File.Exists(BestFile)) File.Delete(BestFile);
    }

    private List<(int Step, string Path)> Existing() => !Directory.Exists(folder) ? [] :
        [.. Directory.GetDirectories(folder, "checkpoint-*")
            .Where(path => int.TryParse(Path.GetFileName(path)["checkpoint-".Length..], out _))
            .Select(path => (int.Parse(Path.GetFileName(path)["checkpoint-".Length..]), path))
            .OrderBy(entry => entry.Item1)];

    private void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CrossEncoderException($"A checkpoint could not be written to {folder}: {error.Message} Free some space or choose another OutputFolder; earlier checkpoints are intact.", error);
        }
    }
}
