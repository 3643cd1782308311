namespace CrossEncoders.Documents;

/// <summary>
/// Columns that were written in turn, left and right by line or by blocks of lines, read one after the other. What is written column by
/// column stands in the order of reading already, and so does a table, whose rows belong together: its cells are short, of uneven width,
/// or set apart by rules, by room or by the ends of their sentences.
/// </summary>
internal static class PdfColumns
{
    private const int FewestLines = 4;

    /// <summary>The lines in the order of reading.</summary>
    /// <param name="lines">The lines of a page in the order of the file.</param>
    /// <param name="rules">The horizontal rules of the page: where they start and end and their height.</param>
    public static List<PdfLine> InReadingOrder(List<PdfLine> lines, IReadOnlyList<(double Left, double Right, double Y)> rules)
    {
        if (lines.Count < 2 * FewestLines)
            return lines;
        List<List<PdfLine>>? best = null;
        var most = 0;
        foreach (var edge in Edges(lines))
        {
            var bands = Bands(lines, edge);
            var moved = bands.Where(band => IsTwoColumns(band, edge, rules)).Sum(band => band.Count);
            if (moved > most)
                (best, most) = ([.. bands.SelectMany(band => Parts(band, edge, rules))], moved);
        }
        return best is null ? lines : [.. best.SelectMany(part => part.Count == lines.Count ? part : InReadingOrder(part, rules))];
    }

    private static IEnumerable<List<PdfLine>> Parts(
        List<PdfLine> band,
        double edge,
        IReadOnlyList<(double Left, double Right, double Y)> rules
    ) => IsTwoColumns(band, edge, rules) ? [band.FindAll(line => line.Left < edge), band.FindAll(line => line.Left >= edge)] : [band];

    /// <summary>Where a column may start: left edges that several lines share, the leftmost left out.</summary>
    private static IEnumerable<double> Edges(List<PdfLine> lines) =>
        lines
            .GroupBy(line => Math.Round(line.Left / 4))
            .Where(group => group.Count() >= FewestLines)
            .Select(group => group.Min(line => line.Left) - 2)
            .Order()
            .Skip(1);

    /// <summary>The lines between those that cross the gap before an edge, each of which is a band of its own.</summary>
    private static List<List<PdfLine>> Bands(List<PdfLine> lines, double edge)
    {
        var bands = new List<List<PdfLine>> { new() };
        foreach (var line in lines)
        {
            if (line.Left < edge && line.Right > edge - 0.5 * line.Size)
            {
                bands.Add([line]);
                bands.Add([]);
            }
            else
            {
                bands[^1].Add(line);
            }
        }
        return bands.FindAll(band => band.Count > 0);
    }

    private static bool IsTwoColumns(List<PdfLine> band, double edge, IReadOnlyList<(double Left, double Right, double Y)> rules)
    {
        var (left, right) = (band.FindAll(line => line.Left < edge), band.FindAll(line => line.Left >= edge));
        if (left.Count < FewestLines || right.Count < FewestLines || !IsProse(left) || !IsProse(right))
            return false;
        var (top, bottom) = (band.Max(line => line.Y), band.Min(line => line.Y));
        var crossing = rules.Count(rule => rule.Left < edge - 10 && rule.Right > edge + 10 && rule.Y < top && rule.Y > bottom);
        if (crossing >= 2)
            return false;
        var blocks = Blocks(band, edge);
        return blocks.Count > Math.Min(left.Count, right.Count) || GoOn(blocks, [left, right]);
    }

    /// <summary>Lines of one column that follow one another.</summary>
    private static List<List<PdfLine>> Blocks(List<PdfLine> band, double edge)
    {
        var blocks = new List<List<PdfLine>>();
        foreach (var line in band)
        {
            if (blocks.Count == 0 || blocks[^1][0].Left < edge != line.Left < edge)
                blocks.Add([]);
            blocks[^1].Add(line);
        }
        return blocks;
    }

    /// <summary>
    /// Whether the next block of a column mostly stands as close as a next line does, on both sides, and blocks do not end like texts of
    /// their own, as the cells of a table do.
    /// </summary>
    private static bool GoOn(List<List<PdfLine>> blocks, List<PdfLine>[] columns)
    {
        double[] steps = [.. columns.Select(Step)];
        double[] widest = [.. columns.Select(column => column.Max(line => line.Width))];
        var first = blocks[0][0] == columns[0][0] ? 0 : 1;
        var (close, ends) = (new List<bool>(), 0);
        for (var i = 0; i + 2 < blocks.Count; i++)
        {
            var (column, last) = ((first + i) % 2, blocks[i][^1]);
            close.Add(last.Y - blocks[i + 2][0].Y is > 0 and var step && step <= 1.2 * steps[column]);
            if (last.Width < 0.7 * widest[column] || PdfParagraphs.IsEnd(last.Text))
                ends++;
        }
        var both = close.Chunk(2).ToList();
        return both.Count(pair => Array.TrueForAll(pair, isClose => isClose)) * 2 > both.Count && ends * 5 < close.Count * 4;
    }

    /// <summary>The distance of a line to the next where it is small.</summary>
    private static double Step(List<PdfLine> column)
    {
        double[] steps = [.. column.Zip(column.Skip(1), (line, next) => line.Y - next.Y).Where(step => step > 0).Order()];
        return steps.Length == 0 ? 0 : steps[steps.Length / 4];
    }

    /// <summary>Whether lines are those of a running text: long, and most of them nearly as wide as the widest.</summary>
    private static bool IsProse(List<PdfLine> lines)
    {
        var widest = lines.Max(line => line.Width);
        var size = lines.Average(line => line.Size);
        return lines.Average(line => line.Width) >= 8 * size && lines.Count(line => line.Width >= 0.7 * widest) * 2 >= lines.Count;
    }
}
