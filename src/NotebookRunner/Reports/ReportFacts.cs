using System.Text.Json;

namespace NotebookRunner.Reports;

/// <summary>What a report was made from and what it found: for readers, and as JSON in the page for comparison with another.</summary>
/// <param name="Time">When the run ended.</param>
/// <param name="Seconds">How long the notebooks took.</param>
/// <param name="Complete">How many notebooks ran to their end.</param>
/// <param name="Notebooks">How many there were.</param>
/// <param name="Parameters">Name → value, with the notebook where they differ.</param>
/// <param name="Data">Path → hash of each file or folder that the notebooks name and did not write.</param>
/// <param name="Packages">Name → version of what the library depends on.</param>
/// <param name="Commit">The commit of the notebooks' repository; null where there is none.</param>
/// <param name="Machine">What kind of machine it was.</param>
/// <param name="Figures">The figures that have names.</param>
internal sealed record ReportFacts(
    DateTime Time,
    double Seconds,
    int Complete,
    int Notebooks,
    SortedDictionary<string, string> Parameters,
    SortedDictionary<string, string> Data,
    SortedDictionary<string, string> Packages,
    string? Commit,
    string Machine,
    IReadOnlyList<Figure> Figures
)
{
    /// <summary>What the notebooks say in the end, sentence by sentence.</summary>
    public IReadOnlyList<string> Verdicts { get; init; } = [];

    private const string Start = "<script type=\"application/json\" id=\"report-facts\">";
    private const string End = "</script>";

    /// <summary>The parameters that are called a seed.</summary>
    public IEnumerable<KeyValuePair<string, string>> Seeds =>
        Parameters.Where(parameter => parameter.Key.Split(' ')[0].EndsWith("seed", StringComparison.OrdinalIgnoreCase));

    /// <summary>The facts as a block of the page; the serializer escapes what could end it.</summary>
    public string ToHtml() => $"{Start}{JsonSerializer.Serialize(this, JsonSerializerOptions.Web)}{End}";

    /// <summary>Whether a page is a report: has the block of facts.</summary>
    public static bool AreIn(string page) => page.Contains(Start, StringComparison.Ordinal);

    /// <summary>Reads the facts of a report.</summary>
    /// <exception cref="RunnerException">The file cannot be read or is no report of this program.</exception>
    public static ReportFacts Read(string path)
    {
        try
        {
            var page = File.ReadAllText(path);
            var start = page.IndexOf(Start, StringComparison.Ordinal);
            var end = start < 0 ? -1 : page.IndexOf(End, start, StringComparison.Ordinal);
            var facts =
                end < 0 ? null : JsonSerializer.Deserialize<ReportFacts>(page[(start + Start.Length)..end], JsonSerializerOptions.Web);
            return facts is { Parameters: not null, Data: not null, Packages: not null, Figures: not null, Verdicts: not null }
                ? facts
                : throw new RunnerException(
                    $"{path} has no block of facts: it is no report of this program, or of an older version of it."
                );
        }
        catch (JsonException error)
        {
            throw new RunnerException($"The facts in {path} cannot be read: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunnerException($"Cannot read {path}: {error.Message}", error);
        }
    }
}
