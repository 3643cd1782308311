using System.Globalization;
using CrossEncoders.Documents;
using CrossEncoders.Files;
using CsvHelper;

namespace CrossEncoders.Examples;

/// <summary>Examples in files, by extension: .jsonl, .csv, .tsv or .parquet.</summary>
public static class InputExamples
{
    private sealed record Line(IReadOnlyList<string> Texts, float Label, string? Id = null, string? Group = null);

    /// <summary>The columns of the tables that <see cref="Save"/> writes.</summary>
    internal static readonly string[] TableColumns = ["query", "passage", "label", "id", "group"];

    /// <summary>
    /// Writes examples; the file appears as a whole or not at all. JSON Lines have "texts", "label", "id" and "group"; tables the columns
    /// query, passage, label, id and group, which Python's data sets read as they are.
    /// </summary>
    /// <exception cref="CrossEncoderException">
    /// The file cannot be written, its extension is not one of those, or an example is not two texts and a finite label.
    /// </exception>
    public static void Save(this IEnumerable<InputExample> examples, string path)
    {
        var all = examples.ToList();
        for (var i = 0; i < all.Count; i++)
            if (all[i].Texts is not [not null, not null] || !float.IsFinite(all[i].Label))
                throw new CrossEncoderException(
                    $"Example {i + 1} cannot be written to '{path}': expected a query, a passage and a finite label, but found "
                        + $"{all[i].Texts.Count(text => text is not null)} texts and the label "
                        + string.Create(CultureInfo.InvariantCulture, $"{all[i].Label}. Correct or leave out the example.")
                );
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".jsonl":
                JsonLines.Write(path, all.Select(example => new Line(example.Texts, example.Label, example.Id, example.Group)));
                break;
            case ".csv" or ".tsv":
                AtomicFile.Write(path, stream =>
                    WriteTable(stream, all, path.EndsWith("tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : ',')
                );
                break;
            case ".parquet":
                AtomicFile.Write(path, stream =>
                    ParquetTable.Write(
                        stream,
                        [
                            ("query", [.. all.Select(example => example.Query)]),
                            ("passage", [.. all.Select(example => example.Passage)]),
                            ("id", [.. all.Select(example => example.Id)]),
                            ("group", [.. all.Select(example => example.Group)]),
                        ],
                        "label",
                        all.Select(example => example.Label).ToArray()
                    )
                );
                break;
            default:
                throw new CrossEncoderException(
                    $"Examples cannot be written to '{path}': expected a name that ends in {string.Join(", ", TableRows.Extensions)}."
                );
        }
    }

    /// <summary>
    /// Reads examples: what <see cref="Save"/> wrote, and the formats of the Python side: query, passage and label (or sentence1, sentence2
    /// and score); query, positives and negatives (triples of MS MARCO with or without a line of names, FlagEmbedding, Tevatron, DPR),
    /// where a list of scores may stand beside them; query with lists of documents and labels.
    /// </summary>
    /// <remarks>
    /// A passage may be an object with a title and a text, or have a column of titles beside it: title and text are joined by a space.
    /// A .json file may be one list of objects, as DPR's are. Rows of one query form one group. A negative that is a positive of its query,
    /// in any row, is left out.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="anyLabel">Whether labels may lie outside 0..1: a teacher's logits or margins.</param>
    /// <param name="report">
    /// Is told of columns that look like data and are not read, and of negatives left out; null for standard error.
    /// </param>
    /// <exception cref="CrossEncoderException">The file is missing, or a row is not an example; the message names it.</exception>
    public static IReadOnlyList<InputExample> Load(string path, bool anyLabel = false, Action<string>? report = null)
    {
        var reader = new ExampleReader(path, anyLabel);
        foreach (var row in TableRows.Read(path, ExampleColumns.Knows))
            reader.Add(row);
        return reader.Finish(report ?? RunningCell.Note);
    }

    private static void WriteTable(Stream stream, IEnumerable<InputExample> examples, char separator)
    {
        using var csv = CsvWriter.Create(
            stream,
            new CsvWriterOptions
            {
                Separator = separator,
                Mode = separator == '\t' ? CsvMode.NoEscape : CsvMode.Rfc4180,
                NewLine = "\n",
            },
            leaveOpen: true
        );
        csv.WriteRecord(TableColumns);
        foreach (var example in examples)
        {
            string?[] fields =
            [
                example.Query,
                example.Passage,
                example.Label.ToString("R", CultureInfo.InvariantCulture),
                example.Id,
                example.Group,
            ];
            // Tab-separated files have no quotes: what would end a field or a line becomes a space.
            csv.WriteRecord([
                .. fields.Select(field => separator == '\t' ? field?.ReplaceLineEndings(" ").Replace('\t', ' ') ?? "" : field ?? ""),
            ]);
        }
    }
}
