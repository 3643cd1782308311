using CrossEncoders.Attribution;

namespace CrossEncoders.Display;

/// <summary>Explanations of scores to look at.</summary>
public static class AttributionViews
{
    /// <summary>Query and passage with the words' shares as colors.</summary>
    public static HeatMap ToHeatMap(this ScoreExplanation explanation) => new(explanation);

    /// <summary>The words with the largest shares, either way: where they stand, share.</summary>
    public static Table ToTable(this ScoreExplanation explanation, int maxRows = 10) =>
        explanation
            .QueryWords.Select(word => (Where: "query", Word: word))
            .Concat(explanation.PassageWords.Select(word => (Where: "passage", Word: word)))
            .OrderByDescending(row => Math.Abs(row.Word.Weight))
            .ToTable(maxRows, ("word", row => row.Word.Text), ("in", row => row.Where), ("share", row => row.Word.Weight));
}
