using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>Texts through a model in batches of about one length, side by side on a CPU.</summary>
internal static class TextBatches
{
    /// <summary>What is computed of each batch, with the batch's positions in <paramref name="texts"/>, longest texts first.</summary>
    /// <param name="texts">The tokenized texts.</param>
    /// <param name="maxTexts">The most texts of a batch.</param>
    /// <param name="maxTokens">The most tokens of a batch, padding included.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="compute">
    /// Computes a batch, without gradients and in a dispose scope of its own, possibly on another thread; what it returns are no tensors.
    /// </param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static IEnumerable<(int[] Batch, T Result)> Compute<T>(
        IReadOnlyList<TokenizedText> texts,
        int maxTexts,
        int maxTokens,
        Device device,
        Func<TokenizedText[], T> compute,
        CancellationToken cancellation
    )
    {
        var batches = TokenBatches.ByLength(texts, maxTexts, maxTokens, forCores: device.type == TorchSharp.DeviceType.CPU);
        return BatchWorkers.Run(batches.Count, device, One, cancellation);

        (int[], T) One(int batch)
        {
            using var guard = no_grad();
            using var scope = NewDisposeScope();
            return (batches[batch], compute([.. batches[batch].Select(i => texts[i])]));
        }
    }
}
