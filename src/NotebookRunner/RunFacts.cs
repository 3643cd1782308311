using NotebookRunner.Execution;
using NotebookRunner.Notebooks;
using NotebookRunner.Reports;

namespace NotebookRunner;

/// <summary>What a run's report says about the run.</summary>
internal static class RunFacts
{
    public static ReportFacts Of(
        IReadOnlyList<Notebook> notebooks,
        IReadOnlyList<NotebookResult> results,
        IReadOnlyDictionary<string, string> given,
        SortedDictionary<string, string> data
    ) =>
        new(
            DateTime.Now,
            results.Sum(result => result.Duration.TotalSeconds),
            results.Count(result => !result.Failed),
            notebooks.Count,
            Values(notebooks, given),
            data,
            Surroundings.Packages(notebooks),
            Surroundings.Commit(notebooks[0].Folder),
            Surroundings.Machine(),
            [.. Figure.Of(results.Select(result => result.Notebook))]
        )
        {
            Verdicts = [.. results.SelectMany(result => Figure.Verdicts(result.Notebook)).Distinct(StringComparer.Ordinal)],
        };

    /// <summary>Every parameter with the value it had, once for all notebooks where they agree.</summary>
    private static SortedDictionary<string, string> Values(IEnumerable<Notebook> notebooks, IReadOnlyDictionary<string, string> given)
    {
        var all = notebooks
            .SelectMany(notebook =>
                Parameters
                    .Declared(notebook)
                    .Values.Select(declared =>
                        (
                            declared.Name,
                            Value: given.GetValueOrDefault(declared.Name) ?? declared.Default ?? declared.Initial,
                            Notebook: notebook.Name
                        )
                    )
            )
            .ToLookup(parameter => parameter.Name, StringComparer.Ordinal);
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var same in all)
        foreach (var (name, value, notebook) in same)
            values[same.Select(other => other.Value).Distinct().Count() == 1 ? name : $"{name} ({notebook})"] = value;
        return values;
    }
}
