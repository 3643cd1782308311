using CrossEncoders.Examples;
using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>
/// Softmax cross-entropy for models with several labels, such as contradiction, neutral and entailment, and the default of
/// sentence-transformers for them.
/// Source: sentence-transformers <c>CrossEntropyLoss</c>, PyTorch's of the same name.
/// </summary>
/// <remarks>Needs a model with two labels or more; an example's label is the number of its class, from 0.</remarks>
/// <example><code>
/// using var model = CrossEncoder.FromPretrained(encoder, new() { Labels = 3 });
/// new CrossEncoderTrainer(model, arguments, new CrossEntropyLoss(), new SoftmaxAccuracyEvaluator(validation))
/// </code></example>
public sealed class CrossEntropyLoss : Loss
{
    /// <inheritdoc/>
    public override string Name => "cross-entropy";

    /// <inheritdoc/>
    public override void Validate(IReadOnlyList<InputExample> examples, int labels)
    {
        if (labels < 2)
            throw new CrossEncoderException(
                $"Cross-entropy needs a model with at least 2 labels; this one has {labels}. Load it with Labels set to the "
                    + "number of classes, or choose BinaryCrossEntropyLoss."
            );
        for (var i = 0; i < examples.Count; i++)
        {
            var label = examples[i].Label;
            if (label != MathF.Floor(label) || label < 0 || label >= labels)
                throw new CrossEncoderException(
                    $"Example {i} has the label {label}; cross-entropy expects the number of a class, a whole number of 0 to {labels - 1}."
                );
        }
    }

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups) =>
        nn.functional.cross_entropy(logits, labels.to_type(ScalarType.Int64));
}
