using System.Text.Json;
using System.Text.RegularExpressions;
using CrossEncoders.Display;

namespace CrossEncoders.Tests.Display;

/// <summary>What a chart hands to plotly.js, read back from its HTML.</summary>
internal static partial class Figure
{
    /// <summary>The fragment without the copy of plotly.js that it brings along.</summary>
    public static string Html(Chart chart) => Bundle().Replace(chart.ToHtml(), "");

    /// <summary>Data, layout and configuration.</summary>
    public static JsonElement Of(Chart chart) => JsonDocument.Parse(Json().Match(Html(chart)).Groups[1].Value).RootElement;

    /// <summary>The series by their names.</summary>
    public static Dictionary<string, JsonElement> Series(Chart chart) =>
        Of(chart).GetProperty("data").EnumerateArray().ToDictionary(series => series.GetProperty("name").GetString()!);

    /// <summary>Numbers of a series; NaN where there is none.</summary>
    public static double[] Numbers(this JsonElement series, string property) =>
        [
            .. series
                .GetProperty(property)
                .EnumerateArray()
                .Select(number => number.ValueKind == JsonValueKind.Number ? number.GetDouble() : double.NaN),
        ];

    public static string[] Texts(this JsonElement series, string property) =>
        [.. series.GetProperty(property).EnumerateArray().Select(text => text.GetString()!)];

    [GeneratedRegex("<script data-plotly-bundle>.*?</script>", RegexOptions.Singleline)]
    private static partial Regex Bundle();

    [GeneratedRegex(@"function figure\(\) \{ return (.*); \}")]
    private static partial Regex Json();
}
