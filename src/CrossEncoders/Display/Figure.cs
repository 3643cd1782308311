using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrossEncoders.Display;

/// <summary>A figure that a table shows and that has a name: a report collects them, and two reports are compared by them.</summary>
/// <param name="Name">What it is, the same in every run.</param>
/// <param name="Value">The figure.</param>
/// <param name="Lower">The lower end of its interval, where there is one.</param>
/// <param name="Upper">The upper end of its interval.</param>
/// <param name="HigherIsBetter">Its direction; null where it has none.</param>
/// <param name="Verdict">What it means, in a few words.</param>
/// <param name="Headline">Whether it stands in a report's head; null, so no, for the many that only serve a comparison.</param>
internal sealed record Figure(
    string Name,
    double Value,
    double? Lower = null,
    double? Upper = null,
    bool? HigherIsBetter = null,
    string? Verdict = null,
    bool? Headline = null
)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>An attribute that holds figures for programs that read the page; empty without finite figures.</summary>
    public static string Attribute(IReadOnlyList<Figure> figures)
    {
        var finite = figures.Where(figure => double.IsFinite(figure.Value)).ToArray();
        return finite.Length == 0 ? "" : $" data-figures=\"{Html.Encode(JsonSerializer.Serialize(finite, Options))}\"";
    }
}
