using System.Globalization;
using CrossEncoders.Weights;

namespace CrossEncoders.Training;

/// <summary>
/// The names of what a training writes beside its log: <c>checkpoint-STEP</c> folders and <c>best-STEP.safetensors</c> files.
/// </summary>
internal static class CheckpointNames
{
    /// <summary>The state in a checkpoint.</summary>
    public const string State = "state.json";

    /// <summary>The tensors in a checkpoint.</summary>
    public const string Tensors = "training.safetensors";

    /// <summary>The one tensor in a file of the best parameters.</summary>
    public const string Parameters = "parameters";

    private const string CheckpointStart = "checkpoint-";
    private const string BestStart = "best-";
    private const string BestEnd = ".safetensors";

    /// <summary>The name of a step's checkpoint.</summary>
    public static string Checkpoint(int step) => string.Create(CultureInfo.InvariantCulture, $"{CheckpointStart}{step}");

    /// <summary>The name of the best parameters, where they are of this step.</summary>
    public static string Best(int step) => string.Create(CultureInfo.InvariantCulture, $"{BestStart}{step}{BestEnd}");

    /// <summary>The step of a checkpoint by its name; null for other names.</summary>
    public static int? StepOf(string name) =>
        name.StartsWith(CheckpointStart, StringComparison.Ordinal) && Number(name[CheckpointStart.Length..]) is { } step ? step : null;

    /// <summary>Whether a training may give this name to something, before it has done more than a number of steps.</summary>
    public static bool IsOne(string name, int steps = int.MaxValue) => (StepOf(name) ?? BestStepOf(name)) <= steps;

    /// <summary>What lies in a checkpoint's folder and is not part of it.</summary>
    public static IReadOnlyList<string> Strangers(string checkpoint) =>
        Directory.Exists(checkpoint)
            ?
            [
                .. Directory
                    .GetFileSystemEntries(checkpoint)
                    .Select(path => Path.GetFileName(path))
                    .Where(name => name is not (State or Tensors)),
            ]
            : [];

    /// <summary>Whether a file is what its name says, the best parameters of a training.</summary>
    public static bool IsBest(string path)
    {
        if (BestStepOf(Path.GetFileName(path)) is null || !File.Exists(path))
            return false;
        try
        {
            using var file = new SafetensorsFile(path);
            return file.Tensors.Count == 1 && file.Tensors.ContainsKey(Parameters);
        }
        catch (CrossEncoderException)
        {
            return false;
        }
    }

    private static int? BestStepOf(string name) =>
        name.StartsWith(BestStart, StringComparison.Ordinal) && name.EndsWith(BestEnd, StringComparison.Ordinal) && name.Length > 17
            ? Number(name[BestStart.Length..^BestEnd.Length])
            : null;

    // As it is written, not 007.
    private static int? Number(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number.ToString(CultureInfo.InvariantCulture) == digits
            ? number
            : null;
}
