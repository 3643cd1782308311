using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CrossEncoders.Runtime;

/// <summary>
/// A few computations with known results, for a libtorch of another version than TorchSharp was built for: that every symbol is there does
/// not say that they mean the same.
/// </summary>
internal static class LibTorchSelfTest
{
    /// <summary>The first computation that gave something else than it should; null where all are right.</summary>
    public static string? Failure()
    {
        (string Name, Func<double> Compute, double Expected)[] checks =
        [
            ("a product", Product, 17),
            ("attention", Attention, 1.5),
            ("a gradient", Gradient, 12),
            ("an optimizer step", OptimizerStep, 0.9),
        ];
        foreach (var (name, compute, expected) in checks)
        {
            try
            {
                using var scope = NewDisposeScope();
                var found = compute();
                if (!(Math.Abs(found - expected) < 1e-4))
                    return FormattableString.Invariant($"{name} gave {found} instead of {expected}");
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                return $"{name} failed: {error.Message.Split('\n')[0]}";
            }
        }

        return null;
    }

    private static double Product() => tensor(new float[] { 1, 2 }).view(1, 2).mm(tensor(new float[] { 3, 7 }).view(2, 1)).item<float>();

    /// <summary>Equal keys, so that the context is the mean of the values.</summary>
    private static double Attention()
    {
        var keys = ones(1, 1, 2, 4);
        var values = tensor(new float[] { 1, 1, 1, 1, 2, 2, 2, 2 }).view(1, 1, 2, 4);
        return nn.functional.scaled_dot_product_attention(ones(1, 1, 1, 4), keys, values).mean().item<float>();
    }

    private static double Gradient()
    {
        var x = tensor(2f, requires_grad: true);
        (x * x * x).backward();
        return x.grad!.item<float>();
    }

    private static double OptimizerStep()
    {
        var weight = new Parameter(ones(1));
        using var optimizer = optim.AdamW([weight], lr: 0.1, weight_decay: 0);
        (weight * tensor(5f)).sum().backward();
        optimizer.step();
        return weight.item<float>();
    }
}
