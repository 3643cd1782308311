using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>How a bi-encoder is loaded. The defaults are E5's.</summary>
public sealed record BiEncoderOptions
{
    /// <summary>"auto", "cpu", "cuda", "cuda:N" or "mps".</summary>
    public string Device { get; init; } = "auto";

    /// <summary>The type matrices are multiplied in; null chooses bfloat16 where the device computes it fast, else float32.</summary>
    public ScalarType? ComputeType { get; init; }

    /// <summary>Which states become the vector.</summary>
    public Pooling Pooling { get; init; } = Pooling.Mean;

    /// <summary>What the model was trained to see in front of a query.</summary>
    public string QueryPrefix { get; init; } = "query: ";

    /// <summary>What the model was trained to see in front of a passage.</summary>
    public string PassagePrefix { get; init; } = "passage: ";

    /// <summary>The longest text in tokens; null takes the model's own limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Branch, tag or commit on the hub.</summary>
    public string Revision { get; init; } = "main";

    /// <summary>A name for tables and charts; null takes the last part of the id or path.</summary>
    public string? Name { get; init; }

    /// <summary>Receives one-line notes (unused weights); standard error by default.</summary>
    public Action<string> Report { get; init; } = Console.Error.WriteLine;
}
