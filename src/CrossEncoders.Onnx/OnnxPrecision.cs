namespace CrossEncoders.Onnx;

/// <summary>How an exported model stores its weights and computes with them.</summary>
public enum OnnxPrecision
{
    /// <summary>All in fp32: the checkpoint's logits but for rounding. <c>onnx/model.onnx</c>.</summary>
    Fp32,

    /// <summary>
    /// Weights stored in fp16, products in fp32: half the file, and the logits of <see cref="Fp32"/> where the checkpoint was stored in
    /// fp16. <c>onnx/model_fp16.onnx</c>.
    /// </summary>
    Fp16,

    /// <summary>
    /// Weights in 8 bits, with a scale for each column of a matrix and each row of a table; products in 8 bits, with a scale for each
    /// token: a quarter of the file, and faster. Its scores depend on the processor. <c>onnx/model_quantized.onnx</c>.
    /// </summary>
    Quantized,
}

/// <summary>The files of the layout that optimum and sentence-transformers read.</summary>
internal static class OnnxFiles
{
    /// <summary>The folder beside the configuration.</summary>
    public const string Folder = "onnx";

    /// <summary>The file of a precision, in the model's folder.</summary>
    public static string Of(OnnxPrecision precision) =>
        $"{Folder}/"
        + precision switch
        {
            OnnxPrecision.Fp32 => "model.onnx",
            OnnxPrecision.Fp16 => "model_fp16.onnx",
            OnnxPrecision.Quantized => "model_quantized.onnx",
            _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "unknown precision"),
        };
}
