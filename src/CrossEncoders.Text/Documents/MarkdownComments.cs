using System.Text;

namespace CrossEncoders.Documents;

/// <summary>Takes comments (&lt;!-- … --&gt;) out of a Markdown text, which no reader of the page sees; those in code stay.</summary>
internal static class MarkdownComments
{
    /// <summary>The text without its comments. One that never ends is text.</summary>
    public static string Without(string text)
    {
        if (!text.Contains("<!--", StringComparison.Ordinal))
            return text;
        var kept = new StringBuilder(text.Length);
        var last = text.LastIndexOf("-->", StringComparison.Ordinal);
        CodeFence? fence = null;
        for (var at = 0; at < text.Length; )
        {
            var newline = text.IndexOf('\n', at);
            var end = newline < 0 ? text.Length : newline + 1;
            var line = text.AsSpan(at, end - at).Trim();
            var opened = fence ?? CodeFence.Opened(line);
            if (opened is null)
            {
                at = Line(text, at, end, last, kept);
                continue;
            }
            kept.Append(text, at, end - at);
            fence = fence is { } open && open.IsClosedBy(line) ? null : opened;
            at = end;
        }
        return kept.ToString();
    }

    /// <summary>Appends a line, or what a comment leaves of it and of the lines after it; returns where to go on.</summary>
    private static int Line(string text, int at, int end, int last, StringBuilder kept)
    {
        var code = false;
        for (var i = at; i < end; i++)
        {
            if (text[i] == '`')
                code = !code;
            var starts = !code && i < last && string.CompareOrdinal(text, i, "<!--", 0, 4) == 0;
            var close = starts ? text.IndexOf("-->", i + 2, StringComparison.Ordinal) : -1;
            if (close < 0)
            {
                kept.Append(text[i]);
                continue;
            }
            // What follows the comment on its last line is a line like any other.
            return close + 3;
        }
        return end;
    }
}
