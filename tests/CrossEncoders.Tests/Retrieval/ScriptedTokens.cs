namespace CrossEncoders.Tests.Retrieval;

/// <summary>
/// Token states without a model: a special token, one of the prefix, one for each word, a special token; equal words have equal states.
/// </summary>
internal sealed class ScriptedTokens(int seed = 1, int width = 24, string settings = "scripted") : ITokenEmbedder
{
    /// <summary>How many texts of each kind were embedded.</summary>
    public (int Queries, int Passages) Embedded { get; private set; }

    /// <summary>After how many passages it fails; null for never.</summary>
    public int? FailsAfter { get; init; }

    public string Name => "scripted";

    public string Settings => settings;

    public IEnumerable<(int Text, TokenStates States)> EmbedTokens(
        IReadOnlyList<string> texts,
        bool queries,
        int maxTokens,
        CancellationToken cancellation = default
    )
    {
        for (var i = texts.Count - 1; i >= 0; i--) // not in the order of the texts
        {
            if (!queries && Embedded.Passages == FailsAfter)
                throw new IOException("the machine was switched off");
            Embedded = queries ? (Embedded.Queries + 1, Embedded.Passages) : (Embedded.Queries, Embedded.Passages + 1);
            yield return (i, States(texts[i], queries, maxTokens));
        }
    }

    public TokenStates States(string text, bool query, int maxTokens = int.MaxValue)
    {
        var own = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(maxTokens - 3).ToArray();
        string[] words = ["<s>", query ? "query:" : "passage:", .. own, "</s>"];
        return new([.. words.SelectMany(Unit)], width, 2, own.Length);
    }

    private float[] Unit(string word)
    {
        var random = new Random(word.Aggregate(seed, (hash, letter) => hash * 31 + letter));
        var state = new float[width];
        for (var k = 0; k < width; k++)
            state[k] = (float)(random.NextDouble() - 0.5);
        var norm = MathF.Sqrt(state.Sum(number => number * number));
        return Array.ConvertAll(state, number => number / norm);
    }
}
