using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>
/// How a bi-encoder is loaded. Left at their defaults, pooling, prompts and length are what sentence-transformers' files in the folder say
/// (modules.json and those it lists).
/// </summary>
public sealed record BiEncoderOptions
{
    /// <summary>What E5 models were trained to see in front of a query.</summary>
    internal const string E5Query = "query: ";

    /// <summary>What E5 models were trained to see in front of a passage.</summary>
    internal const string E5Passage = "passage: ";

    /// <summary>"auto", "cpu", "cuda", "cuda:N" or "mps".</summary>
    public string Device { get; init; } = "auto";

    /// <summary>The type matrices are multiplied in; null chooses bfloat16 where the device computes it fast, else float32.</summary>
    public ScalarType? ComputeType { get; init; }

    /// <summary>Which states become the vector; null takes what the folder says, and the mean where it says nothing.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>
    /// What the model was trained to see in front of a query; null takes the folder's prompt "query", else its default prompt. A folder
    /// without modules.json, and one of an E5 model that declares no prompts, is read with E5's "query: ".
    /// </summary>
    public string? QueryPrefix { get; init; }

    /// <summary>
    /// What the model was trained to see in front of a passage; null takes the folder's prompt "document", "passage" or "corpus", else its
    /// default prompt. A folder without modules.json, and one of an E5 model that declares no prompts, is read with E5's "passage: ".
    /// </summary>
    public string? PassagePrefix { get; init; }

    /// <summary>The longest text in tokens; null takes what the folder says; at most the model's own limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Branch, tag or commit on the hub.</summary>
    public string Revision { get; init; } = "main";

    /// <summary>A name for tables and charts; null takes the last part of the id or path.</summary>
    public string? Name { get; init; }

    /// <summary>Receives one-line notes (unused weights, a folder that does not say how to read it); standard error by default.</summary>
    public Action<string> Report { get; init; } = RunningCell.Note;
}
