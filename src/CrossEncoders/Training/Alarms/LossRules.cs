using CrossEncoders.Training.Losses;

namespace CrossEncoders.Training.Alarms;

/// <summary>A loss or a gradient that is not a number any more: the training ends before the weights are lost.</summary>
internal sealed class LossNotFinite : AlarmRule
{
    /// <inheritdoc/>
    public override string Name => "loss-not-finite";

    /// <inheritdoc/>
    public override Finding? AfterStep(WatchedTraining training)
    {
        var step = training.Steps[^1];
        if (double.IsFinite(step.Loss) && double.IsFinite(step.GradientNorm))
            return null;
        return new Finding(
            new(
                $"At step {step.Step} the loss is {step.Loss:0.###} and the norm of the gradient {step.GradientNorm:0.###}.",
                $"第 {step.Step} 步的损失为 {step.Loss:0.###}，梯度范数为 {step.GradientNorm:0.###}。"
            ),
            new(
                $"Lower LearningRate (now {training.Arguments.LearningRate}), keep MaxGradientNorm at 1, or compute in "
                    + $"float32, and go on from the checkpoint before with Resume, which allows these to be changed.",
                $"请降低 LearningRate（当前 {training.Arguments.LearningRate}），保持 MaxGradientNorm 为 1，或用 float32 计算，再用 Resume "
                    + $"从之前的检查点继续（允许更改这些设置）。"
            )
        );
    }
}

/// <summary>A loss that is clearly higher than it has been: the training diverges.</summary>
internal sealed class LossRising : AlarmRule
{
    private const int Block = 20;

    /// <inheritdoc/>
    public override string Name => "loss-rising";

    /// <inheritdoc/>
    public override Finding? AfterStep(WatchedTraining training)
    {
        var steps = training.Steps;
        if (steps.Count % Block != 0 || steps.Count < 3 * Block)
            return null;
        var last = Mean(steps, steps.Count - Block);
        var lowest = Enumerable.Range(0, steps.Count / Block - 1).Min(block => Mean(steps, block * Block));
        if (last <= 1.5 * lowest + 0.05)
            return null;
        return new Finding(
            new(
                $"The loss has risen from {lowest:0.###} to {last:0.###} (means of {Block} steps).",
                $"损失从 {lowest:0.###} 升到了 {last:0.###}（{Block} 步平均值）。"
            ),
            new(
                $"Lower LearningRate (now {training.Arguments.LearningRate}) or lengthen the warm-up; check the labels of the "
                    + $"latest examples if they are not shuffled.",
                $"请降低 LearningRate（当前 {training.Arguments.LearningRate}）或延长预热；若样本未打乱，请检查最近样本的标签。"
            )
        );
    }

    private static double Mean(IReadOnlyList<TrainingStep> steps, int from)
    {
        var sum = 0.0;
        for (var i = from; i < from + Block; i++)
            sum += steps[i].Loss;
        return sum / Block;
    }
}

/// <summary>Binary cross-entropy that stays at ln 2 = 0.693: every score is 0.5, nothing is learned.</summary>
internal sealed class LossStuckAtLn2 : AlarmRule
{
    private const int Window = 30;
    private const double Ln2 = 0.693147;

    /// <inheritdoc/>
    public override string Name => "loss-stuck-at-ln2";

    /// <inheritdoc/>
    public override Finding? AfterStep(WatchedTraining training)
    {
        if (training.Loss is not BinaryCrossEntropyLoss { PositiveWeight: null } || training.Steps.Count < training.WarmupSteps + Window)
            return null;
        for (var i = training.Steps.Count - Window; i < training.Steps.Count; i++)
            if (Math.Abs(training.Steps[i].Loss - Ln2) > 0.01)
                return null;
        return new Finding(
            new(
                $"For {Window} steps the loss has stayed at ln 2 = 0.693, which is that of scoring everything 0.5.",
                $"连续 {Window} 步损失停在 ln 2 = 0.693，相当于所有分数都是 0.5。"
            ),
            new(
                $"Raise LearningRate (now {training.Arguments.LearningRate}), freeze fewer layers (now "
                    + $"{training.Arguments.FrozenLayers}), and check that labels differ and belong to their texts.",
                $"请提高 LearningRate（当前 {training.Arguments.LearningRate}），减少冻结层数（当前 {training.Arguments.FrozenLayers}），并检查标签是否有区别、是否与文本对应。"
            )
        );
    }
}
