namespace CrossEncoders.Training.Alarms;

/// <summary>Labels outside 0..1 under a loss that takes them for probabilities: it can then fall below zero, and scores run away.</summary>
internal sealed class LabelsOutOfRange : AlarmRule
{
    /// <inheritdoc/>
    public override string Name => "labels-out-of-range";

    /// <inheritdoc/>
    public override Finding? BeforeTraining(WatchedTraining training)
    {
        if (!training.Loss.LabelsAreProbabilities)
            return null;
        var outside = training.Examples.Count(example => example.Label is < 0 or > 1);
        if (outside == 0)
            return null;
        var (low, high) = (training.Examples.Min(example => example.Label), training.Examples.Max(example => example.Label));
        return new Finding(
            new(
                $"{outside} of {training.Examples.Count} labels lie outside 0..1 (from {low:0.##} to {high:0.##}), but the "
                    + $"loss ({training.Loss.Name}) takes labels for probabilities.",
                $"{training.Examples.Count} 个标签中有 {outside} 个超出 0..1（从 {low:0.##} 到 {high:0.##}），而损失函数（{training.Loss.Name}）把标签当作概率。"
            ),
            new(
                $"Map them to 0..1, for example (label - {low:0.##}) / {high - low:0.##}, or choose a loss for raw scores such "
                    + $"as MeanSquaredErrorLoss(onSigmoid: false).",
                $"请把标签映射到 0..1，例如 (label - {low:0.##}) / {high - low:0.##}，或改用面向原始分数的损失函数，如 MeanSquaredErrorLoss(onSigmoid: false)。"
            )
        );
    }
}

/// <summary>
/// Many more negatives than positives, or the reverse, under a loss that looks at each example alone: the cheap answer is one score for
/// all.
/// </summary>
internal sealed class ClassesOutOfBalance : AlarmRule
{
    private const double MostRatio = 5;

    /// <inheritdoc/>
    public override string Name => "classes-out-of-balance";

    /// <inheritdoc/>
    public override Finding? BeforeTraining(WatchedTraining training)
    {
        if (!training.Loss.LabelsAreProbabilities || training.Loss.ComparesGroups)
            return null;
        if (training.Loss is Losses.BinaryCrossEntropyLoss { PositiveWeight: not null })
            return null;
        var positives = training.Examples.Count(example => example.Label >= 0.5f);
        var negatives = training.Examples.Count - positives;
        if (positives == 0 || negatives == 0)
            return OneClass(training.Examples.Count, positives > 0);
        var weight = (double)negatives / positives;
        if (weight is <= MostRatio and >= 1 / MostRatio)
            return null;
        return new Finding(
            new(
                $"{positives} positives stand against {negatives} negatives, {weight:0.##} negatives for each.",
                $"正例 {positives} 个，负例 {negatives} 个，平均每个正例对应 {weight:0.##} 个负例。"
            ),
            new(
                $"Use new BinaryCrossEntropyLoss(positiveWeight: {weight:0.##}), or bring the numbers closer together.",
                $"请使用 new BinaryCrossEntropyLoss(positiveWeight: {weight:0.##})，或让两类数量更接近。"
            )
        );
    }

    private static Finding OneClass(int examples, bool positive)
    {
        var (english, chinese) = positive
            ? ("positives (label 0.5 or more)", "正例（标签不小于 0.5）")
            : ("negatives (label below 0.5)", "负例（标签小于 0.5）");
        return new Finding(
            new(
                $"All {examples} examples are {english}: there is nothing to tell apart.",
                $"全部 {examples} 个样本都是{chinese}：没有可区分的内容。"
            ),
            new($"Add the other kind, for negatives with HardNegatives.", $"请加入另一类样本；负例可用 HardNegatives 生成。")
        );
    }
}

/// <summary>A few hundred rows seen several times: the model learns them by heart and forgets what it knew.</summary>
internal sealed class TooFewExamples : AlarmRule
{
    private const int PerEpoch = 200;

    /// <inheritdoc/>
    public override string Name => "too-few-examples";

    /// <inheritdoc/>
    public override Finding? BeforeTraining(WatchedTraining training)
    {
        var (count, epochs) = (training.Examples.Count, training.Epochs);
        if (count >= PerEpoch * epochs)
            return null;
        var fitting = Math.Max(1, count / PerEpoch);
        return new Finding(
            new(
                $"{count} examples for {epochs} epoch(s); fewer than about {PerEpoch} an epoch are learned by heart rather "
                    + $"than learned from.",
                $"仅有 {count} 个样本却训练 {epochs} 轮；每轮少于约 {PerEpoch} 个样本时，模型会死记硬背而不是学习规律。"
            ),
            new(
                $"Make more examples (more questions for each chunk), set Epochs to {fitting}, and freeze lower layers (FrozenLayers).",
                $"请增加样本（每个文本块生成更多问题），把 Epochs 设为 {fitting}，并冻结底层（FrozenLayers）。"
            )
        );
    }
}

/// <summary>Pairs longer than the model reads: what was cut off may have been the answer.</summary>
internal sealed class TruncatedPairs : AlarmRule
{
    private const double MostShare = 0.01;

    /// <inheritdoc/>
    public override string Name => "truncated-pairs";

    /// <inheritdoc/>
    public override Finding? BeforeTraining(WatchedTraining training)
    {
        var share = (double)training.Truncated / training.Examples.Count;
        if (share <= MostShare)
            return null;
        return new Finding(
            new(
                $"{training.Truncated} of {training.Examples.Count} pairs ({100 * share:0.#} %) are longer than "
                    + $"{training.MaxLength} tokens; their ends are not read.",
                $"{training.Examples.Count} 个文本对中有 {training.Truncated} 个（{100 * share:0.#} %）超过 {training.MaxLength} 个词元，末尾未被读取。"
            ),
            new(
                $"Cut documents into smaller chunks, or raise MaxLength as far as the model allows.",
                $"请把文档切成更小的文本块，或在模型允许范围内调大 MaxLength。"
            )
        );
    }
}
