namespace NotebookRunner.Notebooks;

/// <summary>plotly.js in an output: each chart brings it along, in a script marked <c>data-plotly-bundle</c>.</summary>
internal static class PlotlyBundle
{
    /// <summary>What such a script starts with.</summary>
    public const string Start = "<script data-plotly-bundle";

    private const string End = "</script>";

    /// <summary>Where the bundles of an HTML start, and where what follows them does.</summary>
    public static IEnumerable<(int Start, int End)> Of(string html)
    {
        for (
            var from = 0;
            html.IndexOf(Start, from, StringComparison.Ordinal) is >= 0 and var start
                && html.IndexOf(End, start, StringComparison.Ordinal) is >= 0 and var end;
            from = end + End.Length
        )
            yield return (start, end + End.Length);
    }
}
