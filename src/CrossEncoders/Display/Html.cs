using System.Globalization;
using System.Text;

namespace CrossEncoders.Display;

/// <summary>Text made safe for HTML, scripts and narrow columns.</summary>
internal static class Html
{
    /// <summary>Text for an element's content or a quoted attribute. Chinese stays as it is; control characters become spaces.</summary>
    public static string Encode(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        foreach (var c in text)
            _ = c switch
            {
                '&' => result.Append("&amp;"),
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                '"' => result.Append("&quot;"),
                '\'' => result.Append("&#39;"),
                '\n' or '\t' => result.Append(c),
                _ when char.IsControl(c) => result.Append(' '),
                _ => result.Append(c),
            };
        return result.ToString();
    }

    /// <summary>Text for plotly.js, which reads a little HTML in names and titles; quotes mean nothing there and stay.</summary>
    public static string Label(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>JSON for an inline script: nothing in it can end the script or a line of it.</summary>
    /// <remarks>The characters replaced occur in JSON only inside strings, where the escape means the same.</remarks>
    public static string ScriptJson(string json) =>
        json.Replace("<", "\\u003c", StringComparison.Ordinal)
            .Replace(">", "\\u003e", StringComparison.Ordinal)
            .Replace("&", "\\u0026", StringComparison.Ordinal)
            .Replace("\u2028", "\\u2028", StringComparison.Ordinal)
            .Replace("\u2029", "\\u2029", StringComparison.Ordinal);

    /// <summary>The text cut to a width in columns, with an ellipsis; whole characters only, Chinese ones count two.</summary>
    public static string Clip(string text, int width)
    {
        if (text.Length * 2 <= width || Width(text) <= width)
            return text;
        var result = new StringBuilder();
        var used = 1;
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            if ((used += Width(element)) > width)
                break;
            result.Append(element);
        }
        return result.Append('…').ToString();
    }

    /// <summary>Columns the text takes in a terminal.</summary>
    public static int Width(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
            width +=
                Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
                    ? 0
                : IsWide(rune.Value) ? 2
                : 1;
        return width;
    }

    private static bool IsWide(int c) =>
        c
            is >= 0x1100
                and <= 0x115F
                or >= 0x2E80
                and <= 0xA4CF
                or >= 0xAC00
                and <= 0xD7A3
                or >= 0xF900
                and <= 0xFAFF
                or >= 0xFE30
                and <= 0xFE6F
                or >= 0xFF00
                and <= 0xFF60
                or >= 0xFFE0
                and <= 0xFFE6
                or >= 0x1F300
                and <= 0x1FAFF
                or >= 0x20000
                and <= 0x3FFFD;
}
