using System.Globalization;
using System.Text.Json;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Benchmarks.Engines;

/// <summary>
/// Passages made of real sentences drawn at random, the same ones each time, as a stream: none is kept. The shared folder's prose has far
/// fewer sentences than a large corpus has, so words are as frequent as in the prose, and each passage is new.
/// </summary>
internal sealed class EngineCorpus(string shared, int count)
{
    private const int SentencesOfAPassage = 6;

    private readonly string[] _sentences =
    [
        .. File.ReadLines(Path.Combine(shared, "data", "prose", "sections-en.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!)
            .SelectMany(text => text.Split(". ", StringSplitOptions.RemoveEmptyEntries))
            .Where(sentence => sentence.Length > 30),
    ];

    /// <summary>The passages.</summary>
    public IEnumerable<Passage> Passages()
    {
        var random = new Random(2024);
        for (var i = 0; i < count; i++)
            yield return new(
                i.ToString(CultureInfo.InvariantCulture),
                string.Join(". ", Enumerable.Range(0, SentencesOfAPassage).Select(_ => _sentences[random.Next(_sentences.Length)]))
            );
    }
}

/// <summary>
/// Vectors that are the sums of random ones, one for each term: near where texts share words. They stand for a bi-encoder's where only
/// speed and the recall of an approximate index are measured.
/// </summary>
internal sealed class TermEmbedder(int dimensions) : ITextEmbedder
{
    public string Name => $"terms in {dimensions} dimensions";

    public float[][] EmbedQueries(IReadOnlyList<string> queries, IProgress<WorkProgress>? progress, CancellationToken cancellation) =>
        EmbedPassages(queries, progress, cancellation);

    public float[][] EmbedPassages(IReadOnlyList<string> passages, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var vectors = new float[passages.Count][];
        Parallel.For(0, vectors.Length, i => vectors[i] = Embed(passages[i]));
        return vectors;
    }

    private float[] Embed(string text)
    {
        var vector = new float[dimensions];
        foreach (var term in TextAnalyzer.Terms(text))
        {
            var state = term.Aggregate(14695981039346656037UL, (hash, letter) => (hash ^ letter) * 1099511628211UL);
            for (var i = 0; i < dimensions; i += 8)
            {
                state = SplitMix64.Mix(state + 0x9E3779B97F4A7C15);
                for (var j = i; j < Math.Min(i + 8, dimensions); j++)
                    vector[j] += (sbyte)(state >> (8 * (j - i)));
            }
        }

        var length = Math.Max(MathF.Sqrt(vector.Sum(number => number * number)), 1e-9f);
        return Array.ConvertAll(vector, number => number / length);
    }
}
