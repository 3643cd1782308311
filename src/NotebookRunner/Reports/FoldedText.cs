using System.Net;
using System.Text.RegularExpressions;
using Markdig.Renderers;
using Markdig.Syntax;

namespace NotebookRunner.Reports;

/// <summary>
/// The one piece of HTML that a notebook's text may hold: what stands between a paragraph <c>&lt;details&gt;&lt;summary&gt;…</c> and one
/// <c>&lt;/details&gt;</c> is folded. An end without a beginning, or the reverse, stays text, so that it cannot swallow the page.
/// </summary>
internal static partial class FoldedText
{
    /// <summary>Renders the blocks of a text.</summary>
    public static void Render(HtmlRenderer renderer, MarkdownDocument document, string source)
    {
        var ends = Ends(document, source);
        for (var i = 0; i < document.Count; i++)
        {
            if (ends.TryGetValue(i, out var end))
            {
                var summary = Beginning().Match(Text(document[i], source)).Groups[1].Value;
                renderer.WriteLine($"<details><summary>{WebUtility.HtmlEncode(WebUtility.HtmlDecode(summary))}</summary>");
                for (var inner = i + 1; inner < end; inner++)
                    renderer.Render(document[inner]);
                renderer.WriteLine("</details>");
                i = end;
                continue;
            }

            renderer.Render(document[i]);
        }
    }

    /// <summary>The block at which each folded part ends, by the one at which it begins; parts do not lie in each other.</summary>
    private static Dictionary<int, int> Ends(MarkdownDocument document, string source)
    {
        var ends = new Dictionary<int, int>();
        var begun = -1;
        for (var i = 0; i < document.Count; i++)
        {
            var text = document[i] is ParagraphBlock ? Text(document[i], source) : "";
            if (Beginning().IsMatch(text))
                begun = i;
            if (text != "</details>" || begun < 0)
                continue;
            ends[begun] = i;
            begun = -1;
        }

        return ends;
    }

    private static string Text(Block block, string source) =>
        block.Span.Start >= 0 && block.Span.End < source.Length && !block.Span.IsEmpty
            ? source.Substring(block.Span.Start, block.Span.Length).Trim()
            : "";

    [GeneratedRegex(@"^<details>\s*<summary>([^<>]*)</summary>$")]
    private static partial Regex Beginning();
}
