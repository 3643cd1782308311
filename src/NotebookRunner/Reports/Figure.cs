using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Reports;

/// <summary>A headline figure that a cell shows: its HTML says so in an attribute <c>data-figures</c>, a JSON list of these.</summary>
/// <param name="Name">What it is, the same in every run.</param>
/// <param name="Value">The figure.</param>
/// <param name="Lower">The lower end of its interval, where there is one.</param>
/// <param name="Upper">The upper end of its interval.</param>
/// <param name="HigherIsBetter">Its direction; null where it has none.</param>
internal sealed partial record Figure(string Name, double Value, double? Lower, double? Upper, bool? HigherIsBetter)
{
    /// <summary>The figures of a notebook in the order of its cells, each name once.</summary>
    public static IEnumerable<Figure> Of(Notebook notebook) =>
        notebook
            .Cells.SelectMany(cell => cell.Outputs)
            .SelectMany(output => AttributeText().Matches(Cell.Text((output as System.Text.Json.Nodes.JsonObject)?["data"]?["text/html"])))
            .SelectMany(match => Parsed(WebUtility.HtmlDecode(match.Groups["json"].Value)))
            .DistinctBy(figure => figure.Name);

    /// <summary>The value with its interval.</summary>
    public override string ToString() =>
        Lower is { } lower && Upper is { } upper ? $"{Number(Value)} [{Number(lower)}, {Number(upper)}]" : Number(Value);

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) is >= 0.001 or 0 ? "0.####" : "0.###e0", CultureInfo.InvariantCulture);

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
}
