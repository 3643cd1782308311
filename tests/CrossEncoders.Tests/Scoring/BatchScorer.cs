using System.Text;
using CrossEncoders.Scoring;

namespace CrossEncoders.Tests.Scoring;

/// <summary>
/// A scorer whose score of a pair depends on all pairs that it is given together, as it does in bfloat16: only the same batches give the
/// same scores.
/// </summary>
internal sealed class BatchScorer : IPassageScorer
{
    /// <summary>All pairs that were scored, call by call.</summary>
    public List<IReadOnlyList<TextPair>> Calls { get; } = [];

    /// <summary>What a score is replaced with; null for nothing.</summary>
    public float? Instead { get; init; }

    public string Name => "batches";

    public static ScorerIdentity Identity(string fingerprint = "f", string device = "cpu", string machine = "one") =>
        new("batches", fingerprint, new Dictionary<string, string> { ["device"] = device }, machine);

    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        Calls.Add(pairs);
        var together = pairs.Aggregate(0UL, (sum, pair) => SplitMix64.Mix(sum ^ Hash(pair)));
        return [.. pairs.Select(pair => Instead ?? (float)((Hash(pair) ^ together) % 1_000_003) / 1000 - 500)];
    }

    private static ulong Hash(TextPair pair) =>
        Encoding.UTF8.GetBytes($"{pair.Query}\0{pair.Passage}").Aggregate(7UL, (sum, next) => SplitMix64.Mix(sum ^ next));
}

/// <summary>Files of pairs.</summary>
internal static class Pairs
{
    /// <summary>Writes a table of pairs.</summary>
    public static string Write(ScratchFolder scratch, int count, string name = "pairs.jsonl")
    {
        File.WriteAllLines(
            scratch[name],
            Enumerable
                .Range(0, count)
                .Select(i => $$"""{"query": "question {{i}}", "passage": "{{new string('x', i * 7 % 40)}} {{i * i}}"}""")
        );
        return scratch[name];
    }

    public static ScoringInput Of(ScratchFolder scratch, int count, string name = "pairs.jsonl") =>
        ScoringInput.FromTable(Write(scratch, count, name));
}
