namespace CrossEncoders;

/// <summary>The functions that turn logits into scores, by the class names that sentence-transformers stores.</summary>
internal static class ScoreActivation
{
    /// <summary>What a model that names nothing scores with, as in the reference: sigmoid of one label, logits of several.</summary>
    public static Func<float, float> Usual(int labels) => labels == 1 ? Logistic.SigmoidSingle : logit => logit;

    /// <summary>The function of a class such as "torch.nn.modules.linear.Identity"; null for null.</summary>
    /// <param name="stored">The class.</param>
    /// <param name="source">The model it is stored with, for the message.</param>
    /// <exception cref="CrossEncoderException">Another class.</exception>
    public static Func<float, float>? Of(string? stored, string source) =>
        stored?.Split('.')[^1] switch
        {
            null => null,
            "Identity" => logit => logit,
            "Sigmoid" => Logistic.SigmoidSingle, // in fp32: half precision saturates and ties
            "Tanh" => MathF.Tanh,
            _ => throw new CrossEncoderException(
                $"The model in {source} makes its scores with '{stored}'; known are Identity, Sigmoid and Tanh. "
                    + "Pass the function as the option Activation, for example x => x for the logits."
            ),
        };
}
