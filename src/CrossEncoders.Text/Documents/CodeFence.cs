using System.Text.RegularExpressions;

namespace CrossEncoders.Documents;

/// <summary>The marks that code in Markdown stands between: three or more of ` or ~.</summary>
internal readonly partial record struct CodeFence(char Mark, int Length)
{
    /// <summary>The fence that a line without blanks around it opens, also behind a list marker; null where it opens none.</summary>
    public static CodeFence? Opened(ReadOnlySpan<char> line)
    {
        foreach (var marker in ListMarker().EnumerateMatches(line))
            line = line[marker.Length..];
        var fence = new CodeFence(line.IsEmpty ? '\0' : line[0], Run(line));
        // Where the mark comes again in the line, it is code within the text: ```npm install```.
        return fence.Mark is '`' or '~' && fence.Length >= 3 && !(fence.Mark == '`' && line[fence.Length..].Contains('`')) ? fence : null;
    }

    /// <summary>Whether a line without blanks around it ends the code: as many of the same marks or more, and nothing else.</summary>
    public bool IsClosedBy(ReadOnlySpan<char> line) => line.Length >= Length && line[0] == Mark && Run(line) == line.Length;

    private static int Run(ReadOnlySpan<char> line)
    {
        var other = line.IsEmpty ? 0 : line.IndexOfAnyExcept(line[0]);
        return other < 0 ? line.Length : other;
    }

    [GeneratedRegex(@"^(([-*+]|\d{1,9}[.)])\s+)+")]
    private static partial Regex ListMarker();
}
