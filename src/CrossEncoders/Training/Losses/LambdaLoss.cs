using System.Globalization;
using CrossEncoders.Examples;
using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>
/// Puts every pair of a query's passages into the right order, above all those that matter for NDCG.
/// Source: Wang et al. 2018, "The LambdaLoss Framework for Ranking Metric Optimization"; sentence-transformers <c>LambdaLoss</c>.
/// </summary>
/// <param name="weighting">How pairs are weighed; null for <see cref="NDCGLoss2PPScheme"/>.</param>
/// <param name="k">Only pairs with a passage in the first k places of the present ranking count, for NDCG@k; null for all.</param>
/// <param name="sigma">Steepness of the sigmoid of a score difference.</param>
/// <remarks>
/// Needs groups; labels may be graded, and a label weighs 2^label - 1, nothing from 0 downwards. The order is trained, not the scale:
/// scores are good for ranking, their sigmoid is not a probability.
/// </remarks>
/// <example><code>new CrossEncoderTrainer(model, arguments, new LambdaLoss(new LambdaRankScheme(), k: 10))</code></example>
public class LambdaLoss(WeightingScheme? weighting = null, int? k = null, double sigma = 1) : Loss
{
    private const double Smallest = 1e-10;
    private const float LargestLabel = 64; // 2^label has to stay far from the end of fp32

    private readonly WeightingScheme _weighting = weighting ?? new NDCGLoss2PPScheme();

    /// <inheritdoc/>
    public override string Name => $"LambdaLoss ({_weighting.Name}{Settings})";

    /// <inheritdoc/>
    public override bool ComparesGroups => true;

    /// <summary>The settings that are not the defaults, each after a comma.</summary>
    private protected string Settings =>
        (k is { } first ? $", k {first}" : "") + (sigma == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", sigma {sigma}"));

    /// <inheritdoc/>
    public override void Validate(IReadOnlyList<InputExample> examples, int labels)
    {
        if (k is < 1)
            throw new CrossEncoderException($"The loss '{Name}' looks at {k} places; expected at least 1, or null for all.");
        base.Validate(examples, labels);
        if (_weighting is NoWeightingScheme)
            return;
        var largest = examples.Max(example => example.Label);
        if (largest is <= 0 or > LargestLabel)
            throw new CrossEncoderException(
                $"The loss '{Name}' weighs a passage by 2^label - 1, and the largest label is {largest}; expected above 0 and "
                    + $"at most {LargestLabel}. Use grades such as 0..3 or a teacher's sigmoid scores, or choose RankNetLoss."
            );
    }

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups)
    {
        var lists = PaddedLists.Of(groups, logits.device);
        // (groups, width), as all below
        var (scores, ranking) = lists.Rows(logits, PaddedLists.Nothing).sort(1, descending: true, stable: true);
        var grades = lists.Rows(labels, 0);
        var ranked = grades.gather(1, ranking);
        var present = lists.Mask.gather(1, ranking);
        var width = scores.shape[1];
        var cut = Math.Min(k ?? width, width);

        var discount = tensor(
            Enumerable.Range(2, (int)width).Select(i => (float)Math.Log2(i)).ToArray(),
            [1, width],
            device: logits.device
        );
        var best = Gain(grades).sort(1, descending: true).Values / discount;
        var ideal = best.narrow(1, 0, cut).sum(1, keepdim: true).AtLeast(Smallest); // (groups, 1)
        var weights = _weighting.Weights(Gain(ranked) / ideal, discount);

        // (groups, width, width): the first passage of a pair in rows, the second in columns
        var pairs = present.unsqueeze(2) & present.unsqueeze(1);
        if (!_weighting.AllPairs)
            pairs &= ranked.unsqueeze(2) > ranked.unsqueeze(1);
        if (cut < width)
        {
            var top = tensor(Enumerable.Range(0, (int)width).Select(i => i < cut).ToArray(), device: logits.device); // (width)
            pairs &= top.unsqueeze(1) | top.unsqueeze(0);
        }

        var right = (scores.unsqueeze(2) - scores.unsqueeze(1)).Times(sigma).sigmoid().AtLeast(Smallest);
        if (weights is not null)
            right = right.pow(weights).AtLeast(Smallest);
        return -(right.log2() * pairs).sum() / pairs.sum().AtLeast(1);
    }

    private static Tensor Gain(Tensor labels) => labels.AtLeast(0).exp2().Plus(-1);
}
