namespace CrossEncoders.Training.Alarms;

/// <summary>
/// A learning rate that is too high for a model of this size. The limit falls with the root of the number of trained weights, from the 5e-5
/// at which a base model (85 M weights in its layers) is still sound; 6e-5 has made one worse than untrained on 100 000 rows.
/// </summary>
internal sealed class LearningRateTooHigh : AlarmRule
{
    private const double BaseLimit = 5e-5;
    private const double BaseWeights = 85e6;

    /// <inheritdoc/>
    public override string Name => "learning-rate-too-high";

    /// <inheritdoc/>
    public override Finding? BeforeTraining(WatchedTraining training)
    {
        if (training.TrainedWeights == 0)
            return null;
        var limit = BaseLimit * Math.Sqrt(BaseWeights / training.TrainedWeights);
        var (rate, millions) = (training.Arguments.LearningRate, training.TrainedWeights / 1e6);
        if (rate <= limit)
            return null;
        return new Finding(
            new(
                $"The learning rate is {rate:0.0E+0}; with {millions:0.#} million trained weights, more than about "
                    + $"{limit:0.0E+0} tends to destroy what the model knows.",
                $"学习率为 {rate:0.0E+0}；对于 {millions:0.#} 百万个可训练权重，超过约 {limit:0.0E+0} 往往会破坏模型已有的知识。"
            ),
            new(
                $"Set LearningRate to {limit / 2.5:0.0E+0} and compare with the base model's evaluation.",
                $"请把 LearningRate 设为 {limit / 2.5:0.0E+0}，并与基础模型的评估结果比较。"
            )
        );
    }
}

/// <summary>
/// An evaluator that takes sigmoid(logit) for a score on the labels' scale, after a loss that never taught it: errors and thresholds then
/// mean nothing, and where sigmoids saturate, rankings are ruined.
/// </summary>
internal sealed class ActivationDoesNotFit : AlarmRule
{
    /// <inheritdoc/>
    public override string Name => "activation-does-not-fit";

    /// <inheritdoc/>
    public override Finding? BeforeTraining(WatchedTraining training)
    {
        if (training.Loss.ScoresAreProbabilities)
            return null;
        if (
            training.Evaluators.OfType<Evaluation.IPairEvaluator>().FirstOrDefault(evaluator => evaluator.ReadsProbabilities)
            is not { } evaluator
        )
            return null;
        return new Finding(
            new(
                $"The evaluator '{evaluator.Name}' ({evaluator.PrimaryMetric}) takes the sigmoid of the logits, but the loss "
                    + $"({training.Loss.Name}) does not train sigmoid scores on the scale 0..1.",
                $"评估器“{evaluator.Name}”（{evaluator.PrimaryMetric}）对 logit 取 sigmoid，但损失函数（{training.Loss.Name}）并不训练 0..1 尺度上的 sigmoid 分数。"
            ),
            new(
                $"Evaluate rankings of the logits instead (RerankingEvaluator), or train with BinaryCrossEntropyLoss or "
                    + $"MeanSquaredErrorLoss.",
                $"请改为评估 logit 的排序（RerankingEvaluator），或用 BinaryCrossEntropyLoss、MeanSquaredErrorLoss 训练。"
            )
        );
    }
}
