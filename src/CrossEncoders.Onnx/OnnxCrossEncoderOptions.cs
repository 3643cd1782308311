using Microsoft.ML.OnnxRuntime;

namespace CrossEncoders.Onnx;

/// <summary>How an exported cross-encoder is loaded.</summary>
public sealed record OnnxCrossEncoderOptions
{
    /// <summary>
    /// Which of the exported files is loaded; null, the default, takes the fastest that gives the checkpoint's ranking: the one in 8 bits
    /// where it passed the comparison on a processor like this one (<see cref="OnnxQuality.NoteIn"/>), else the most exact one. Name <see
    /// cref="OnnxPrecision.Fp32"/> where scores are compared with the checkpoint's.
    /// </summary>
    public OnnxPrecision? Precision { get; init; }

    /// <summary>A file by its name, for example "onnx/model_O3.onnx"; null goes by <see cref="Precision"/>.</summary>
    public string? File { get; init; }

    /// <inheritdoc cref="CrossEncoderOptions.Revision"/>
    public string Revision { get; init; } = "main";

    /// <inheritdoc cref="CrossEncoderOptions.MaxLength"/>
    public int? MaxLength { get; init; }

    /// <inheritdoc cref="CrossEncoderOptions.LongDocuments"/>
    public LongDocuments? LongDocuments { get; init; }

    /// <inheritdoc cref="CrossEncoderOptions.Prompt"/>
    public string? Prompt { get; init; }

    /// <inheritdoc cref="CrossEncoderOptions.PromptName"/>
    public string? PromptName { get; init; }

    /// <inheritdoc cref="CrossEncoderOptions.Activation"/>
    public Func<float, float>? Activation { get; init; }

    /// <inheritdoc cref="CrossEncoderOptions.BatchSize"/>
    public int BatchSize { get; init; } = 32;

    /// <inheritdoc cref="CrossEncoderOptions.TokenBudget"/>
    public int TokenBudget { get; init; } = 8192;

    /// <summary>Threads that compute one batch; null leaves it to ONNX Runtime, which takes one for each core.</summary>
    public int? Threads { get; init; }

    /// <summary>Changes ONNX Runtime's own settings before the model is loaded, for example another execution provider.</summary>
    public Action<SessionOptions>? Configure { get; init; }

    /// <summary>A name for tables and charts; null takes the last part of the path.</summary>
    public string? Name { get; init; }

    /// <summary>Receives one-line notes (truncation); standard error by default.</summary>
    public Action<string> Report { get; init; } = note => Console.Error.WriteLine(note); // of the cell that runs then
}
