using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>Tokenized pairs to logits: sorted by length into batches, padded, computed, and put back in order.</summary>
internal static class PairScoring
{
    /// <summary>Logits of pairs, (pairs × labels) row by row.</summary>
    /// <param name="model">The network.</param>
    /// <param name="texts">The tokenized pairs.</param>
    /// <param name="paddingId">The id that fills up a batch.</param>
    /// <param name="options">Sizes of batches.</param>
    /// <param name="progress">Receives the number of pairs done.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static float[] Score(
        SequenceClassifier model,
        IReadOnlyList<TokenizedText> texts,
        int paddingId,
        CrossEncoderOptions options,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        var labels = model.Config.Labels;
        var logits = new float[texts.Count * labels];
        var done = 0;
        foreach (var batch in TokenBatches.ByLength(texts, options.BatchSize, options.TokenBudget))
        {
            cancellation.ThrowIfCancellationRequested();
            using (no_grad())
            using (NewDisposeScope())
            {
                var (ids, types, mask) = BatchTensors.Pad([.. batch.Select(i => texts[i])], paddingId, model.Parameters.Flat.device);
                var result = model.Forward(ids, types, mask).cpu().data<float>().ToArray(); // (batch × labels)
                for (var row = 0; row < batch.Length; row++)
                    result.AsSpan(row * labels, labels).CopyTo(logits.AsSpan(batch[row] * labels));
            }

            NativeHeap.TrimNowAndThen();
            done += batch.Length;
            progress?.Report(new WorkProgress("scoring pairs", done, texts.Count));
        }

        return logits;
    }
}
