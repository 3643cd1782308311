using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CrossEncoders.Files;

namespace CrossEncoders.Scoring;

/// <summary>The first line of a part: what it is a part of.</summary>
/// <param name="Type">"part".</param>
/// <param name="Number">Which part, from 1.</param>
/// <param name="Count">How many parts there are.</param>
/// <param name="Pairs">Pairs of the whole input.</param>
/// <param name="BlockPairs">Pairs of a block, the last excepted.</param>
/// <param name="Input">The hash of the input.</param>
/// <param name="Scorer">The scorer's name.</param>
/// <param name="Fingerprint">The hash of the model.</param>
/// <param name="Settings">All else that the scores depend on.</param>
internal sealed record PartHeader(
    string Type,
    int Number,
    int Count,
    int Pairs,
    int BlockPairs,
    string Input,
    string Scorer,
    string Fingerprint,
    IReadOnlyDictionary<string, string> Settings
)
{
    /// <summary>How the line begins.</summary>
    public const string Begins = "{\"type\":\"part\"";

    /// <summary>Which part it is.</summary>
    [JsonIgnore]
    public Shard Shard => new(Number, Count);

    /// <summary>How many blocks the whole input has.</summary>
    [JsonIgnore]
    public int Blocks => (Pairs - 1) / BlockPairs + 1;

    /// <summary>The hash of all that the parts of one scoring have in common.</summary>
    [JsonIgnore]
    public string Job =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this with { Number = 0 }))));

    /// <summary>How many pairs a block has.</summary>
    public int PairsOf(int block) => Math.Min(BlockPairs, Pairs - block * BlockPairs);

    /// <summary>The first thing in which another part is not of the same scoring; null where there is none.</summary>
    public string? Difference(PartHeader other)
    {
        foreach (
            var (what, mine, its) in (IEnumerable<(string, string, string)>)
                [
                    ("the number of parts", $"{Count}", $"{other.Count}"),
                    ("the number of pairs", $"{Pairs}", $"{other.Pairs}"),
                    ("the pairs of a block", $"{BlockPairs}", $"{other.BlockPairs}"),
                    ("the hash of the input", Input, other.Input),
                    ("the model", Scorer, other.Scorer),
                    ("the model's fingerprint", Fingerprint, other.Fingerprint),
                    .. Settings
                        .Keys.Union(other.Settings.Keys)
                        .Select(key =>
                            ($"the setting {key}", Settings.GetValueOrDefault(key, "none"), other.Settings.GetValueOrDefault(key, "none"))
                        ),
                ]
        )
            if (mine != its)
                return $"{what} is '{Excerpt.Of(its, 80)}' and not '{Excerpt.Of(mine, 80)}'";
        return null;
    }
}

/// <summary>A machine that scores from here on.</summary>
/// <param name="Type">"machine".</param>
/// <param name="Machine">What it is.</param>
internal sealed record PartMachine(string Type, string Machine)
{
    /// <summary>How the line begins.</summary>
    public const string Begins = "{\"type\":\"machine\"";
}

/// <summary>The scores of a block.</summary>
/// <param name="Type">"block".</param>
/// <param name="Block">Which, from 0.</param>
/// <param name="Scores">The scores as 32-bit numbers, lowest byte first, in Base64: every bit is kept.</param>
/// <param name="Sum">The beginning of a hash over the job, the block's number and the scores.</param>
internal sealed record PartBlock(string Type, int Block, string Scores, string Sum)
{
    /// <summary>How the line begins.</summary>
    public const string Begins = "{\"type\":\"block\"";

    /// <summary>A line for scores.</summary>
    public static string Line(string job, int block, float[] scores)
    {
        var text = Convert.ToBase64String(MemoryMarshal.AsBytes(scores.AsSpan()));
        return JsonSerializer.Serialize(new PartBlock("block", block, text, SumOf(job, block, text)), JsonLines.Options);
    }

    /// <summary>The scores; null where the line is not as it was written.</summary>
    public float[]? Read(string job)
    {
        if (Sum != SumOf(job, Block, Scores))
            return null;
        var bytes = Convert.FromBase64String(Scores);
        return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }

    private static string SumOf(string job, int block, string scores) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{job} {block} {scores}")))[..16];
}
