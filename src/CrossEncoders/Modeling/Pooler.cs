using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>The tokens' states to one vector of a text; several ways are joined one after the other.</summary>
/// <remarks>Computation follows sentence-transformers' <c>pooling.py</c>; it is in the type of the states, which should be fp32.</remarks>
internal sealed class Pooler(IReadOnlyList<Pooling> modes)
{
    /// <summary>Whether only the first token's state is wanted.</summary>
    public bool FirstTokenOnly => modes is [Pooling.Cls];

    /// <summary>(batch, sequence or 1, hidden) to (batch, modes × hidden).</summary>
    /// <param name="states">The states; of the first token alone where only that was computed.</param>
    /// <param name="mask">True where there is a token to pool, bool (batch, sequence); null for everywhere.</param>
    public Tensor Forward(Tensor states, Tensor? mask)
    {
        if (FirstTokenOnly && states.size(1) == 1)
            return states.squeeze(1);
        var pooled = modes.Select(mode => Pool(mode, states, mask)).ToArray();
        return pooled.Length == 1 ? pooled[0] : cat(pooled, -1);
    }

    private static Tensor Pool(Pooling mode, Tensor states, Tensor? mask) =>
        mode switch
        {
            Pooling.Cls => mask is null ? states.select(1, 0) : At(states, mask.to_type(ScalarType.Int64).argmax(1)),
            Pooling.Max => (mask is null ? states : states.Without(mask.logical_not().unsqueeze(2))).amax([1L]),
            Pooling.Mean when mask is null => states.mean([1L]),
            Pooling.Mean => Weighted(states, Weights(states, mask), count => count),
            Pooling.MeanSqrtLenTokens => Weighted(states, Weights(states, mask), count => count.sqrt()),
            Pooling.WeightedMean => Weighted(states, Weights(states, mask) * Positions(states), count => count),
            Pooling.LastToken => mask is null ? states.select(1, -1) : At(states, LastOf(mask)),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "unknown pooling"),
        };

    /// <summary>Where the last token of each row is, on whichever side it is padded, int64 (batch).</summary>
    private static Tensor LastOf(Tensor mask) =>
        (mask.to_type(ScalarType.Int64) * Arithmetic.Range(1, mask.size(1), ScalarType.Int64, mask.device)).argmax(1);

    private static Tensor Weighted(Tensor states, Tensor weights, Func<Tensor, Tensor> divisor) =>
        (states * weights).sum(1) / divisor(weights.sum(1));

    /// <summary>1 for a token, 0 for padding, (batch, sequence, 1).</summary>
    private static Tensor Weights(Tensor states, Tensor? mask) =>
        (
            mask is null ? ones(states.size(0), states.size(1), dtype: states.dtype, device: states.device) : mask.to_type(states.dtype)
        ).unsqueeze(2);

    /// <summary>1, 2, 3 and so on, (1, sequence, 1).</summary>
    private static Tensor Positions(Tensor states) =>
        Arithmetic.Range(1, states.size(1), states.dtype, states.device).view(1, states.size(1), 1);

    /// <summary>The state at one position of each row, int64 (batch) to (batch, hidden).</summary>
    private static Tensor At(Tensor states, Tensor positions) =>
        states.gather(1, positions.view(-1, 1, 1).expand(states.size(0), 1, states.size(2))).squeeze(1);
}
