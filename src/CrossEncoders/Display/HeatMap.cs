using System.Globalization;
using System.Text;
using CrossEncoders.Attribution;

namespace CrossEncoders.Display;

/// <summary>
/// Query and passage with a color behind each word: blue where it raised the score, orange where it lowered it, the stronger the more. No
/// script, no picture file; the numbers are in its alternative text and show when the mouse rests on a word.
/// </summary>
[TypeFormatterSource(typeof(HtmlViewFormatters), PreferredMimeTypes = [MimeTypes.Html, MimeTypes.Text])]
public sealed class HeatMap : IHtmlView
{
    private const int Named = 5; // words in the alternative text
    private const double Deepest = 0.6; // opacity at which dark and light text still stand out
    private readonly ScoreExplanation _explanation;
    private readonly double _largest;

    internal HeatMap(ScoreExplanation explanation)
    {
        _explanation = explanation;
        _largest = explanation.QueryWords.Concat(explanation.PassageWords).Select(word => Math.Abs((double)word.Weight)).Append(1e-9).Max();
    }

    /// <summary>The heat map as a fragment of HTML.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder(
            $"<figure style=\"margin:0 0 1em\"><div role=\"img\" aria-label=\"{Html.Encode(ToString())}\" "
                + "style=\"line-height:1.9;print-color-adjust:exact\">"
        );
        AppendText(html, "Query", _explanation.Query, _explanation.QueryWords);
        AppendText(html, "Passage", _explanation.Passage, _explanation.PassageWords);
        return html.Append($"</div><figcaption style=\"font-size:.85em\">{Html.Encode(ToString())}</figcaption></figure>").ToString();
    }

    /// <summary>The score and the words that weigh most, in words.</summary>
    public override string ToString()
    {
        var words = _explanation.QueryWords.Concat(_explanation.PassageWords).OrderByDescending(word => word.Weight).ToList();
        var method = _explanation.Method == AttributionMethod.Occlusion ? "without each word" : "gradient × input";
        return string.Create(CultureInfo.InvariantCulture, $"Logit {_explanation.Logit:0.00}, by words ({method}). ")
            + $"Raised most by {List(words.Where(word => word.Weight > 0))} (blue); "
            + $"lowered most by {List(words.AsEnumerable().Reverse().Where(word => word.Weight < 0))} (orange).";
    }

    private static string List(IEnumerable<WordWeight> words) =>
        string.Join(", ", words.Take(Named).Select(word => $"{word.Text} {Signed(word.Weight, "0.00")}").DefaultIfEmpty("nothing"));

    private static string Signed(double weight, string format) => SignedNumber.Of(weight, format).Replace('-', '−');

    private void AppendText(StringBuilder html, string label, string text, IReadOnlyList<WordWeight> words)
    {
        html.Append($"<p style=\"margin:.3em 0\"><strong>{label}</strong> ");
        var at = 0;
        foreach (var word in words)
        {
            html.Append(Html.Encode(text[at..word.Start]));
            html.Append($"<span style=\"background:{Color(word.Weight)};border-radius:.2em\" title=\"");
            html.Append(Signed(word.Weight, "0.000"));
            html.Append($"\">{Html.Encode(word.Text)}</span>");
            at = word.Start + word.Text.Length;
        }

        html.Append(Html.Encode(text[at..])).Append("</p>");
    }

    private string Color(float weight) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"rgba({(weight >= 0 ? "0,114,178" : "213,94,0")},{Math.Abs(weight) / _largest * Deepest:0.00})"
        );
}
