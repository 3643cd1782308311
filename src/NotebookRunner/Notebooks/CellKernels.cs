using System.Text.RegularExpressions;

namespace NotebookRunner.Notebooks;

/// <summary>Which kernels and directives the cells of a notebook ask for, and which of them the runner lacks.</summary>
internal static partial class CellKernels
{
    /// <summary>The names by which cells may ask for the runner's kernels.</summary>
    public static readonly IReadOnlySet<string> Kernels = new HashSet<string>(StringComparer.Ordinal)
    {
        "csharp",
        "c#",
        "C#",
        "fsharp",
        "f#",
        "F#",
        "html",
        "javascript",
        "markdown",
        "mermaid",
        "value",
    };

    /// <summary>The directives that the runner's kernels know, besides those that choose a kernel.</summary>
    public static readonly IReadOnlySet<string> Directives = new HashSet<string>(StringComparer.Ordinal)
    {
        "#!import",
        "#!lsmagic",
        "#!set",
        "#!share",
        "#!time",
        "#!who",
        "#!whos",
    };

    /// <summary>Kernels that no package brings by itself, only the tool.</summary>
    private static readonly Dictionary<string, string> OfTheTool = new(StringComparer.OrdinalIgnoreCase)
    {
        ["pwsh"] = "PowerShell",
        ["powershell"] = "PowerShell",
        ["sql"] = "SQL",
        ["kql"] = "KQL",
        ["http"] = "HTTP requests",
        ["python"] = "Python",
        ["r"] = "R",
    };

    /// <summary>
    /// What a notebook's cells ask for in vain. What a package may bring, after a cell that loads one, is not among it;
    /// skipped cells ask for nothing.
    /// </summary>
    public static IEnumerable<CellProblem> Missing(Notebook notebook)
    {
        var known = Kernels.Concat(Directives.Select(directive => directive[2..])).ToHashSet(StringComparer.Ordinal);
        var packages = false;
        var library = false;
        bool IsMissing(string name) => !known.Contains(name) && (!packages || OfTheTool.ContainsKey(name));
        foreach (var (cell, number) in notebook.Cells.Select((cell, i) => (cell, i + 1)))
        {
            if (!cell.IsExecutable || cell.IsSkipped)
                continue;
            packages |= Package().IsMatch(cell.Source);
            library |= Library().IsMatch(cell.Source);
            if (MermaidProblem(cell, library) is { } problem)
                yield return new(number, null, problem);
            if (IsMissing(cell.Kernel))
                yield return new(number, null, Message(cell.Kernel, "the cell's metadata"));
            foreach (var (line, index) in cell.Source.Split('\n').Select((line, i) => (line, i + 1)))
            {
                if (Directive().Match(line) is not { Success: true } directive)
                    continue;
                if (Connection().Match(line) is { Success: true } connection)
                    known.UnionWith(((string[])["", "sql-", "kql-"]).Select(prefix => prefix + connection.Groups["name"].Value));
                var name = directive.Groups["name"].Value;
                if (name != cell.Kernel && IsMissing(name))
                    yield return new(number, index, Message(name, $"\"{line.Trim()}\""));
            }
        }
    }

    /// <summary>Why a Mermaid diagram cannot be drawn here; null where it can, or where there is none.</summary>
    private static string? MermaidProblem(Cell cell, bool hasLibrary)
    {
        var lines = cell.Source.Split('\n').Select(line => line.Trim());
        var diagram = cell.Kernel == "mermaid" ? lines : lines.SkipWhile(line => line != "#!mermaid");
        var first = diagram.FirstOrDefault(line => line.Length > 0 && !line.StartsWith("%%") && !line.StartsWith("#!"));
        return first is null ? null
            : !hasLibrary ? "the cell has a Mermaid diagram, which the library draws; let an earlier cell load it (#!import …/notebook.cs)."
            : FlowChart().IsMatch(first) ? null
            : $"the cell has a Mermaid diagram that begins with \"{first}\"; of Mermaid only flowcharts are drawn (\"flowchart LR\"). "
                + "Draw one, or tag the cell \"skip-execution\".";
    }

    private static string Message(string name, string where)
    {
        var language = OfTheTool.GetValueOrDefault(name, name);
        return $"{where} asks for {language} (\"{name}\"), which the runner does not have. It has {string.Join(", ", Shown)}. "
            + "Run the notebook in VS Code or Jupyter, or tag the cell \"skip-execution\".";
    }

    private static IEnumerable<string> Shown => Kernels.Where(name => name.All(char.IsAsciiLetterLower)).Concat(Directives);

    [GeneratedRegex(@"^#!(?<name>[^\s]+)")]
    private static partial Regex Directive();

    [GeneratedRegex(@"^#!connect\b.*--kernel-name\s+(?<name>\S+)")]
    private static partial Regex Connection();

    [GeneratedRegex("^#(r|!import)\\s+\"?[^\"\\n]*\\bCrossEncoders\\b", RegexOptions.Multiline)]
    private static partial Regex Library();

    [GeneratedRegex(@"^(flowchart|graph)\b")]
    private static partial Regex FlowChart();

    [GeneratedRegex("^#r\\s+\"nuget:", RegexOptions.Multiline)]
    private static partial Regex Package();
}
