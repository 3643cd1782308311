using System.Globalization;

namespace NotebookRunner;

/// <summary>The options of <c>run</c>; paths are full, but those among the parameters may be relative to <c>Here</c>.</summary>
internal sealed record RunOptions(
    string Input,
    IReadOnlyDictionary<string, string> Parameters,
    string Output,
    string Report,
    TimeSpan? CellLimit,
    string Here,
    bool ContinueOnError = false,
    bool Changed = false
)
{
    /// <summary>The longest time a timer can wait for.</summary>
    public const int MostMinutes = 71_000;

    /// <summary>Whether a text is a number of minutes that a cell can be limited to.</summary>
    public static bool IsTimeLimit(string minutes) =>
        double.TryParse(minutes, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MostMinutes;
}
