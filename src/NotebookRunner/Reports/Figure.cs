using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Reports;

/// <summary>
/// A figure that a cell shows and that has a name: its HTML says so in an attribute <c>data-figures</c>, a JSON list of these.
/// </summary>
/// <param name="Name">What it is, the same in every run.</param>
/// <param name="Value">The figure.</param>
/// <param name="Lower">The lower end of its interval, where there is one.</param>
/// <param name="Upper">The upper end of its interval.</param>
/// <param name="HigherIsBetter">Its direction; null where it has none.</param>
/// <param name="Verdict">What it means, in a few words.</param>
/// <param name="Headline">Whether it stands in the report's head.</param>
internal sealed partial record Figure(
    string Name,
    double Value,
    double? Lower = null,
    double? Upper = null,
    bool? HigherIsBetter = null,
    string? Verdict = null,
    bool Headline = false
)
{
    private const int MostVerdicts = 5;

    /// <summary>The figures of notebooks in the order of their cells, each name once: where it stands twice, the headline.</summary>
    public static IEnumerable<Figure> Of(IEnumerable<Notebook> notebooks) =>
        notebooks
            .SelectMany(Shown)
            .SelectMany(html => AttributeText().Matches(html))
            .SelectMany(match => Parsed(WebUtility.HtmlDecode(match.Groups["json"].Value)))
            .GroupBy(figure => figure.Name, (_, same) => same.MaxBy(figure => figure.Headline)!);

    /// <summary>The verdicts of a notebook: what its cells show as a paragraph with the attribute <c>data-verdict</c>.</summary>
    public static IEnumerable<string> Verdicts(Notebook notebook) =>
        Shown(notebook)
            .SelectMany(html => VerdictText().Matches(html))
            .Select(match => WebUtility.HtmlDecode(match.Groups["text"].Value).Trim())
            .Where(text => text.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .Take(MostVerdicts);

    /// <summary>The value with its interval.</summary>
    public override string ToString() =>
        Lower is { } lower && Upper is { } upper ? $"{Number(Value)} [{Number(lower)}, {Number(upper)}]" : Number(Value);

    private static IEnumerable<string> Shown(Notebook notebook) =>
        notebook.Cells.SelectMany(cell => cell.Outputs).Select(output => Cell.Text((output as JsonObject)?["data"]?["text/html"]));

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) is >= 0.0001 or 0 ? "0.####" : "0.###e0", CultureInfo.InvariantCulture);

    /// <summary>What any cell may write is not always what it should be.</summary>
    private static IEnumerable<Figure> Parsed(string json)
    {
        try
        {
            return (JsonSerializer.Deserialize<List<Figure?>>(json, JsonSerializerOptions.Web) ?? [])
                .OfType<Figure>()
                .Where(figure => figure.Name is { Length: > 0 });
        }
        catch (JsonException)
        {
            return [];
        }
    }

    [GeneratedRegex("<div [^<>]*data-figures=\"(?<json>[^\"]*)\"")]
    private static partial Regex AttributeText();

    [GeneratedRegex("<p data-verdict>(?<text>[^<]*)</p>")]
    private static partial Regex VerdictText();
}
