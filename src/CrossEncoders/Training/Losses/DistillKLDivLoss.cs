using System.Globalization;
using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>
/// Divergence of the student's softmax over a query's passages from the teacher's, both at a temperature, times its square, so that the
/// gradient keeps its size. Source: Hinton et al. 2015, "Distilling the Knowledge in a Neural Network"; sentence-transformers
/// <c>DistillKLDivLoss</c>.
/// </summary>
/// <param name="temperature">What scores are divided by before the softmax: above 1 the passages lower down count more.</param>
/// <param name="squaredErrorWeight">
/// Weight of the squared error between logits and labels, which keeps the scores of different queries comparable; 0 teaches the order only.
/// </param>
/// <remarks>
/// Needs groups; labels are a teacher's logits, or its scores normalized within each query. Only their differences count, unless squared
/// errors have a weight.
/// </remarks>
/// <example><code>
/// new CrossEncoderTrainer(model, arguments, new DistillKLDivLoss(temperature: 2)).Train(examples.LabeledBy(teacher, SoftLabels.Logits))
/// </code></example>
public sealed class DistillKLDivLoss(double temperature = 1, double squaredErrorWeight = 0) : Loss
{
    private readonly double _squaredErrorWeight = squaredErrorWeight is >= 0 and < double.PositiveInfinity
        ? squaredErrorWeight
        : throw new CrossEncoderException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The weight of the squared error is {squaredErrorWeight}; expected 0 or more, such as 0.1."
            )
        );

    private readonly double _temperature = temperature is > 0 and < double.PositiveInfinity
        ? temperature
        : throw new CrossEncoderException(
            string.Create(CultureInfo.InvariantCulture, $"The temperature is {temperature}; expected a number above 0, such as 1.")
        );

    /// <inheritdoc/>
    public override string Name =>
        string.Create(CultureInfo.InvariantCulture, $"KL divergence from the teacher, temperature {_temperature}")
        + (
            _squaredErrorWeight == 0
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $" + {_squaredErrorWeight} × squared error of logits")
        );

    /// <inheritdoc/>
    public override bool ComparesGroups => true;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups)
    {
        var lists = PaddedLists.Of(groups, logits.device);
        var student = lists.Rows(logits.Over(_temperature), PaddedLists.Nothing).log_softmax(1); // (groups, width)
        var teacher = lists.Rows(labels.Over(_temperature), PaddedLists.Nothing).log_softmax(1);
        var divergence = (teacher.exp() * (teacher - student)).sum(1).mean().Times(_temperature * _temperature);
        return _squaredErrorWeight == 0
            ? divergence
            : divergence.Plus(nn.functional.mse_loss(logits.view(-1), labels).Times(_squaredErrorWeight));
    }
}
