using NotebookRunner.Notebooks;

namespace NotebookRunner;

/// <summary>Finds the notebooks that a command is for.</summary>
internal static class NotebookFiles
{
    /// <summary>The notebooks of a folder in the order of their names, or the one named.</summary>
    /// <exception cref="RunnerException">There is none, or it cannot be read.</exception>
    public static List<Notebook> Load(string input)
    {
        if (File.Exists(input))
            return [Notebook.Load(input)];
        if (!Directory.Exists(input))
            throw new RunnerException($"Expected a folder with notebooks or a notebook (.ipynb); there is no {input}.");
        var found = Directory.EnumerateFiles(input, "*.ipynb").Order(StringComparer.Ordinal).ToList();
        return found.Count > 0
            ? [.. found.Select(Notebook.Load)]
            : throw new RunnerException($"There is no notebook (*.ipynb) in {input}.");
    }
}
