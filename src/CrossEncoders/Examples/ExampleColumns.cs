using System.Globalization;
using System.Text.RegularExpressions;
using CrossEncoders.Documents;

namespace CrossEncoders.Examples;

/// <summary>Rows of the data set formats in use on the Python side to examples.</summary>
/// <remarks>
/// Names follow sentence-transformers' data set formats: pairs with a label or score, triples and n-tuples of one positive and its negatives
/// (MS MARCO), with a list of labels or without, and a query with lists of documents and labels.
/// </remarks>
internal static partial class ExampleColumns
{
    public const string Expected =
        "\"texts\" and \"label\"; or query, passage and label (also question or sentence1; document, answer or sentence2; score); "
        + "or query, positive and negative, negative_2 …; or query, docs and labels";

    private static readonly string[] Queries = ["query", "question", "anchor", "sentence1", "text1", "sentence_A", "premise"];
    private static readonly string[] Passages =
    [
        "passage",
        "document",
        "doc",
        "context",
        "answer",
        "response",
        "text",
        "sentence2",
        "text2",
        "sentence_B",
        "hypothesis",
    ];
    private static readonly string[] Positives = ["positive", "pos", "positive_passage", "positives", "positive_passages"];
    private static readonly string[] Labels = ["label", "score", "similarity_score", "labels", "scores"];
    private static readonly string[] Lists = ["docs", "documents", "passages"];

    /// <summary>Whether the names are those of a format, so that a line of them is no data.</summary>
    public static bool Knows(IReadOnlyList<string> names) => names.Contains("texts") || Find(names, Queries) is not null;

    /// <summary>The examples that a row gives.</summary>
    /// <exception cref="CrossEncoderException">The columns are of no known format, or a value is missing or of the wrong kind.</exception>
    public static IEnumerable<InputExample> Examples(string path, TableRow row)
    {
        var names = row.Values.Keys.ToList();
        var (id, group) = (Name(path, row, "id"), Name(path, row, "group"));
        if (names.Contains("texts"))
        {
            if (row.Values["texts"] is not List<object?> texts || texts.Count != 2)
                throw Broken(path, row, "texts", "a list of two texts, the query and the passage");
            return
            [
                new([Text(path, row, "texts", texts[0]), Text(path, row, "texts", texts[1])], Number(path, row, Column(path, row, Labels)))
                {
                    Id = id,
                    Group = group,
                },
            ];
        }

        var query = Text(path, row, Column(path, row, Queries));
        if (Find(names, Lists) is { } list && row.Values[list] is List<object?> or UnreadValue)
        {
            if (row.Values[list] is not List<object?> documents)
                throw Broken(path, row, list, "a list of texts");
            var column = Column(path, row, Labels);
            if (row.Values[column] is not List<object?> labels || labels.Count != documents.Count)
                throw Broken(path, row, column, $"a list of {documents.Count} numbers, one for each of {list}");
            group ??= Row(row);
            return documents.Select(
                (document, i) =>
                    new InputExample([query, Text(path, row, list, document)], Number(path, row, column, labels[i]))
                    {
                        Id = $"{id ?? group}-{i}",
                        Group = group,
                    }
            );
        }

        if (Find(names, Positives) is { } positive)
        {
            group ??= Row(row);
            // FlagEmbedding's files have lists: {"query": …, "pos": [ … ], "neg": [ … ]}.
            IEnumerable<string> Texts(string name) =>
                row.Values[name] is List<object?> many ? many.Select(text => Text(path, row, name, text)) : [Text(path, row, name)];
            var passages = Texts(positive)
                .Select(text => (Text: text, Label: 1f))
                .Concat(
                    names
                        .Where(name =>
                            Negative().IsMatch(name) && row.Values[name] is string { Length: > 0 } or List<object?> or UnreadValue
                        )
                        .SelectMany(Texts)
                        .Select(text => (Text: text, Label: 0f))
                );
            passages = Scored(path, row, [.. passages]);
            return passages.Select(
                (passage, i) => new InputExample([query, passage.Text], passage.Label) { Id = $"{id ?? group}-{i}", Group = group }
            );
        }

        return
        [
            new([query, Text(path, row, Column(path, row, Passages))], Number(path, row, Column(path, row, Labels)))
            {
                Id = id,
                Group = group,
            },
        ];
    }

    /// <summary>The passages of a tuple with a teacher's scores in place of 1 and 0, where there are scores.</summary>
    private static IReadOnlyList<(string Text, float Label)> Scored(
        string path,
        TableRow row,
        IReadOnlyList<(string Text, float Label)> passages
    )
    {
        string[] names = [.. row.Values.Keys];
        (string column, object? given) =
            Find(names, Labels) is { } one ? (one, row.Values[one])
            : Find(names, ["neg_scores"]) is { } negative
            && row.Values[negative] is List<object?> below
            && row.Values.GetValueOrDefault("pos_scores") is List<object?> above
                ? (negative, new List<object?>([.. above, .. below])) // FlagEmbedding's, beside pos and neg
            : ("", (object?)null);
        if (given is null or "" or List<object?> { Count: 0 })
            return passages;
        if (given is not List<object?> scores || scores.Count != passages.Count)
            throw Broken(
                path,
                row,
                column,
                $"a list of {passages.Count} numbers, one for each positive and negative in their order; a margin alone does not score them. "
                    + "Write such a list, or leave the column out to label positives 1 and negatives 0"
            );
        return [.. passages.Select((passage, i) => (passage.Text, Number(path, row, column, scores[i])))];
    }

    /// <summary>An id; null where there is none.</summary>
    private static string? Name(string path, TableRow row, string column) =>
        row.Values.GetValueOrDefault(column) switch
        {
            null or "" => null,
            UnreadValue => throw Broken(path, row, column, "a text or a number"),
            var value => value.ToString(),
        };

    private static string Row(TableRow row) => $"row-{row.Number.ToString(CultureInfo.InvariantCulture)}";

    private static string Column(string path, TableRow row, string[] wanted) =>
        Find([.. row.Values.Keys], wanted)
        ?? throw new CrossEncoderException(
            $"Row {row.Number} of '{path}' has the columns {string.Join(", ", row.Values.Keys)}; missing is one of {string.Join(", ", wanted)}. Expected {Expected}."
        );

    private static string? Find(IReadOnlyList<string> names, string[] wanted) =>
        Array.Find(wanted, name => names.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } found
            ? names.First(name => name.Equals(found, StringComparison.OrdinalIgnoreCase))
            : null;

    private static string Text(string path, TableRow row, string column) => Text(path, row, column, row.Values[column]);

    private static string Text(string path, TableRow row, string column, object? value) =>
        value as string ?? throw Broken(path, row, column, "a text");

    private static float Number(string path, TableRow row, string column) => Number(path, row, column, row.Values[column]);

    private static float Number(string path, TableRow row, string column, object? value) =>
        value switch
        {
            double number => (float)number,
            string text when float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => throw Broken(path, row, column, "a number"),
        };

    private static CrossEncoderException Broken(string path, TableRow row, string column, string expected) =>
        new($"Row {row.Number} of '{path}' has {Shown(row.Values[column])} in the column '{column}'; expected {expected}.");

    private static string Shown(object? value) =>
        value switch
        {
            null => "nothing",
            UnreadValue unread => $"{unread.Kind}, which are not read from Parquet (write the table as JSON Lines, .jsonl),",
            List<object?> list => $"a list of {list.Count}",
            _ => $"'{value}'",
        };

    [GeneratedRegex("^neg(atives?)?(_passages?)?([_-]?[0-9]+)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Negative();
}
