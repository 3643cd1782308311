using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>How a late-interaction model is loaded. Left at their defaults, marks and lengths are what its folder says.</summary>
public sealed record MultiVectorEncoderOptions
{
    /// <summary>"auto", "cpu", "cuda", "cuda:N" or "mps".</summary>
    public string Device { get; init; } = "auto";

    /// <summary>The type matrices are multiplied in; null chooses bfloat16 where the device computes it fast, else float32.</summary>
    public ScalarType? ComputeType { get; init; }

    /// <summary>What stands in front of a query; null takes what the folder says.</summary>
    public string? QueryPrefix { get; init; }

    /// <summary>What stands in front of a passage; null takes what the folder says.</summary>
    public string? PassagePrefix { get; init; }

    /// <summary>Branch, tag or commit on the hub.</summary>
    public string Revision { get; init; } = "main";

    /// <summary>The name in tables and charts; null for the last part of the id or path.</summary>
    public string? Name { get; init; }

    /// <summary>Takes notes on what the user should know; the default writes them to standard error.</summary>
    public Action<string> Report { get; init; } = RunningCell.Note;
}
