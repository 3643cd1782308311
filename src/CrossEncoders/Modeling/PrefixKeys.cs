using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>Keys and values that a <see cref="Decoder"/> computed for the first tokens of several texts, layer by layer.</summary>
/// <param name="length">How many tokens these are.</param>
internal sealed class PrefixKeys(int length) : IDisposable
{
    private readonly List<(Tensor Key, Tensor Value)> _layers = [];

    /// <summary>How many tokens these are.</summary>
    public int Length => length;

    /// <summary>
    /// Keys and values of a layer with those of the prefix in front, (batch, heads, sequence, head size) each; the prefix's own are kept.
    /// </summary>
    public (Tensor Key, Tensor Value) Join(int layer, Tensor key, Tensor value)
    {
        if (layer == _layers.Count)
        {
            _layers.Add((key.contiguous().DetachFromDisposeScope(), value.contiguous().DetachFromDisposeScope()));
            return (key, value);
        }

        Tensor Before(Tensor kept) => kept.expand(key.size(0), -1, -1, -1);
        return (cat([Before(_layers[layer].Key), key], 2), cat([Before(_layers[layer].Value), value], 2));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (key, value) in _layers)
        {
            key.Dispose();
            value.Dispose();
        }
    }
}
