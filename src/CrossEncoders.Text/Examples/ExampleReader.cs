using System.Globalization;
using CrossEncoders.Documents;

namespace CrossEncoders.Examples;

/// <summary>
/// Puts the examples of a file's rows together: the groups of queries that stand in several rows, and what a reader should know.
/// </summary>
internal sealed class ExampleReader(string path, bool anyLabel)
{
    private ColumnIndex? _columns;
    private readonly List<ReadExample> _read = [];
    private readonly Dictionary<string, string> _groups = []; // by query, of rows that name none
    private readonly Dictionary<string, HashSet<string>> _positives = []; // by query
    private readonly SortedSet<string> _unread = new(StringComparer.Ordinal);

    public void Add(TableRow tableRow)
    {
        if (_columns?.Names.SequenceEqual(tableRow.Values.Keys) != true)
            _columns = new ColumnIndex([.. tableRow.Values.Keys]);
        var row = new ExampleRow(path, tableRow, _columns);
        foreach (var (example, origin) in ExampleColumns.Examples(row))
        {
            if (anyLabel ? !float.IsFinite(example.Label) : !(example.Label is >= 0 and <= 1))
                throw new CrossEncoderException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Row {tableRow.Number} of '{path}' has the label {example.Label}; expected "
                    )
                        + (
                            anyLabel
                                ? "a finite number."
                                : "0 to 1. Divide by the largest label, or load with anyLabel where the loss takes any."
                        )
                );
            var key = PassageText.Key(example.Query);
            if (origin == ExampleOrigin.Positive)
                Positives(key).Add(PassageText.Key(example.Passage));
            _read.Add(new(origin == ExampleOrigin.Pair ? example : Grouped(example, key, row.Name), origin));
        }
        _unread.UnionWith(row.Unread);
    }

    /// <summary>All examples, without negatives that are a positive of their query.</summary>
    /// <param name="report">Is told what was left out.</param>
    public IReadOnlyList<InputExample> Finish(Action<string> report)
    {
        if (_read.Count > 0 && _read.TrueForAll(read => IsNumber(read.Example.Query) && IsNumber(read.Example.Passage)))
            throw new CrossEncoderException(
                $"'{path}' holds numbers where texts are expected, such as '{_read[0].Example.Query}' and '{_read[0].Example.Passage}': "
                    + "these look like ids of queries and passages. Put the texts in their place."
            );
        var examples = _read
            .Where(read =>
                read.Origin != ExampleOrigin.Negative
                || !Positives(PassageText.Key(read.Example.Query)).Contains(PassageText.Key(read.Example.Passage))
            )
            .Select(read => read.Example)
            .ToList();
        if (examples.Count < _read.Count)
            report(
                $"'{path}': {_read.Count - examples.Count} negatives were left out, as they are positives of the same query. "
                    + "Check how the negatives were chosen."
            );
        if (_unread.Count > 0)
            report(
                $"'{path}': nothing was read from {string.Join(", ", _unread.Select(name => $"'{name}'"))}. "
                    + $"If that matters, rename: expected {ExampleColumns.Expected}."
            );
        return examples;
    }

    // Passages of one query are compared and kept together, however many rows they stand in.
    private InputExample Grouped(InputExample example, string query, string row)
    {
        if (example.Group is not null)
            return example;
        if (!_groups.TryGetValue(query, out var group))
            _groups[query] = group = row;
        return example with { Group = group };
    }

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    private HashSet<string> Positives(string query)
    {
        if (!_positives.TryGetValue(query, out var passages))
            _positives[query] = passages = [];
        return passages;
    }
}
