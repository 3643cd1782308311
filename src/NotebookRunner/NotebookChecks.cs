using System.Text.RegularExpressions;
using NotebookRunner.Notebooks;
using NotebookRunner.Reports;

namespace NotebookRunner;

/// <summary>What <c>check</c> looks at before a notebook is shared, and <c>strip</c>, which mends one part of it.</summary>
internal static partial class NotebookChecks
{
    /// <summary>Prints every problem of the notebooks.</summary>
    /// <returns>0 when there is none, else 1.</returns>
    public static int Check(IEnumerable<string> inputs, TextWriter output, TextWriter log)
    {
        var secrets = Secrets.Of([]);
        var (notebooks, problems) = (0, 0);
        foreach (var notebook in inputs.SelectMany(NotebookFiles.Load))
        {
            notebooks++;
            foreach (var problem in Problems(notebook, secrets).OrderBy(problem => problem.Cell))
            {
                problems++;
                log.WriteLine(secrets.Hide($"{notebook.Name}, {problem}"));
            }
        }
        output.WriteLine(
            $"{notebooks} {(notebooks == 1 ? "notebook" : "notebooks")}, {problems} {(problems == 1 ? "problem" : "problems")}"
        );
        return problems == 0 ? 0 : 1;
    }

    /// <summary>Takes what a run leaves out of the notebooks' files; those that have none of it are not written.</summary>
    public static int Strip(IEnumerable<string> inputs, TextWriter output)
    {
        foreach (var notebook in inputs.SelectMany(NotebookFiles.Load).Where(notebook => !notebook.IsStripped))
        {
            Parameters.RemoveInjected(notebook);
            notebook.ClearOutputs();
            RunRecord.RemoveFrom(notebook);
            notebook.Save(notebook.Path, Secrets.Among([]));
            output.WriteLine($"{notebook.Path}: stripped");
        }
        return 0;
    }

    /// <summary>The problems of one notebook.</summary>
    public static IEnumerable<CellProblem> Problems(Notebook notebook, Secrets secrets) =>
        notebook
            .Cells.SelectMany((cell, i) => OfCell(cell, i + 1, secrets))
            .Concat(CellKernels.Missing(notebook))
            .Concat(DeadLinks.Of(notebook));

    private static IEnumerable<CellProblem> OfCell(Cell cell, int number, Secrets secrets)
    {
        if (cell.IsInjected)
            yield return new(number, null, "a run's parameters are left in the notebook; `strip` removes them.");
        else if (!cell.IsStripped)
            yield return new(number, null, "has outputs or a count; `strip` removes them.");
        foreach (var (line, index) in cell.Source.Split('\n').Select((line, i) => (line, i + 1)))
            if (AbsolutePath().Match(line) is { Success: true } path)
                yield return new(number, index, $"{path.Value} is a path of one machine; make it relative to the notebook.");

        // Outputs and attachments may hold a secret, too. What it is must not be printed.
        var texts = Texts(cell.Json).ToList();
        if (texts.Any(text => Secret().IsMatch(text) || secrets.Hide(text) != text))
            yield return new(
                number,
                null,
                "seems to hold a key, a token or a password. Take it out, and revoke it if the file was shared."
            );
    }

    private static IEnumerable<string> Texts(System.Text.Json.Nodes.JsonNode? node) =>
        node switch
        {
            System.Text.Json.Nodes.JsonObject values => values.SelectMany(pair => Texts(pair.Value)),
            System.Text.Json.Nodes.JsonArray lines => lines.SelectMany(Texts),
            null => [],
            _ => [Cell.Text(node)],
        };

    // Folders in which people and systems keep their files; a path such as /v1/chat of an address is none.
    [GeneratedRegex(
        @"(?<![\w.~/:-])/(home|root|Users|tmp|var|opt|mnt|media|srv|private|Volumes|workspaces?)/[^\s""'`)<>]+"
            + @"|(?<![A-Za-z])[A-Za-z]:(\\\\|/)\w[^\s""'`)<>]*|(?<![A-Za-z])C:\\\w[^\s""'`)<>]*|\bfile:///?[^\s""'`)<>]+"
    )]
    private static partial Regex AbsolutePath();

    [GeneratedRegex(
        @"\b(sk|pk|rk)-[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{20,}|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bAKIA[0-9A-Z]{16}\b"
            + @"|\bAIza[\w-]{30,}|\bxox[abprs]-[\w-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY|\bBearer\s+[\w.~+/=-]{20,}"
            + @"|[a-z][a-z0-9+.-]*://[^/\s@""{]*:[^/\s@""{]+@"
    )]
    private static partial Regex Secret();
}
