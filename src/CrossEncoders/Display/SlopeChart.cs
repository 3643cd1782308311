using System.Globalization;
using System.Text;
using CrossEncoders.Evaluation;

namespace CrossEncoders.Display;

/// <summary>
/// Where each question's answer stood before and after: a line from place to place, the thicker the more questions took it; blue for
/// better, orange for worse. A plain SVG that needs no script.
/// </summary>
[TypeFormatterSource(typeof(HtmlViewFormatters), PreferredMimeTypes = [MimeTypes.Html, MimeTypes.Text])]
public sealed class SlopeChart : IHtmlView
{
    private const int Places = 10;
    private const int Row = 26;
    private const int Left = 120;
    private const int Right = 420;
    private readonly string _before;
    private readonly string _after;
    private readonly (int From, int To, int Count)[] _moves;

    internal SlopeChart(string before, string after, IEnumerable<QuestionChange> changes)
    {
        (_before, _after) = (before, after);
        _moves =
        [
            .. changes
                .CountBy(change => (From: Place(change.Before), To: Place(change.After)))
                .Select(move => (move.Key.From, move.Key.To, move.Value))
                .OrderBy(move => move.From)
                .ThenBy(move => move.To),
        ];
    }

    private string Summary
    {
        get
        {
            int Sum(Func<int, int, bool> kind) => _moves.Where(move => kind(move.From, move.To)).Sum(move => move.Count);
            return $"{Sum((from, to) => to < from)} questions moved up, {Sum((from, to) => to > from)} down, "
                + $"{Sum((from, to) => from == to)} stayed; first place {Sum((from, _) => from == 1)} → {Sum((_, to) => to == 1)}.";
        }
    }

    /// <summary>The picture as a fragment of HTML.</summary>
    public string ToHtml()
    {
        var svg = new StringBuilder(
            $"<figure style=\"margin:0 0 1em\"><svg role=\"img\" viewBox=\"0 0 640 {(Places + 2) * Row}\" "
                + "style=\"width:100%;max-width:640px\" "
                + $"font-size=\"13\" aria-label=\"{Html.Encode(ToString())}\">"
        );
        svg.Append(Text(Left, Row * 0.6, "end", _before)).Append(Text(Right, Row * 0.6, "start", _after));
        for (var place = 1; place <= Places + 1; place++)
        {
            var label = place > Places ? $"below {Places}" : $"{place}";
            svg.Append(Text(Left - 10, Y(place) + 4, "end", label)).Append(Text(Right + 10, Y(place) + 4, "start", label));
        }

        foreach (var (from, to, count) in _moves)
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<path d=\"M{Left} {Y(from):0.#}L{Right} {Y(to):0.#}\" stroke=\"{Color(from, to)}\" stroke-opacity=\".65\" "
                    + $"stroke-width=\"{Math.Min(14, 1 + Math.Sqrt(count)):0.#}\"><title>{from} → {to}: {count}</title></path>"
            );
        return svg.Append($"</svg><figcaption style=\"font-size:.85em\">{Html.Encode(Summary)}</figcaption></figure>").ToString();
    }

    /// <summary>Who moved where, in words.</summary>
    public override string ToString() => $"{_before} → {_after}: {Summary}";

    // From a reciprocal rank within ten; 0 is a place below them.
    private static int Place(double reciprocal) => reciprocal > 0 ? Math.Min((int)Math.Round(1 / reciprocal), Places + 1) : Places + 1;

    private static double Y(int place) => (place + 0.7) * Row;

    private static string Color(int from, int to) =>
        to < from ? "#0072B2"
        : to > from ? "#D55E00"
        : "#777777";

    private static string Text(double x, double y, string anchor, string text) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" fill=\"currentColor\">{Html.Encode(text)}</text>"
        );
}
