using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Runtime;

namespace CrossEncoders.Onnx;

/// <summary>What is exported, and when it is refused.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>How weights are stored and computed with.</summary>
    public OnnxPrecision Precision { get; init; } = OnnxPrecision.Fp32;

    /// <summary>
    /// Pairs to compare the exported model with the checkpoint on, as <see cref="ServedQuality.Verify"/> takes them; null exports without a
    /// comparison, but for <see cref="OnnxPrecision.Quantized"/>, which asks for one.
    /// </summary>
    public IReadOnlyList<InputExample>? Validation { get; init; }

    /// <summary>
    /// The least share of the checkpoint's NDCG@10 that the exported model has to reach on <see cref="Validation"/>; 0 exports whatever it
    /// reaches.
    /// </summary>
    public double LeastNdcgShare { get; init; } = QualityNote.Gate;
}

/// <summary>What an export wrote.</summary>
/// <param name="Path">The model's file.</param>
/// <param name="Bytes">Its size, with that of the weights beside it where they did not fit in.</param>
/// <param name="Quality">How it compares with the checkpoint; null where there was nothing to compare on.</param>
public sealed record OnnxExportResult(string Path, long Bytes, ServedQuality? Quality);
