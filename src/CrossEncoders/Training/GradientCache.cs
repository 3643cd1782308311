using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>Backward through a loss over many rows whose activations do not fit in memory together.</summary>
/// <remarks>Source: Gao et al. 2021, "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup" (GradCache).</remarks>
internal static class GradientCache
{
    /// <summary>Adds the loss's gradient to the parameters' and returns the loss.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="size">The most rows computed with gradients at a time.</param>
    /// <param name="forward">
    /// Computes the logits of rows from the first argument on, as many as the second; it must give the same for the same rows.
    /// </param>
    /// <param name="loss">Computes the loss of all logits (rows, labels).</param>
    /// <param name="collect">Called whenever gradients have been added, so that they may be summed up in a wider type.</param>
    public static double Backward(int rows, int size, Func<int, int, Tensor> forward, Func<Tensor, Tensor> loss, Action? collect = null)
    {
        using var scope = NewDisposeScope();
        if (rows <= size)
        {
            var value = loss(forward(0, rows));
            value.backward();
            collect?.Invoke();
            return value.item<float>();
        }

        var parts = new List<Tensor>();
        for (var start = 0; start < rows; start += size) // with gradients, which are not used: without, products round otherwise
        {
            using var part = NewDisposeScope();
            parts.Add(forward(start, Math.Min(size, rows - start)).detach().MoveToOuterDisposeScope());
        }

        var logits = cat(parts).requires_grad_(true); // (rows, labels)
        var whole = loss(logits);
        whole.backward();
        for (var start = 0; start < rows; start += size)
        {
            using var part = NewDisposeScope();
            var count = Math.Min(size, rows - start);
            (forward(start, count) * logits.grad!.narrow(0, start, count)).sum().backward();
            collect?.Invoke();
        }

        return whole.item<float>();
    }
}
