using CrossEncoders.Runtime;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>Which part of the flat buffer a parameter belongs to, in the buffer's order.</summary>
internal enum ParameterKind
{
    /// <summary>A lookup table: stays in fp32, as only a few rows are read.</summary>
    Embedding,

    /// <summary>A matrix.</summary>
    Matrix,

    /// <summary>A bias or a normalization's weight: never decayed.</summary>
    Vector,
}

/// <summary>A parameter of a model; fused ones hold several tensors of the checkpoint, stacked along the first dimension.</summary>
internal sealed class Parameter
{
    private readonly Dictionary<(int First, int Count), ILaidOutWeight> _laidOut = [];

    internal Parameter(ParameterKind kind, long[] partShape, string[] names)
    {
        Kind = kind;
        PartShape = partShape;
        Names = names;
        Count = names.Length * partShape.Aggregate(1L, (product, size) => product * size);
    }

    /// <summary>What it is.</summary>
    public ParameterKind Kind { get; }

    /// <summary>Names in the checkpoint, one for each stacked part.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Shape of one part.</summary>
    public IReadOnlyList<long> PartShape { get; }

    /// <summary>Number of elements of all parts.</summary>
    public long Count { get; }

    /// <summary>Whether training changes it.</summary>
    public bool Trainable { get; set; } = true;

    /// <summary>First element in the flat buffer.</summary>
    public long Offset { get; internal set; }

    /// <summary>The fp32 values: a view into the flat buffer, (parts × first dimension, …).</summary>
    public Tensor Master { get; internal set; } = null!;

    /// <summary>What the forward pass reads: <see cref="Master"/>, or its copy in the compute type.</summary>
    public Tensor Value { get; internal set; } = null!;

    /// <summary>What the forward pass computes with: <see cref="Value"/>, with an adapter's copies in the place of its parts.</summary>
    public Tensor Current =>
        Copies is null ? Value
        : Copies is [{ } whole] ? whole.Value
        : cat([.. Copies.Select((copy, part) => copy?.Value ?? Part(Value, part))]);

    /// <summary>A change beside the matrix of each part, null for none; null without an adapter.</summary>
    internal LowRank?[]? Changes { get; set; }

    /// <summary>What an adapter has in the place of each part, null for its own; null where it replaces none.</summary>
    internal Parameter?[]? Copies { get; set; }

    /// <summary>Whether products without gradients are computed in 8 bits.</summary>
    internal bool IsQuantized { get; set; }

    /// <summary>
    /// Parts of the values laid out for a product without gradients with these states, made when first asked for; null where it is computed
    /// as it is, or where an adapter has others in their place.
    /// </summary>
    internal ILaidOutWeight? LaidOut(Tensor states, int first, int count)
    {
        var quantized = IsQuantized && QuantizedWeight.Fits(states, count * PartShape[0]);
        if (Copies is not null || (!quantized && !PackedWeight.Fits(states)))
            return null;
        lock (_laidOut)
        {
            if (!_laidOut.TryGetValue((first, count), out var weight))
            {
                using var parts = (quantized ? Master : Value).narrow(0, first * PartShape[0], count * PartShape[0]);
                _laidOut[(first, count)] = weight = quantized ? QuantizedWeight.Of(parts) : PackedWeight.Of(parts);
            }

            return weight;
        }
    }

    /// <summary>Drops what was laid out, once the values change.</summary>
    internal void Forget()
    {
        lock (_laidOut)
        {
            foreach (var weight in _laidOut.Values)
                weight.Dispose();
            _laidOut.Clear();
        }
    }

    /// <summary>One part of all.</summary>
    internal Tensor Part(Tensor all, int part) => all.narrow(0, part * PartShape[0], PartShape[0]);
}
