using CrossEncoders.Documents;

namespace CrossEncoders.Examples;

/// <summary>Where an example's label comes from.</summary>
internal enum ExampleOrigin
{
    /// <summary>A pair with a label.</summary>
    Pair,

    /// <summary>A list of passages with a label each.</summary>
    List,

    /// <summary>The positives of a tuple.</summary>
    Positive,

    /// <summary>The negatives of a tuple.</summary>
    Negative,
}

/// <summary>An example of a file.</summary>
/// <param name="Example">The example.</param>
/// <param name="Origin">Where its label comes from.</param>
internal readonly record struct ReadExample(InputExample Example, ExampleOrigin Origin);

/// <summary>Rows of the data set formats in use on the Python side to examples.</summary>
/// <remarks>
/// Names follow sentence-transformers' data set formats: pairs with a label or score, triples and n-tuples of one positive and its
/// negatives (MS MARCO), with a list of labels or without, and a query with lists of documents and labels.
/// </remarks>
internal static class ExampleColumns
{
    public const string Expected =
        "\"texts\" and \"label\"; or query, passage and label (also question or sentence1; document, answer or sentence2; score); "
        + "or query, positive and negative, negative_2 …; or query, docs and labels";

    /// <summary>Whether the names are those of a format, so that a line of them is no data.</summary>
    public static bool Knows(IReadOnlyList<string> names) => new ColumnIndex(names).Find(["texts", .. ExampleNames.Queries]) is not null;

    /// <summary>The examples that a row gives. Their group is null where the row names none.</summary>
    /// <exception cref="CrossEncoderException">The columns are of no known format, or a value is missing or of the wrong kind.</exception>
    public static IEnumerable<ReadExample> Examples(ExampleRow row)
    {
        if (row.Find("texts") is { } texts)
            return [new(Labeled(row, Texts(row, texts)), ExampleOrigin.Pair)];
        var query = row.Query(row.Column(ExampleNames.Queries));
        if (row.Columns.Positives.Count > 0)
            return Tuple(row, query);
        if (row.Find(ExampleNames.Lists) is { } list && row.Value(list) is UnreadValue)
            throw row.Broken(list, "a list of texts");
        return row.Find(ExampleNames.Lists) is { } many && (row.Value(many) is TableObject || row.Items(many) is not null)
            ? Listed(row, query, many)
            : [new(Labeled(row, Pair(row, query)), ExampleOrigin.Pair)];
    }

    /// <summary>The pair of a row that is one, whether it has a label or not; null for a row in another form.</summary>
    /// <exception cref="CrossEncoderException">A value is missing or of the wrong kind.</exception>
    public static TextPair? Unlabeled(ExampleRow row) =>
        row.Find("texts") is { } texts ? Texts(row, texts)
        : row.Columns.Positives.Count == 0 && row.Find(ExampleNames.Lists) is null ? Pair(row, row.Query(row.Column(ExampleNames.Queries)))
        : null;

    private static TextPair Texts(ExampleRow row, string column) =>
        row.Items(column) is { Count: 2 } texts
            ? new(row.Passage(column, texts[0]), row.Passage(column, texts[1]))
            : throw row.Broken(column, "a list of two texts, the query and the passage");

    private static TextPair Pair(ExampleRow row, string query)
    {
        var column = row.Column(ExampleNames.Passages);
        var title = row.Columns.TitleOf(column) ?? row.Find("passagetitle", "documenttitle", "doctitle", "title");
        return new(query, PassageText.Joined(title is null ? null : row.Value(title) as string, row.Passage(column, row.Value(column))));
    }

    private static InputExample Labeled(ExampleRow row, TextPair pair) =>
        new([pair.Query, pair.Passage], row.Number(row.Column(ExampleNames.Labels))) { Id = row.Id("id"), Group = row.Id("group") };

    private static IEnumerable<ReadExample> Listed(ExampleRow row, string query, string column)
    {
        var (texts, labels) = row.Value(column) is TableObject columns ? Columns(row, column, columns) : Rows(row, column);
        var (id, group) = (row.Id("id"), row.Id("group"));
        return texts.Select(
            (text, i) =>
                new ReadExample(new([query, text], labels[i]) { Id = $"{id ?? group ?? row.Name}-{i}", Group = group }, ExampleOrigin.List)
        );
    }

    /// <summary>A list of passages, with a list of labels beside it or a label in each.</summary>
    private static (IReadOnlyList<string> Texts, IReadOnlyList<float> Labels) Rows(ExampleRow row, string column)
    {
        var texts = row.Passages(column, row.Columns.TitleOf(column) ?? row.Find("titles"));
        if (row.Find(ExampleNames.Labels) is null && row.Items(column) is { } items && items.All(item => Label(item) is not null))
            return (texts, [.. items.Select(item => row.Number(column, Label(item)))]);
        var labels = row.Column(ExampleNames.Labels);
        return row.Items(labels) is { } numbers && numbers.Count == texts.Count
            ? (texts, [.. numbers.Select(number => row.Number(labels, number))])
            : throw row.Broken(labels, $"a list of {texts.Count} numbers, one for each of {column}");
    }

    private static object? Label(object? passage) =>
        passage is TableObject { Values: var values } && new ColumnIndex([.. values.Keys]).Find(ExampleNames.Labels) is { } name
            ? values[name]
            : null;

    /// <summary>MS MARCO's object of lists: {"passage_text": [ … ], "is_selected": [ … ]}.</summary>
    private static (IReadOnlyList<string> Texts, IReadOnlyList<float> Labels) Columns(ExampleRow row, string column, TableObject passages)
    {
        var columns = new ColumnIndex([.. passages.Values.Keys]);
        List<object?>? List(string[] names) => columns.Find(names) is { } name ? passages.Values[name] as List<object?> : null;
        return List(ExampleNames.Passages) is { } texts && List(ExampleNames.Labels) is { } labels && labels.Count == texts.Count
            ? ([.. texts.Select(text => row.Passage(column, text))], [.. labels.Select(label => row.Number(column, label))])
            : throw row.Broken(column, "a list of passages, or an object with the lists passage_text and is_selected, of the same length");
    }

    private static IEnumerable<ReadExample> Tuple(ExampleRow row, string query)
    {
        var positives = row.Columns.Positives;
        if (positives.All(name => row.Value(name) is null))
            throw row.Broken(positives[0], "a text");
        var passages = positives
            .SelectMany(name => row.Passages(name))
            .Select(text => (Text: text, Label: 1f))
            .Concat(
                row.Columns.Negatives.SelectMany(name => row.Passages(name))
                    .Where(text => text.Length > 0)
                    .Select(text => (Text: text, Label: 0f))
            )
            .ToList();
        var labels = Scores(row, passages.Count);
        var (id, group) = (row.Id("id"), row.Id("group"));
        return passages.Select(
            (passage, i) =>
                new ReadExample(
                    new([query, passage.Text], labels?[i] ?? passage.Label) { Id = $"{id ?? group ?? row.Name}-{i}", Group = group },
                    passage.Label == 0 ? ExampleOrigin.Negative : ExampleOrigin.Positive
                )
        );
    }

    /// <summary>A teacher's scores of a tuple's passages, where there are scores.</summary>
    private static IReadOnlyList<float>? Scores(ExampleRow row, int count)
    {
        var column = row.Find(ExampleNames.Scores);
        var given = column is null ? null : row.Items(column) ?? row.Value(column);
        // FlagEmbedding's, beside pos and neg.
        if (column is null && row.Find("posscores") is { } above && row.Find("negscores") is { } below)
        {
            column = below;
            given = row.Items(above) is { } ones && row.Items(below) is { } others ? (List<object?>)[.. ones, .. others] : null;
        }
        if (given is null or "" or IReadOnlyList<object?> { Count: 0 })
            return null;
        return given is IReadOnlyList<object?> scores && scores.Count == count
            ? [.. scores.Select(score => row.Number(column!, score))]
            : throw row.Broken(
                column!,
                $"a list of {count} numbers, one for each positive and negative in their order; a margin alone does not score them. "
                    + "Write such a list, or leave the column out to label positives 1 and negatives 0"
            );
    }
}
