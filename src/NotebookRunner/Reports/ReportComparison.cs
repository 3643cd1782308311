using System.Globalization;

namespace NotebookRunner.Reports;

/// <summary>Two reports side by side: what went in differently, and what became of each verdict and each figure.</summary>
internal static class ReportComparison
{
    /// <summary>The comparison, line by line.</summary>
    public static IEnumerable<string> Lines(ReportFacts old, ReportFacts now)
    {
        yield return $"old: {Origin(old)}";
        yield return $"new: {Origin(now)}";
        foreach (
            var line in Section("Parameters", old.Parameters, now.Parameters)
                .Concat(Section("Data", old.Data, now.Data))
                .Concat(Section("Packages", old.Packages, now.Packages))
                .Concat(Section("Machine", One(old.Machine), One(now.Machine)))
                .Concat(Verdicts(old.Verdicts, now.Verdicts))
                .Concat(Figures(old.Figures, now.Figures))
        )
            yield return line;
    }

    /// <summary>
    /// What became of a figure. With intervals, a difference counts that is larger than the widths of both explain together (as for
    /// independent samples, so it is careful where both were measured on the same questions); without, any difference does.
    /// </summary>
    public static string Word(Figure old, Figure now)
    {
        var difference = now.Value - old.Value;
        var noise = Math.Sqrt(Math.Pow(HalfWidth(old), 2) + Math.Pow(HalfWidth(now), 2));
        return Math.Abs(difference) <= noise ? "same"
            : (now.HigherIsBetter ?? old.HigherIsBetter) is not { } higher ? "changed"
            : difference > 0 == higher ? "better"
            : "worse";
    }

    private static IEnumerable<string> Verdicts(IReadOnlyList<string> old, IReadOnlyList<string> now)
    {
        string[] lines =
        [
            .. old.Except(now, StringComparer.Ordinal).Select(verdict => $"  only in the old report: {verdict}"),
            .. now.Except(old, StringComparer.Ordinal).Select(verdict => $"  only in the new report: {verdict}"),
        ];
        return lines.Prepend($"Verdicts: {(lines.Length > 0 ? "changed" : old.Count == 0 ? "none" : "same")}");
    }

    private static IEnumerable<string> Figures(IReadOnlyList<Figure> old, IReadOnlyList<Figure> now)
    {
        yield return old.Count + now.Count == 0 ? "Figures: none"
        : old.SequenceEqual(now) ? "Figures: same, digit for digit"
        : "Figures:";
        var olds = old.ToDictionary(figure => figure.Name, StringComparer.Ordinal);
        var news = now.ToDictionary(figure => figure.Name, StringComparer.Ordinal);
        foreach (var name in old.Concat(now).Select(figure => figure.Name).Distinct(StringComparer.Ordinal))
            yield return (olds.GetValueOrDefault(name), news.GetValueOrDefault(name)) switch
            {
                ({ } was, { } figure) => $"  {name}: {Change(was, figure)}",
                (null, { } added) => $"  {name}: {added}  only in the new report",
                var (gone, _) => $"  {name}: {gone}  only in the old report",
            };
    }

    /// <summary>The two values, to the last digit where fewer do not tell them apart, the word, and the verdict if it is another.</summary>
    private static string Change(Figure old, Figure now)
    {
        var (was, value) = ($"{old}", $"{now}");
        if (was == value && old.Value != now.Value)
            (was, value) = (Whole(old.Value), Whole(now.Value));
        var verdict = old.Verdict == now.Verdict ? "" : $"; {old.Verdict ?? "no verdict"} → {now.Verdict ?? "no verdict"}";
        return $"{was} → {value}  {Word(old, now)}{verdict}";
    }

    private static string Whole(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static double HalfWidth(Figure figure) => figure is { Lower: { } lower, Upper: { } upper } ? (upper - lower) / 2 : 0;

    private static string Origin(ReportFacts facts) =>
        $"{facts.Time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}, "
        + $"{facts.Complete} of {facts.Notebooks} notebooks complete, "
        + (facts.Commit is { } commit ? $"commit {commit}" : "no commit");

    private static Dictionary<string, string> One(string value) => new() { [""] = value };

    private static IEnumerable<string> Section(string title, IDictionary<string, string> old, IDictionary<string, string> now)
    {
        var changes = old
            .Keys.Union(now.Keys, StringComparer.Ordinal)
            .Select(name =>
                (
                    Name: name,
                    Old: old.TryGetValue(name, out var was) ? was : "none",
                    New: now.TryGetValue(name, out var value) ? value : "none"
                )
            )
            .Where(change => change.Old != change.New)
            .ToList();
        return changes
            .Select(change => $"  {change.Name}{(change.Name.Length == 0 ? "" : ": ")}{change.Old} → {change.New}")
            .Prepend($"{title}: {(changes.Count == 0 ? "same" : "changed")}");
    }
}
