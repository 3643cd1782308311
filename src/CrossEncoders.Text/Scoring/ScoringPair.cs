using CrossEncoders.Documents;
using CrossEncoders.Examples;

namespace CrossEncoders.Scoring;

/// <summary>A pair to be scored.</summary>
/// <param name="Pair">Its texts.</param>
/// <param name="QuestionId">The question's id in a run; null elsewhere.</param>
/// <param name="PassageId">The passage's id in a run; null elsewhere.</param>
internal readonly record struct ScoringPair(TextPair Pair, string? QuestionId = null, string? PassageId = null)
{
    /// <summary>
    /// The pairs of a table: a row with a query and a passage, or two texts, is one, labeled or not; a row in another form of training
    /// examples (triples, lists) is one for each of its passages, in their order.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CrossEncoderException">A row has no pair; the message names it.</exception>
    public static IEnumerable<ScoringPair> InTable(string path)
    {
        ColumnIndex? columns = null;
        foreach (var tableRow in TableRows.Read(path, ExampleColumns.Knows))
        {
            if (columns?.Names.SequenceEqual(tableRow.Values.Keys) != true)
                columns = new ColumnIndex([.. tableRow.Values.Keys]);
            var row = new ExampleRow(path, tableRow, columns);
            if (ExampleColumns.Unlabeled(row) is { } pair)
                yield return new(pair);
            else
                foreach (var (example, _) in ExampleColumns.Examples(row))
                    yield return new(example.Pair);
        }
    }
}
