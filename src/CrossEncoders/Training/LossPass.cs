using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>Forward and backward through one micro-batch: its gradient is added to the step's.</summary>
/// <param name="model">The model.</param>
/// <param name="loss">The loss.</param>
/// <param name="plan">The examples and their tokens.</param>
/// <param name="gradients">Where the gradient goes.</param>
/// <param name="dropout">Dropout to apply; null for none.</param>
/// <param name="layersAgain">Whether layers are computed again in the backward pass.</param>
/// <param name="scores">Keeps the scores for the alarms.</param>
internal sealed class LossPass(
    CrossEncoder model,
    Loss loss,
    TrainingPlan plan,
    GradientBuffers gradients,
    Dropout? dropout,
    bool layersAgain,
    ScoreWindow scores
)
{
    /// <summary>Computes a micro-batch and returns its weighted loss and the tokens read, padding included.</summary>
    /// <param name="rows">The micro-batch.</param>
    /// <param name="weight">What its loss is multiplied by.</param>
    /// <param name="draws">For drawing pairs and seeds.</param>
    /// <param name="isFirst">Whether the gradient is zero so far.</param>
    public (double Loss, long Tokens) Run(MicroBatch rows, double weight, Random draws, bool isFirst)
    {
        using var scope = NewDisposeScope();
        var batch = LossBatch.Of(loss, rows, plan.Examples, plan.Texts, model, draws);
        if (batch.Texts.Count == 0)
            return (0, 0); // a batch without positives, for a loss that pairs them
        var labels = tensor(batch.Labels, device: model.Device.Device);
        var (size, seed, tokens) = (loss.MiniBatchSize ?? batch.Texts.Count, draws.Next(), 0L);
        CheckpointedPass? pass = null;
        var value =
            isFirst && !layersAgain && loss.MiniBatchSize is null && Halves.Of(batch.Texts, model.Device.Device) is { } halves
                ? halves.Backward(Half, Loss, Collect)
                : GradientCache.Backward(batch.Texts.Count, size, Part, Loss, Collect);
        return (value, tokens);

        Tensor Part(int start, int count) // (count, labels)
        {
            if (dropout is not null && count < batch.Texts.Count)
                random.manual_seed(unchecked(seed + start)); // the same dropout both times
            return Forward(start, count);
        }

        Tensor Half(int start, int count) // (count, labels)
        {
            Dropping.Draws = new(unchecked(seed + start));
            try
            {
                return Forward(start, count);
            }
            finally
            {
                Dropping.Draws = null;
            }
        }

        Tensor Forward(int start, int count) // (count, labels)
        {
            TokenizedText[] texts = [.. batch.Texts.Skip(start).Take(count)];
            var (ids, types, mask) = BatchTensors.Pad(texts, model.Tokenizer.PaddingId, model.Device.Device);
            Interlocked.Add(ref tokens, ids.numel());
            if (layersAgain)
                return (pass = model.Model.ForwardCheckpointed(ids, types, mask, dropout, unchecked(seed + start))).Logits;
            return model.Model.Forward(ids, types, mask, dropout);
        }

        Tensor Loss(Tensor logits)
        {
            scores.Note(logits.detach().cpu().data<float>().ToArray(), batch.Labels);
            return loss.Compute(logits, labels, batch.Groups).Times(weight);
        }

        void Collect()
        {
            pass?.Backward();
            gradients.Collect();
        }
    }
}
