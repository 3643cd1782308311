using CrossEncoders.Examples;

namespace CrossEncoders.Training.Alarms;

/// <summary>The same query and passage with labels that contradict each other: whatever the model says, it is wrong.</summary>
internal sealed class ContradictoryLabels : AlarmRule
{
    /// <inheritdoc/>
    public override string Name => "contradictory-labels";

    /// <inheritdoc/>
    public override Finding? BeforeTraining(WatchedTraining training)
    {
        var pairs = training
            .Examples.GroupBy(example => (PassageText.Key(example.Query), PassageText.Key(example.Passage)))
            .Select(pair => (Example: pair.First(), Low: pair.Min(example => example.Label), High: pair.Max(example => example.Label)))
            .ToList();
        // Judgements of one pair may differ a little; from half of the range on they contradict each other.
        var half = pairs.Count == 0 ? 0 : (pairs.Max(pair => pair.High) - pairs.Min(pair => pair.Low)) / 2;
        var wrong = pairs.FindAll(pair => pair.High > pair.Low && pair.High - pair.Low >= half);
        if (wrong.Count == 0)
            return null;
        var (example, low, high) = wrong[0];
        var query = Excerpt.Of(example.Query, 60);
        return new Finding(
            new(
                $"{wrong.Count} of {pairs.Count} pairs have labels that contradict each other, the first ({low:0.##} and "
                    + $"{high:0.##}) for '{query}'.",
                $"{pairs.Count} 个文本对中有 {wrong.Count} 个带有相互矛盾的标签，第一个（{low:0.##} 和 {high:0.##}）的查询是“{query}”。"
            ),
            new(
                $"Keep one label for each query and passage; leave negatives out that are also positives.",
                $"每个查询与段落只保留一个标签；去掉同时也是正例的负例。"
            )
        );
    }
}
