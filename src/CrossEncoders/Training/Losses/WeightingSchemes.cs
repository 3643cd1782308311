using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>How <see cref="LambdaLoss"/> weighs a pair of passages, by what their places and labels mean for NDCG.</summary>
/// <remarks>
/// Source: Wang et al. 2018, "The LambdaLoss Framework for Ranking Metric Optimization"; sentence-transformers' classes of these names.
/// </remarks>
public abstract class WeightingScheme
{
    /// <summary>A short name for logs and model cards.</summary>
    public virtual string Name => GetType().Name.Replace("Scheme", "", StringComparison.Ordinal);

    /// <summary>Whether all pairs count, and not only those whose first passage has the higher label.</summary>
    internal virtual bool AllPairs => false;

    /// <summary>Weights of the pairs (first, second), (groups, width, width) or a shape that spreads to it; null for 1.</summary>
    /// <param name="gain">2^label - 1 as a share of the ideal DCG, by present rank, (groups, width).</param>
    /// <param name="discount">log2(1 + rank), (1, width).</param>
    public abstract Tensor? Weights(Tensor gain, Tensor discount);

    /// <summary>|gain of the first - gain of the second|, (groups, width, width).</summary>
    private protected static Tensor GainDifferences(Tensor gain) => (gain.unsqueeze(2) - gain.unsqueeze(1)).abs();
}

/// <summary>All pairs weigh the same: RankNet.</summary>
public sealed class NoWeightingScheme : WeightingScheme
{
    /// <inheritdoc/>
    public override Tensor? Weights(Tensor gain, Tensor discount) => null;
}

/// <summary>A loose bound of NDCG, where a pair weighs as its first passage; the two below do better in the paper.</summary>
public sealed class NDCGLoss1Scheme : WeightingScheme
{
    internal override bool AllPairs => true;

    /// <inheritdoc/>
    public override Tensor Weights(Tensor gain, Tensor discount) => (gain / discount).unsqueeze(2);
}

/// <summary>
/// A tighter bound of NDCG: the difference of the gains, times what a swap over the distance of the two ranks is worth at the top.
/// </summary>
public sealed class NDCGLoss2Scheme : WeightingScheme
{
    /// <inheritdoc/>
    public override Tensor Weights(Tensor gain, Tensor discount)
    {
        var width = (int)gain.shape[1];
        var worth = new float[width * width];
        for (var i = 0; i < worth.Length; i++)
        {
            var distance = Math.Abs(i / width - i % width);
            worth[i] = distance == 0 ? 0 : (float)(1 / Math.Log2(1 + distance) - 1 / Math.Log2(2 + distance));
        }

        return tensor(worth, [1, width, width], device: gain.device) * GainDifferences(gain);
    }
}

/// <summary>What swapping the two passages changes in NDCG, at their present ranks.</summary>
public sealed class LambdaRankScheme : WeightingScheme
{
    /// <inheritdoc/>
    public override Tensor Weights(Tensor gain, Tensor discount)
    {
        var inverse = discount.reciprocal();
        return (inverse.unsqueeze(2) - inverse.unsqueeze(1)).abs() * GainDifferences(gain);
    }
}

/// <summary>NDCGLoss2 and LambdaRank together: the best in the paper, and the default.</summary>
/// <param name="mu">Weight of NDCGLoss2.</param>
public sealed class NDCGLoss2PPScheme(double mu = 10) : WeightingScheme
{
    private readonly NDCGLoss2Scheme _ndcgLoss2 = new();
    private readonly LambdaRankScheme _lambdaRank = new();

    /// <inheritdoc/>
    public override string Name => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{base.Name}, mu {mu}");

    /// <inheritdoc/>
    public override Tensor Weights(Tensor gain, Tensor discount) =>
        _ndcgLoss2.Weights(gain, discount).Times(mu).Plus(_lambdaRank.Weights(gain, discount));
}
