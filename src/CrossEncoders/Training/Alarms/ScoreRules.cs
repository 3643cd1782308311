namespace CrossEncoders.Training.Alarms;

/// <summary>All scores have become one value: the model no longer reads its input.</summary>
internal sealed class CollapsedScores : AlarmRule
{
    private const double LeastSpread = 0.02;

    /// <inheritdoc/>
    public override string Name => "scores-collapsed";

    /// <inheritdoc/>
    public override Finding? AfterStep(WatchedTraining training)
    {
        if (training.Settled is not { Count: > 0 } scores || scores.Max(score => score.Label) - scores.Min(score => score.Label) < 0.1f)
            return null;
        var (mean, spread) = Of(scores);
        if (!(spread < LeastSpread))
            return null;
        // A fresh head scores everything about the same and learns to tell it apart: only less spread than at first, or too little later
        // on, is wrong.
        var collapsed = training.First.Count > 0 && spread < Of(training.First).Spread / 2;
        if (!collapsed && training.Steps.Count < training.TotalSteps / 2.0)
            return null;
        var evidence = new Words(
            $"The last {scores.Count} logits are all about {mean:0.###} (standard deviation {spread:0.0000}), although their "
                + $"labels differ.",
            $"最近 {scores.Count} 个 logit 都约为 {mean:0.###}（标准差 {spread:0.0000}），尽管标签各不相同。"
        );
        var (rate, frozen) = (training.Arguments.LearningRate, training.Arguments.FrozenLayers);
        return new Finding(
            evidence,
            collapsed
                ? new(
                    $"Lower LearningRate (now {rate}), use a warm-up, balance positives and negatives, and begin again from "
                        + $"the base model: a collapsed one does not recover.",
                    $"请降低 LearningRate（当前 {rate}），使用预热，平衡正负例，并从基础模型重新开始：坍塌的模型不会恢复。"
                )
                : new(
                    $"Bring LearningRate (now {rate}) near 2E-5, freeze fewer layers (now {frozen}), and balance positives and "
                        + $"negatives: the model has not learned to tell them apart.",
                    $"请把 LearningRate（当前 {rate}）设在 2E-5 左右，减少冻结层数（当前 {frozen}），并平衡正负例：模型还没有学会区分它们。"
                )
        );
    }

    private static (double Mean, double Spread) Of(IReadOnlyCollection<ScoredExample> scores)
    {
        var mean = scores.Average(score => (double)score.Logit);
        return (mean, Math.Sqrt(scores.Average(score => Math.Pow(score.Logit - mean, 2))));
    }
}

/// <summary>
/// Nearly all scores are 0 or 1 to four digits: they no longer tell apart what ranks close together, and say nothing about certainty.
/// </summary>
internal sealed class SaturatedScores : AlarmRule
{
    private const double Saturated = 9; // sigmoid(9) = 0.99988
    private const double MostShare = 0.9;

    /// <inheritdoc/>
    public override string Name => "scores-saturated";

    /// <inheritdoc/>
    public override Finding? AfterStep(WatchedTraining training)
    {
        if (!training.Loss.ScoresAreProbabilities || training.Settled is not { Count: > 0 } scores)
            return null;
        var share = (double)scores.Count(score => Math.Abs(score.Logit) > Saturated) / scores.Count;
        if (share < MostShare)
            return null;
        return new Finding(
            new(
                $"{100 * share:0} % of the last {scores.Count} scores are 0 or 1 to within 0.0002.",
                $"最近 {scores.Count} 个分数中有 {100 * share:0} % 与 0 或 1 相差不到 0.0002。"
            ),
            new(
                $"Stop earlier (EarlyStoppingPatience), lower LearningRate (now {training.Arguments.LearningRate}), or use "
                    + $"soft labels such as 0.05 and 0.95; rank by logits, not by sigmoids.",
                $"请更早停止（EarlyStoppingPatience），降低 LearningRate（当前 {training.Arguments.LearningRate}），或使用 0.05 与 0.95 "
                    + $"这样的软标签；排序请用 logit 而不是 sigmoid。"
            )
        );
    }
}
