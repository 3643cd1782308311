namespace CrossEncoders.Tests.Retrieval;

/// <summary>A scorer that answers from a function and notes how it was called.</summary>
internal sealed class ScriptedScorer(Func<TextPair, float> score, string name = "scripted") : IPassageScorer
{
    public List<IReadOnlyList<TextPair>> Calls { get; } = [];

    public string Name => name;

    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        Calls.Add(pairs);
        return pairs.Select(score).ToArray();
    }
}

/// <summary>An embedder that counts the letters a, b and c of a text's beginning, and notes how many passages it embedded.</summary>
internal sealed class LetterEmbedder(string letters = "abc", int limit = 1000) : ITextEmbedder
{
    public int PassagesEmbedded { get; private set; }

    public string Name => "letters";

    public float[][] EmbedQueries(
        IReadOnlyList<string> queries,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => queries.Select(Embed).ToArray();

    public float[][] EmbedPassages(
        IReadOnlyList<string> passages,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        PassagesEmbedded += passages.Count;
        return passages.Select(Embed).ToArray();
    }

    private float[] Embed(string text)
    {
        var counts = letters.Select(letter => (float)text.Take(limit).Count(other => other == letter)).ToArray();
        var norm = MathF.Sqrt(counts.Sum(count => count * count));
        return counts.Select(count => norm == 0 ? 0 : count / norm).ToArray();
    }
}
