using System.Security.Cryptography;
using System.Text.Json;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>Everything besides tensors and the log that a training needs to go on.</summary>
internal sealed record TrainingState
{
    public required string Fingerprint { get; init; }

    /// <summary>A hash of the weights it started with.</summary>
    public string? StartWeights { get; init; }

    /// <summary>Optimizer steps done.</summary>
    public int Step { get; set; }

    public double Seconds { get; set; }

    public int? BestStep { get; set; }

    public double? BestValue { get; set; }

    /// <summary>Evaluations since the last gain, for early stopping.</summary>
    public int WithoutGain { get; set; }

    /// <summary>Length of the log in bytes.</summary>
    public long LogLength { get; set; }

    /// <summary>Length of each evaluator's CSV file in bytes.</summary>
    public Dictionary<string, long> CsvLengths { get; init; } = [];
}

/// <summary>
/// Checkpoints in an output folder, <c>checkpoint-STEP</c>: each appears whole or not at all, whenever the process is killed, and only the newest
/// few are kept. The state before the first step is <c>start.json</c>, the best parameters so far are <c>best-STEP.safetensors</c>.
/// </summary>
internal sealed class Checkpoints(string folder, int kept)
{
    private const string StateFile = "state.json";
    private const string TensorFile = "training.safetensors";
    private const string Prefix = "checkpoint-";

    private string StartFile => Path.Combine(folder, "start.json");

    /// <summary>Removes what earlier trainings left in the folder, and notes where this one starts.</summary>
    public void Begin(TrainingState state) =>
        Guarded(() =>
        {
            Directory.CreateDirectory(folder);
            if (File.Exists(StartFile))
                File.Delete(StartFile);
            foreach (var (_, old) in Existing())
                Remove(old);
            foreach (var old in Directory.GetFiles(folder, "best-*.safetensors"))
                File.Delete(old);
            WriteState(StartFile + ".saving", state);
            File.Move(StartFile + ".saving", StartFile);
        });

    /// <summary>Writes a checkpoint of the parameters and the optimizer.</summary>
    public void Save(TrainingState state, Tensor flat, AdamW optimizer) =>
        Guarded(() =>
        {
            var target = Path.Combine(folder, Prefix + state.Step);
            var building = target + ".saving";
            if (Directory.Exists(building))
                Directory.Delete(building, recursive: true);
            Directory.CreateDirectory(building);
            SafetensorsWriter.Write(
                Path.Combine(building, TensorFile),
                [("parameters", flat), ("first_moment", optimizer.FirstMoment), ("second_moment", optimizer.SecondMoment)]
            );
            WriteState(Path.Combine(building, StateFile), state);
            if (Directory.Exists(target))
                Remove(target);
            Directory.Move(building, target);
            foreach (var (_, old) in Existing().SkipLast(kept))
                Remove(old);
            foreach (var rest in Directory.GetDirectories(folder, Prefix + "*").Where(path => Path.GetFileName(path).Contains('.')))
                Directory.Delete(rest, recursive: true); // what killed processes left half done
            foreach (
                var old in Directory
                    .GetFiles(folder, "best-*")
                    .Where(path => Path.GetFileName(path) != Path.GetFileName(BestFile(state.BestStep)))
            )
                File.Delete(old);
        });

    /// <summary>Reads the newest checkpoint into the parameters and the optimizer, or the start where there is none yet; null without either.</summary>
    /// <exception cref="CrossEncoderException">They are of a training with other examples or settings, or the model is no longer the one it started with.</exception>
    public TrainingState? LoadNewest(string fingerprint, Tensor flat, AdamW optimizer)
    {
        var newest = Existing() is [.., var (_, path)] ? path : null;
        if (newest is null && !File.Exists(StartFile))
            return null;
        var state = ReadState(newest is null ? StartFile : Path.Combine(newest, StateFile));
        if (state.Fingerprint != fingerprint)
            throw new CrossEncoderException(
                $"{newest ?? StartFile} belongs to a training with other examples, settings or model (its fingerprint is {state.Fingerprint[..12]}, this one's {fingerprint[..12]}). Resume with the same ones, choose another OutputFolder, or train without Resume."
            );
        if (newest is null)
        {
            if (state.StartWeights != HashOf(flat))
                throw new CrossEncoderException(
                    $"The training in {folder} ended before its first checkpoint, so it can only start again; but the model has other weights than it had at that start, perhaps because it has been trained since. Load the base model again, or train without Resume."
                );
            return state;
        }

        using var guard = no_grad();
        using var file = new SafetensorsFile(Path.Combine(newest, TensorFile));
        foreach (
            var (name, tensor) in ((string, Tensor)[])
                [("parameters", flat), ("first_moment", optimizer.FirstMoment), ("second_moment", optimizer.SecondMoment)]
        )
        {
            using var stored = file.Read(name);
            tensor.copy_(stored);
        }

        return state;
    }

    /// <summary>A hash of parameters.</summary>
    public static string HashOf(Tensor flat)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var (start, piece) = (0L, 1L << 24); start < flat.numel(); start += piece)
        {
            using var values = flat.narrow(0, start, Math.Min(piece, flat.numel() - start)).cpu();
            hash.AppendData(values.bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Keeps the present parameters as the best so far; those before stay until the next checkpoint, which a resumed training may need.</summary>
    public void SaveBest(int step, Tensor flat) => Guarded(() => SafetensorsWriter.Write(BestFile(step), [("parameters", flat)]));

    /// <summary>Brings the best parameters back.</summary>
    public void LoadBest(int step, Tensor flat)
    {
        using var guard = no_grad();
        using var file = new SafetensorsFile(BestFile(step));
        using var stored = file.Read("parameters");
        flat.copy_(stored);
    }

    private string BestFile(int? step) => Path.Combine(folder, $"best-{step}.safetensors");

    private List<(int Step, string Path)> Existing() =>
        !Directory.Exists(folder)
            ? []
            :
            [
                .. Directory
                    .GetDirectories(folder, Prefix + "*")
                    .Where(path => int.TryParse(Path.GetFileName(path)[Prefix.Length..], out _))
                    .Select(path => (int.Parse(Path.GetFileName(path)[Prefix.Length..]), path))
                    .OrderBy(entry => entry.Item1),
            ];

    /// <summary>Takes the name away first: half a checkpoint must never look like a whole one.</summary>
    private static void Remove(string checkpoint)
    {
        var doomed = $"{checkpoint}.{Guid.NewGuid():N}";
        Directory.Move(checkpoint, doomed);
        Directory.Delete(doomed, recursive: true);
    }

    private static void WriteState(string path, TrainingState state)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        JsonSerializer.Serialize(file, state);
        file.Flush(flushToDisk: true);
    }

    private static TrainingState ReadState(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingState>(File.ReadAllText(path)) ?? throw new JsonException("it is empty");
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            throw new CrossEncoderException($"{path} holds no training state: {error.Message} Delete its folder to start again.", error);
        }
    }

    private void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CrossEncoderException(
                $"A checkpoint could not be written to {folder}: {error.Message} Free some space or choose another OutputFolder; earlier checkpoints are intact.",
                error
            );
        }
    }
}
