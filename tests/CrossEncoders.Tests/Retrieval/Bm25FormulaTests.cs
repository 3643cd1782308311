using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

/// <summary>BM25's index against the formula computed passage by passage.</summary>
public sealed class Bm25FormulaTests
{
    private static readonly string[] Words = [.. Enumerable.Range(0, 40).Select(i => $"term{(char)('a' + i % 26)}{i}")];

    [Theory]
    [InlineData(1, 1.2, 0.75)]
    [InlineData(37, 0.9, 0.4)]
    [InlineData(5000, 1.2, 0.75)]
    [InlineData(60, 0, 1)]
    [InlineData(60, 2, 0)]
    public void EveryScoreIsTheFormulasToTheLastBit(int count, double k1, double b)
    {
        var random = new Random(count);
        Passage[] passages = [.. Enumerable.Range(0, count).Select(i => new Passage($"{i}", Text(random, random.Next(0, 12))))];
        var bm25 = new Bm25Retriever(passages, new() { K1 = k1, B = b });
        for (var round = 0; round < 5; round++)
        {
            var query = Text(random, 4);
            var expected = passages
                .Zip(Scores(passages, query, k1, b), (passage, score) => (passage.Id, Score: (double)score))
                .Where(hit => hit.Score > 0)
                .OrderByDescending(hit => hit.Score)
                .Take(50);

            Assert.Equal(expected, bm25.Search(query, 50).Select(hit => (hit.Passage.Id, hit.Score)));
        }
    }

    [Fact]
    public void PassagesWithoutTermsAreNeverFound()
    {
        var bm25 = new Bm25Retriever([new("empty", ""), new("stop", "the of and"), new("dome", "dome")]);

        Assert.Equal(["dome"], bm25.Search("the dome", 9).Select(hit => hit.Passage.Id));
        Assert.Empty(new Bm25Retriever([new("empty", "")]).Search("dome", 9));
    }

    [Fact]
    public void SearchesOfManyQueriesAreThoseOneByOne()
    {
        var random = new Random(5);
        Passage[] passages = [.. Enumerable.Range(0, 300).Select(i => new Passage($"{i}", Text(random, 9)))];
        string[] queries = [.. Enumerable.Range(0, 40).Select(_ => Text(random, 5))];
        var bm25 = new Bm25Retriever(passages);

        var together = bm25.SearchAll(queries, 20);

        Assert.Equal(queries.Select(query => bm25.Search(query, 20)), together);
    }

    private static float[] Scores(Passage[] passages, string query, double k1, double b)
    {
        List<string>[] terms = [.. passages.Select(passage => TextAnalyzer.Terms(passage.Text))];
        var average = Math.Max(terms.Average(list => list.Count), 1e-9);
        var scores = new float[passages.Length];
        foreach (var term in TextAnalyzer.Terms(query))
        {
            var holders = terms.Count(list => list.Contains(term));
            var rarity = Math.Log(1 + (passages.Length - holders + 0.5) / (holders + 0.5));
            for (var i = 0; i < terms.Length; i++)
                if (terms[i].Count(other => other == term) is > 0 and var times)
                    scores[i] += (float)(rarity * times / (times + k1 * (1 - b + b * terms[i].Count / average)));
        }

        return scores;
    }

    private static string Text(Random random, int words) =>
        string.Join(' ', Enumerable.Range(0, words).Select(_ => Words[random.Next(Words.Length) * random.Next(1, 3) / 2]));
}
