using System.Globalization;
using System.Text;

namespace CrossEncoders.Display;

/// <summary>
/// A flowchart in Mermaid's notation, drawn as SVG by the library: no script, no network, readable on light and dark ground. It reads boxes
/// <c>a[text]</c> (also round, <c>(text)</c> and <c>([text])</c>, a circle <c>((text))</c>, a rhombus <c>{text}</c>), arrows
/// <c>--&gt;</c>, <c>---</c>, <c>-.-&gt;</c>, <c>==&gt;</c> with labels, <c>&amp;</c> and chains; lines that only style are passed over.
/// </summary>
/// <remarks>Notation: mermaid.js.org/syntax/flowchart.html. Of its other kinds of diagram, and of subgraphs, nothing is drawn.</remarks>
[TypeFormatterSource(typeof(HtmlViewFormatters), PreferredMimeTypes = [MimeTypes.Html, MimeTypes.Text])]
public sealed class FlowChart : IHtmlView
{
    private readonly FlowText _text;

    private FlowChart(FlowText text) => _text = text;

    /// <summary>Reads a flowchart.</summary>
    /// <param name="mermaid">Its text, beginning with <c>flowchart LR</c> or another direction (RL, TB, TD, BT).</param>
    /// <exception cref="CrossEncoderException">It is another kind of diagram, or a line cannot be read; the message says which.</exception>
    public static FlowChart Parse(string mermaid) => new(FlowText.Read(mermaid));

    /// <summary>The picture as a fragment of HTML that needs nothing else.</summary>
    public string ToHtml()
    {
        var layout = new FlowLayout(_text);
        var svg = new StringBuilder(
            $"<figure style=\"margin:0 0 1em\"><svg data-flowchart=\"\" role=\"img\" aria-label=\"{Html.Encode(ToString())}\" "
                + $"viewBox=\"0 0 {Number(layout.Width)} {Number(layout.Height)}\" width=\"{Number(layout.Width)}\" "
                + "style=\"max-width:100%;height:auto\" font-family=\"system-ui,sans-serif\" font-size=\"14\" fill=\"none\" "
                + "stroke=\"currentColor\" stroke-width=\"1.5\">"
        );
        foreach (var line in layout.Lines)
            AppendLine(svg, line);
        foreach (var box in layout.Boxes)
            AppendBox(svg, box);
        return svg.Append("</svg></figure>").ToString();
    }

    /// <summary>The chart in words: each arrow with its two ends.</summary>
    public override string ToString()
    {
        var arrows = _text.Links.Select(link => $"{Name(link.From)} → {Name(link.To)}" + (link.Label.Length > 0 ? $" ({link.Label})" : ""));
        var linked = _text.Links.SelectMany(link => new[] { link.From, link.To }).ToHashSet();
        var alone = _text.Nodes.Where(node => !linked.Contains(node.Id)).Select(node => node.Text);
        return $"Flowchart: {string.Join("; ", arrows.Concat(alone)).Replace('\n', ' ')}.";
    }

    private string Name(string id) => _text.Nodes.First(node => node.Id == id).Text;

    private static void AppendBox(StringBuilder svg, FlowBox box)
    {
        var (x, y, width, height) = (box.X - box.Width / 2, box.Y - box.Height / 2, box.Width, box.Height);
        const string Fill = "fill=\"rgba(0,114,178,.14)\"";
        svg.Append(
            box.Node.Shape switch
            {
                FlowShape.Rhombus => $"<polygon {Fill} points=\"{Point(x, box.Y)} {Point(box.X, y)} "
                    + $"{Point(x + width, box.Y)} {Point(box.X, y + height)}\"/>",
                _ => $"<rect {Fill} x=\"{Number(x)}\" y=\"{Number(y)}\" width=\"{Number(width)}\" height=\"{Number(height)}\" "
                    + $"rx=\"{Number(Corner(box))}\"/>",
            }
        );
        var lines = box.Node.Text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
            AppendText(svg, lines[i], box.X, box.Y + (i - (lines.Length - 1) / 2.0) * FlowLayout.LineHeight + 5, "middle", 14);
    }

    private static double Corner(FlowBox box) =>
        box.Node.Shape switch
        {
            FlowShape.Box => 3,
            FlowShape.Round => 10,
            _ => box.Height / 2,
        };

    private static void AppendLine(StringBuilder svg, FlowLine line)
    {
        var path = new StringBuilder($"M{Point(line.Points[0].X, line.Points[0].Y)}");
        for (var i = 1; i < line.Points.Count; i++)
        {
            var ((x0, y0), (x, y)) = (line.Points[i - 1], line.Points[i]);
            var (cx0, cy0, cx, cy) = line.IsAcross ? ((x0 + x) / 2, y0, (x0 + x) / 2, y) : (x0, (y0 + y) / 2, x, (y0 + y) / 2);
            path.Append(CultureInfo.InvariantCulture, $"C{Point(cx0, cy0)} {Point(cx, cy)} {Point(x, y)}");
        }
        var style = line.Link.Style switch
        {
            FlowStyle.Dotted => " stroke-dasharray=\"4 4\"",
            FlowStyle.Thick => " stroke-width=\"3\"",
            _ => "",
        };
        svg.Append($"<path d=\"{path}\"{style}/>");
        if (line.Link.HasArrow)
        {
            var (tip, sign) = (line.Points[^1], line.IsBackwards ? -1 : 1);
            var (ax, ay) = line.IsAcross ? (-8.0 * sign, 4.5) : (4.5, -8.0 * sign);
            var other = line.IsAcross ? Point(tip.X + ax, tip.Y - ay) : Point(tip.X - ax, tip.Y + ay);
            svg.Append($"<polygon fill=\"currentColor\" points=\"{Point(tip.X, tip.Y)} {Point(tip.X + ax, tip.Y + ay)} {other}\"/>");
        }
        if (line.Link.Label.Length > 0 && line.IsAcross)
            AppendText(svg, line.Link.Label, line.Middle.X, line.Middle.Y - 6, "middle", 12);
        else if (line.Link.Label.Length > 0)
            AppendText(svg, line.Link.Label, line.Middle.X + 6, line.Middle.Y + 4, "start", 12);
    }

    private static void AppendText(StringBuilder svg, string text, double x, double y, string anchor, int size) =>
        svg.Append(
            $"<text x=\"{Number(x)}\" y=\"{Number(y)}\" text-anchor=\"{anchor}\" font-size=\"{size}\" fill=\"currentColor\" "
                + $"stroke=\"none\">{Html.Encode(text)}</text>"
        );

    private static string Point(double x, double y) => $"{Number(x)},{Number(y)}";

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
