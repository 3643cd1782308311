using System.Text;
using System.Text.RegularExpressions;

namespace NotebookRunner.Notebooks;

/// <summary>What a terminal would show in the end.</summary>
internal static partial class Terminal
{
    /// <summary>Carries out carriage returns: what follows one overwrites its line from the start.</summary>
    public static string Final(string text)
    {
        text = text.Replace("\r\n", "\n");
        if (!text.Contains('\r'))
            return text;
        var result = new StringBuilder(text.Length);
        foreach (var line in text.Split('\n'))
            AppendLine(result, line).Append('\n');
        result.Length--;
        return result.ToString();
    }

    /// <summary>Removes colors and cursor movements.</summary>
    public static string Plain(string text) => text.Contains('\e') ? Escapes().Replace(text, "") : text;

    private static StringBuilder AppendLine(StringBuilder result, string line)
    {
        var shown = new char[line.Length];
        var length = 0;
        foreach (var part in line.AsSpan().Split('\r'))
        {
            var text = line.AsSpan(part);
            text.CopyTo(shown);
            length = Math.Max(length, text.Length);
        }
        return result.Append(shown, 0, length);
    }

    [GeneratedRegex(@"\e(\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")]
    private static partial Regex Escapes();
}
