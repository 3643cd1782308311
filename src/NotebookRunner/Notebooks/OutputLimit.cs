namespace NotebookRunner.Notebooks;

/// <summary>How much of a cell's output is kept: the rest is counted and left out, so that no cell can fill memory or the report.</summary>
/// <param name="Printed">Characters a cell may print, over all its streams; also the most that is kept of an error's text.</param>
/// <param name="Shown">Characters a cell may show as values, over all of them: HTML, images, JSON. Bundles do not count.</param>
/// <param name="Outputs">Outputs a cell may have; streams and values that alternate are one each.</param>
/// <param name="Bundles">Characters that a cell's charts may bring along as plotly.js, which is in each of them.</param>
internal sealed record OutputLimit(int Printed = 1_000_000, int Shown = 16_000_000, int Outputs = 10_000, int Bundles = 160_000_000)
{
    /// <summary>
    /// The start of a text, at most a given length and without half a character at its end, and how many characters that leaves out.
    /// </summary>
    public static (string Text, long Omitted) Cut(string text, int most)
    {
        if (text.Length <= most)
            return (text, 0);
        var length = most > 0 && char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        return (text[..length], text.Length - length);
    }

    /// <summary>An event with no more text than a cell may have; what it loses is counted in <see cref="CellEvent.Omitted"/>.</summary>
    public CellEvent Apply(CellEvent cellEvent)
    {
        var (text, omitted) = Cut(cellEvent.Text ?? "", Printed);
        var (details, lost) = Cut(cellEvent.Details ?? "", Printed);
        return cellEvent with
        {
            Text = cellEvent.Text is null ? null : text,
            Details = cellEvent.Details is null ? null : details,
            Omitted = omitted + lost,
            Data = cellEvent.Data?.Sum(part => (long)part.Value.Length) > Shown ? TooLong(cellEvent.Data) : cellEvent.Data,
        };
    }

    /// <summary>What is shown in place of a value that is too long.</summary>
    public Dictionary<string, string> TooLong(IReadOnlyDictionary<string, string> data) =>
        new()
        {
            ["text/plain"] =
                $"[Left out: {string.Join(", ", data.Select(part => $"{Number(part.Value.Length)} characters of {part.Key}"))}. "
                + $"A cell may show {Number(Shown)} in all, and {Number(Bundles)} of plotly.js.]",
        };

    /// <summary>The sentence below a cell that printed too much.</summary>
    public string Note(long omitted) =>
        $"[{Number(omitted)} more characters of this cell's output are left out; {Number(Printed)} are kept of what a cell prints.]\n";

    private static string Number(long value) => value.ToString("#,0", System.Globalization.CultureInfo.InvariantCulture);
}
