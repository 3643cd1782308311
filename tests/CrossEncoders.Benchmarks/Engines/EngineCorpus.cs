using System.Globalization;
using System.Text.Json;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Benchmarks.Engines;

/// <summary>
/// Passages made of real sentences drawn at random, the same ones each time, as a stream: none is kept. The shared folder's prose has far
/// fewer sentences than a large corpus has, so words are as frequent as in the prose, and each passage is new. With one sentence each,
/// every sentence comes once.
/// </summary>
internal sealed class EngineCorpus(string shared, int count, int sentences)
{
    private readonly string[] _sentences =
    [
        .. File.ReadLines(Path.Combine(shared, "data", "prose", "sections-en.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!)
            .SelectMany(text => text.Split(". ", StringSplitOptions.RemoveEmptyEntries))
            .Where(sentence => sentence.Length > 30)
            .Distinct(),
    ];

    /// <summary>How many passages.</summary>
    public int Count => count;

    /// <summary>The passages.</summary>
    public IEnumerable<Passage> Passages() => Passages(2024, 0, count);

    /// <summary>Texts like the passages, and none of them.</summary>
    public IEnumerable<string> Others(int others) => Passages(2025, count, others).Select(passage => passage.Text);

    private IEnumerable<Passage> Passages(int seed, int first, int some)
    {
        var random = new Random(seed);
        var single = sentences == 1 ? Shuffled(first + some) : [];
        for (var i = first; i < first + some; i++)
            yield return new(i.ToString(CultureInfo.InvariantCulture), sentences == 1 ? single[i] : Drawn(random));
    }

    private string Drawn(Random random) =>
        string.Join(". ", Enumerable.Range(0, sentences).Select(_ => _sentences[random.Next(_sentences.Length)]));

    private string[] Shuffled(int needed)
    {
        if (needed > _sentences.Length)
            throw new CrossEncoderException($"There are {_sentences.Length} sentences, but {needed} texts of one each are asked for.");
        string[] all = [.. _sentences];
        new Random(2024).Shuffle(all);
        return all;
    }
}
