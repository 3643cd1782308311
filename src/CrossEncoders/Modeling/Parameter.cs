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

    /// <summary>A trained change beside a matrix; null without an adapter.</summary>
    internal LowRank? Change { get; set; }
}
