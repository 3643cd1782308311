using System.Text.RegularExpressions;

namespace CrossEncoders.Documents;

/// <summary>Finds the running heads, feet and numbers of pages: lines at the edge that come again at the same place.</summary>
internal static partial class PdfHeads
{
    private const int Deepest = 4;

    /// <summary>Takes them out of the pages.</summary>
    /// <param name="pages">The lines of each page.</param>
    /// <returns>How many lines were taken out.</returns>
    public static int TakeOut(IReadOnlyList<List<PdfLine>> pages)
    {
        if (pages.Count(page => page.Count > 0) < 2)
            return 0;
        var taken = 0;
        foreach (var atTop in (bool[])[true, false])
            for (var round = 0; round < Deepest; round++)
            {
                var found = Repeated(pages, atTop);
                if (found.Count == 0)
                    break;
                foreach (var (page, lines) in found)
                    taken += pages[page].RemoveAll(lines.Contains);
            }
        return taken;
    }

    /// <summary>For each page the outermost lines of it, where they are heads.</summary>
    private static List<(int Page, List<PdfLine> Lines)> Repeated(IReadOnlyList<List<PdfLine>> pages, bool atTop)
    {
        var edges = pages
            .Select((lines, page) => (Page: page, Lines: Edge(lines, atTop)))
            .Where(edge => edge.Lines.Count > 0)
            .Select(edge => new Margin(
                edge.Page,
                edge.Lines,
                IsApart(pages[edge.Page], edge.Lines, atTop),
                IsLarge(pages[edge.Page], edge.Lines, atTop)
            ))
            .ToList();
        var heads = new HashSet<int>();
        // A head that changes with the chapter stands at the same place on most pages, and on neighbouring ones often says the same.
        foreach (var place in edges.GroupBy(margin => Math.Round(margin.Lines[0].Y / 6)))
        {
            var here = place.ToList();
            var texts = here.GroupBy(margin => Pattern(margin)).Where(same => same.Count() > 1 && !AreHeadings(same)).ToList();
            var again = texts.Sum(same => same.Count());
            var few = pages.Count < 4 ? 2 : Math.Max(2, pages.Count / 4);
            if (here.Count >= few && again * 2 > here.Count && here.Count(margin => margin.IsApart) * 2 > here.Count)
                heads.UnionWith(here.Where(margin => margin.IsApart).Select(margin => margin.Page));
            else
                heads.UnionWith(
                    texts.Where(same => IsHead(same.ToList(), pages.Count)).SelectMany(same => same.Select(margin => margin.Page))
                );
        }
        heads.UnionWith(Numbers(edges));
        return [.. edges.Where(margin => heads.Contains(margin.Page)).Select(margin => (margin.Page, margin.Lines))];
    }

    /// <summary>Whether lines that say the same are a head although the text below starts at once.</summary>
    private static bool IsHead(List<Margin> same, int pages) =>
        same.Count >= Math.Max(3, pages / 4) && same.DistinctBy(margin => margin.Text).Count() == 1;

    /// <summary>Whether lines that differ by a number are headings ("Step 1", "Step 2"): larger than the text, each there once.</summary>
    private static bool AreHeadings(IEnumerable<Margin> same) =>
        same.All(margin => margin.IsLarge) && same.CountBy(margin => margin.Text).All(text => text.Value == 1);

    /// <summary>The pages whose outermost line is their number, counting up with the pages.</summary>
    private static IEnumerable<int> Numbers(List<Margin> edges)
    {
        var numbered = edges
            .Select(margin => (margin.Page, Number: PageNumber(margin.Text)))
            .Where(margin => margin.Number is not null)
            .ToList();
        return numbered
            .GroupBy(margin => margin.Number!.Value - margin.Page)
            .Where(run => run.Count() > 1)
            .SelectMany(run => run.Select(margin => margin.Page));
    }

    /// <summary>The number of a line that is nothing but a page's number: "3", "- 3 -", "Page 3 of 9", "iv", "第3页".</summary>
    internal static int? PageNumber(string line)
    {
        if (NumberLine().Match(line) is not { Success: true } match)
            return null;
        var digits = match.Groups["n"].Value;
        return int.TryParse(digits, out var number) ? number
            : Roman(digits.ToLowerInvariant()) is > 0 and var roman ? roman
            : null;
    }

    private static int Roman(string digits)
    {
        var (sum, last) = (0, 0);
        foreach (
            var value in digits
                .Reverse()
                .Select(digit =>
                    "ivxlc".IndexOf(digit) switch
                    {
                        0 => 1,
                        1 => 5,
                        2 => 10,
                        3 => 50,
                        _ => 100,
                    }
                )
        )
        {
            sum += value < last ? -value : value;
            last = Math.Max(last, value);
        }
        return sum;
    }

    /// <summary>The outermost row of a page: its line, and those beside it.</summary>
    private static List<PdfLine> Edge(List<PdfLine> lines, bool atTop)
    {
        if (lines.Count == 0)
            return [];
        var outermost = atTop ? lines.MaxBy(line => line.Y)! : lines.MinBy(line => line.Y)!;
        return [.. lines.Where(line => line.IsBeside(outermost)).OrderBy(line => line.Left)];
    }

    /// <summary>Whether a row stands apart from the text: by a gap, or by being smaller, and outside the middle of the page.</summary>
    private static bool IsApart(List<PdfLine> page, List<PdfLine> row, bool atTop)
    {
        if (Next(page, row, atTop) is not { } next)
            return true;
        return Math.Abs(row[0].Y - next.Y) > 1.9 * Math.Max(row[0].Size, next.Size) || row[0].Size < 0.9 * next.Size;
    }

    private static bool IsLarge(List<PdfLine> page, List<PdfLine> row, bool atTop) =>
        atTop && Next(page, row, atTop) is { } next && row[0].Size > 1.25 * next.Size;

    private static PdfLine? Next(List<PdfLine> page, List<PdfLine> row, bool atTop)
    {
        var rest = page.Where(line => !row.Contains(line));
        return atTop ? rest.MaxBy(line => line.Y) : rest.MinBy(line => line.Y);
    }

    /// <summary>The text with each number replaced, unless it is a sentence: those differ by their numbers.</summary>
    private static string Pattern(Margin margin) => margin.IsApart ? Digits().Replace(margin.Text, "0") : margin.Text;

    private sealed record Margin(int Page, List<PdfLine> Lines, bool IsApart, bool IsLarge)
    {
        public string Text { get; } = string.Join(' ', Lines.Select(line => line.Text));
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();

    [GeneratedRegex(
        @"^[\W_]*((page|p\.?|pg\.?|seite|página)\s*)?第?\s*(?<n>\d{1,4}|[ivxlc]{1,7})\s*页?([\s,，/|of共-]*\d{1,4}\s*页?)?[\W_]*$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex NumberLine();
}
