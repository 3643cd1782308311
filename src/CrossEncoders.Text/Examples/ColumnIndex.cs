namespace CrossEncoders.Examples;

/// <summary>The columns of a table by what they mean, looked up once for all rows that have the same.</summary>
internal sealed class ColumnIndex
{
    private readonly Dictionary<string, string> _byKey = [];
    private readonly Dictionary<string, string?> _titles = [];

    public ColumnIndex(IReadOnlyList<string> names)
    {
        Names = names;
        foreach (var name in names)
            _byKey.TryAdd(ExampleNames.Key(name), name);
        Positives = [.. names.Where(ExampleNames.IsPositive)];
        Negatives = [.. names.Where(ExampleNames.IsNegative)];
        Plurals = names.Where(ExampleNames.IsPlural).ToHashSet();
        Metadata = names.Where(ExampleNames.IsMetadata).ToHashSet();
    }

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyList<string> Positives { get; }

    public IReadOnlyList<string> Negatives { get; }

    public IReadOnlySet<string> Plurals { get; }

    public IReadOnlySet<string> Metadata { get; }

    /// <summary>The first of the wanted that is among the names, as it is written there; null for none.</summary>
    public string? Find(params ReadOnlySpan<string> wanted)
    {
        foreach (var key in wanted)
            if (_byKey.TryGetValue(key, out var name))
                return name;
        return null;
    }

    /// <summary>The column with the titles of a column's passages; null for none.</summary>
    public string? TitleOf(string column)
    {
        if (!_titles.TryGetValue(column, out var title))
            _titles[column] = title = Find(ExampleNames.TitlesOf(column));
        return title;
    }
}
