using System.Text.Json;
using CrossEncoders.Files;

namespace CrossEncoders.Training;

/// <summary>
/// What <c>start.json</c> in an output folder holds: how the training there began, and the names of what it made. Nothing else in the
/// folder is ever changed or deleted.
/// </summary>
/// <param name="Start">The state before the first step.</param>
/// <param name="Files">Names that the training made or is about to make, besides the manifest and the log.</param>
/// <param name="Earlier">Names of an earlier training, whose files are to be deleted.</param>
internal sealed record TrainingManifest(TrainingState Start, IReadOnlyList<string> Files, IReadOnlyList<string> Earlier)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "start.json";

    private const string Advice =
        "If it is not of a training, choose another OutputFolder; if it is damaged, delete the folder to start again.";

    /// <summary>Reads the manifest in a folder; null where there is none.</summary>
    /// <exception cref="CrossEncoderException">There is a file of that name, but it is not a manifest.</exception>
    public static TrainingManifest? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        return Parse(path, text =>
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.TryGetProperty(nameof(TrainingState.Fingerprint), out _)) // before there were lists of names
                return new TrainingManifest(json.Deserialize<TrainingState>()!.Checked(step: 0), OfEarlierBuild(folder), []);
            var manifest = json.Deserialize<TrainingManifest>(Options)!;
            manifest.Start.Checked(step: 0);
            if (manifest.Files.Concat(manifest.Earlier).FirstOrDefault(name => !CheckpointNames.IsOne(name)) is { } other)
                throw new JsonException($"it names '{other}', which is not something that a training makes.");
            return manifest;
        });
    }

    /// <summary>Reads the state of a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="step">The step it must be of.</param>
    /// <exception cref="CrossEncoderException">It is not one.</exception>
    public static TrainingState ReadState(string path, int step) =>
        Parse(path, text => (JsonSerializer.Deserialize<TrainingState>(text) ?? throw new JsonException("it is empty.")).Checked(step));

    /// <summary>Writes something of a training as JSON, down to the disk.</summary>
    public static void Write<T>(string path, T value)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        JsonSerializer.Serialize(file, value);
        file.Flush(flushToDisk: true);
    }

    private static readonly JsonSerializerOptions Options = new()
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private static T Parse<T>(string path, Func<string, T> parse)
    {
        try
        {
            return parse(File.ReadAllText(path));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException || DiskErrors.Is(error))
        {
            throw new CrossEncoderException($"{path} holds no training state: {error.Message} {Advice}", error);
        }
    }

    /// <summary>Of builds that kept no list: what has the names and the content of their checkpoints.</summary>
    private static List<string> OfEarlierBuild(string folder) =>
        [
            .. Directory
                .GetFileSystemEntries(folder)
                .Where(path =>
                    CheckpointNames.StepOf(Path.GetFileName(path)) is not null
                        ? CheckpointNames.Strangers(path).Count == 0 && File.Exists(Path.Combine(path, CheckpointNames.State))
                        : CheckpointNames.IsBest(path)
                )
                .Select(path => Path.GetFileName(path)),
        ];
}
