using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>
/// The halves of a batch side by side, each forward and backward by one thread alone, which need not wait for the other after each
/// operation. Their gradients meet in the same buffers; the sum of two is the same whichever comes first, so there are never more.
/// </summary>
internal sealed class Halves
{
    private const int Threads = 2;
    private readonly (int Start, int Count)[] _parts;

    private Halves(params (int Start, int Count)[] parts) => _parts = parts;

    /// <summary>Halves of as many tokens each; null where the batch is better computed whole.</summary>
    /// <param name="texts">The batch.</param>
    /// <param name="device">Where it is computed.</param>
    public static Halves? Of(IReadOnlyList<TokenizedText> texts, Device device)
    {
        if (device.type != TorchSharp.DeviceType.CPU || get_num_threads() != Threads || texts.Count < 2 * Threads)
            return null;
        var (half, first, count) = (texts.Sum(text => text.Ids.Length) / 2, 0, 0);
        while (first < half)
            first += texts[count++].Ids.Length;
        count = Math.Clamp(count, Threads, texts.Count - Threads);
        return new((0, count), (count, texts.Count - count));
    }

    /// <summary>Adds the loss's gradient to the parameters', which is zero, and returns the loss.</summary>
    /// <param name="forward">
    /// Computes the logits of rows from the first argument on, as many as the second; two threads call it at once.
    /// </param>
    /// <param name="loss">Computes the loss of all logits (rows, labels).</param>
    /// <param name="collect">Called when the gradients have been added.</param>
    public double Backward(Func<int, int, Tensor> forward, Func<Tensor, Tensor> loss, Action collect)
    {
        using var scope = NewDisposeScope();
        Tensor[] parts = [.. Each(i => forward(_parts[i].Start, _parts[i].Count))];
        var logits = cat([.. parts.Select(part => part.detach())]).requires_grad_(true); // (rows, labels)
        var value = loss(logits);
        value.backward();
        foreach (
            var part in Each(i =>
            {
                parts[i].backward([logits.grad!.narrow(0, _parts[i].Start, _parts[i].Count)]);
                return parts[i];
            })
        )
            part.Dispose();
        collect();
        return value.item<float>();
    }

    private IEnumerable<Tensor> Each(Func<int, Tensor> compute) =>
        BatchWorkers.Run(
            _parts.Length,
            CPU,
            i =>
            {
                using var scope = NewDisposeScope();
                return compute(i).DetachFromDisposeScope();
            },
            CancellationToken.None
        );
}
