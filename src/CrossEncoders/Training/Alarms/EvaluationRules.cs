using CrossEncoders.Evaluation;

namespace CrossEncoders.Training.Alarms;

/// <summary>Pairs or questions of the validation set that are trained on as well: whatever it shows is then too good.</summary>
internal sealed class ValidationSeenInTraining : AlarmRule
{
    private const double MostPairs = 0.01;
    private const double MostQueries = 0.05;

    /// <inheritdoc/>
    public override string Name => "validation-seen-in-training";

    /// <inheritdoc/>
    public override Finding? BeforeTraining(WatchedTraining training)
    {
        var pairs = training.Examples.Select(example => (example.Query.Trim(), example.Passage.Trim())).ToHashSet();
        var queries = pairs.Select(pair => pair.Item1).ToHashSet();
        foreach (var evaluator in training.Evaluators.OfType<IPairEvaluator>().Where(evaluator => evaluator.Pairs.Count > 0))
        {
            var all = evaluator.Pairs.Count;
            var seen = evaluator.Pairs.Count(pair => pairs.Contains((pair.Query.Trim(), pair.Passage.Trim())));
            var known = evaluator.Pairs.Count(pair => queries.Contains(pair.Query.Trim()));
            if (seen <= MostPairs * all && known <= MostQueries * all)
                continue;
            return new Finding(
                new(
                    $"Of the {all} pairs of the evaluator '{evaluator.Name}', {seen} are trained on and {known} have a "
                        + $"question that is trained on.",
                    $"评估器“{evaluator.Name}”的 {all} 个文本对中，有 {seen} 个也在训练集中，有 {known} 个的问题出现在训练集中。"
                ),
                new(
                    $"Split by document (SplitByDocument), before negatives are mined, so that no question is on both sides.",
                    $"请在挖掘负例之前按文档划分（SplitByDocument），使任何问题都不会同时出现在两边。"
                )
            );
        }

        return null;
    }
}

/// <summary>
/// An error on the validation set far below that on the examples being learned from, which an unseen set hardly allows: it leaks from the
/// training set, or is much easier.
/// </summary>
internal sealed class ValidationBetterThanTraining : AlarmRule
{
    /// <inheritdoc/>
    public override string Name => "validation-better-than-training";

    /// <inheritdoc/>
    public override Finding? AfterEvaluation(WatchedTraining training)
    {
        if (training.Settled is not { Count: > 0 } scores || !training.Loss.ScoresAreProbabilities)
            return null;
        if (!training.Evaluations[^1].Result.Metrics.TryGetValue(MSEEval.MseByExample, out var validation))
            return null;
        var train = scores.Average(score => Math.Pow(Logistic.Sigmoid(score.Logit) - score.Label, 2));
        if (train < 0.02 || validation > train / 2)
            return null;
        return new Finding(
            new(
                $"The mean squared error is {validation:0.000} on the validation set, but {train:0.000} on the examples the "
                    + $"model is learning from.",
                $"验证集上的均方误差为 {validation:0.000}，而模型正在学习的样本上却为 {train:0.000}。"
            ),
            new(
                $"Look for the same or nearly the same texts on both sides, and give the validation set negatives as hard as "
                    + $"the training set's.",
                $"请检查两边是否有相同或近似的文本，并让验证集的负例与训练集一样难。"
            )
        );
    }
}

/// <summary>
/// The second half of a training has come, and the model still does worse on the validation set than before its first step.
/// </summary>
internal sealed class WorseThanBase : AlarmRule
{
    /// <inheritdoc/>
    public override string Name => "worse-than-base";

    /// <inheritdoc/>
    public override Finding? AfterEvaluation(WatchedTraining training)
    {
        var last = training.Evaluations[^1];
        if (last.Step < training.TotalSteps / 2.0)
            return null;
        var index = training.Evaluations.Count(point => point.Step == last.Step) - 1; // evaluators are asked in their order
        if (index >= training.Evaluators.Count || training.Evaluations.Count(point => point.Step == 0) <= index)
            return null;
        var evaluator = training.Evaluators[index];
        if (evaluator is IPairEvaluator { ReadsProbabilities: true } && !training.Loss.ScoresAreProbabilities)
            return null;
        if (
            !training.Evaluations[index].Result.Metrics.TryGetValue(evaluator.PrimaryMetric, out var before)
            || !last.Result.Metrics.TryGetValue(evaluator.PrimaryMetric, out var now)
        )
            return null;
        var loss = evaluator.HigherIsBetter ? before - now : now - before;
        if (loss <= 0.01 * Math.Abs(before))
            return null;
        return new Finding(
            new(
                $"After {last.Step} steps {evaluator.PrimaryMetric} on '{evaluator.Name}' is {now:0.0000}; the base model's "
                    + $"was {before:0.0000}, which is better.",
                $"{last.Step} 步之后，“{evaluator.Name}”上的 {evaluator.PrimaryMetric} 为 {now:0.0000}，不如基础模型的 {before:0.0000}。"
            ),
            new(
                $"Lower LearningRate (now {training.Arguments.LearningRate}), freeze lower layers (now "
                    + $"{training.Arguments.FrozenLayers}), add hard negatives and soft labels, or merge with the base model "
                    + $"(LmCocktail). LoadBestAtEnd keeps the better one.",
                $"请降低 LearningRate（当前 {training.Arguments.LearningRate}），冻结底层（当前 "
                    + $"{training.Arguments.FrozenLayers}），加入难负例和软标签，或与基础模型合并（LmCocktail）。LoadBestAtEnd 会保留较好的一个。"
            )
        );
    }
}
