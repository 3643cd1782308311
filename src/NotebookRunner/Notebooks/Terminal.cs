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
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = new StringBuilder();
            foreach (var part in lines[i].Split('\r'))
            {
                line.Remove(0, Math.Min(part.Length, line.Length));
                line.Insert(0, part);
            }
            result.Append(line);
            if (i < lines.Length - 1)
                result.Append('\n');
        }
        return result.ToString();
    }

    /// <summary>Removes colors and cursor movements.</summary>
    public static string Plain(string text) => text.Contains('\e') ? Escapes().Replace(text, "") : text;

    [GeneratedRegex(@"\e(\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")]
    private static partial Regex Escapes();
}
