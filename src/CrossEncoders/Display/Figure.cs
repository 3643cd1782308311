using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrossEncoders.Display;

/// <summary>A headline figure that a table shows: a report collects them, and two reports are compared by them.</summary>
/// <param name="Name">What it is, the same in every run.</param>
/// <param name="Value">The figure.</param>
/// <param name="Lower">The lower end of its interval, where there is one.</param>
/// <param name="Upper">The upper end of its interval.</param>
/// <param name="HigherIsBetter">Its direction; null where it has none.</param>
internal sealed record Figure(string Name, double Value, double? Lower = null, double? Upper = null, bool? HigherIsBetter = null)
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
