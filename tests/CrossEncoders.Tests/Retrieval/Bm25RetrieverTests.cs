using System.Text.Json;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

public class Bm25RetrieverTests
{
    // golden/ranking/bm25-xquad-*.json: bm25s with Lucene's formula.
    [Fact]
    public void EqualsBm25sOnXquad()
    {
        EqualsBm25s("en", "bm25-xquad-en");
        EqualsBm25s("zh", "bm25-xquad-zh-bigrams");
    }

    [Theory]
    [InlineData("Oracle", "安装 Oracle 数据库之前先停机。")]
    [InlineData("running pumps", "水泵 running 时不要打开舱门。")]
    public void AnEnglishQueryFindsItsWordsInChinesePassages(string query, string passage) =>
        Assert.Single(new Bm25Retriever([new("one", passage), new("other", "电机 and motors")]).Search(query, 5), hit =>
            hit.Passage.Id == "one"
        );

    private static void EqualsBm25s(string language, string golden)
    {
        var data = XQuAD.Load(language);
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Shared.Path($"golden/ranking/{golden}.json")));
        var bm25 = new Bm25Retriever(data.Passages);

        var results = bm25.SearchAll(data.Questions, 50, cancellation: TestContext.Current.CancellationToken);

        var ranks = results.Select((hits, i) => hits.ToList().FindIndex(hit => hit.Passage.Id == data.Gold[i]) + 1).ToArray();
        Assert.Equal(
            expected.RootElement.GetProperty("mrr@10").GetDouble(),
            ranks.Average(rank => rank is > 0 and <= 10 ? 1.0 / rank : 0),
            1e-9
        );
        // bm25s fills its 50 up with passages that share no term with the question, and may meet the right one so; we do not return
        // them.
        var found = ranks.Count(rank => rank > 0);
        var unmatched = results.Where((hits, i) => hits.Count < 50 && ranks[i] == 0).Count();
        var reference50 = (int)Math.Round(expected.RootElement.GetProperty("recall@50").GetDouble() * ranks.Length);
        Assert.InRange(reference50, found, found + Math.Min(unmatched, 1));
        var tops = expected.RootElement.GetProperty("top10_of_first_20").EnumerateArray().ToArray();
        for (var i = 0; i < tops.Length; i++)
        {
            // Equal scores stand in no particular order in bm25s, so the scores are compared, rank by rank.
            var scores = bm25.Search(data.Questions[i], data.Passages.Count).ToDictionary(hit => hit.Passage.Id, hit => hit.Score);
            var reference = tops[i].EnumerateArray().Select(id => scores.GetValueOrDefault(id.GetInt32().ToString()));
            var ours = results[i].Take(10).Select(hit => hit.Score).Concat(Enumerable.Repeat(0.0, 10)).Take(10);
            Assert.All(reference.Zip(ours), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        }
    }

    [Fact]
    public void WeighsTermsAsTheFormulaSays()
    {
        var bm25 = new Bm25Retriever([new("a", "dome dome dome motor"), new("b", "dome"), new("c", "shutter stuck")]);

        var hits = bm25.Search("domes", 10);

        Assert.Equal(["a", "b"], hits.Select(hit => hit.Passage.Id));
        const double Average = 7.0 / 3;
        var rarity = Math.Log(1 + (3 - 2 + 0.5) / (2 + 0.5));
        Assert.Equal(rarity * 3 / (3 + 1.2 * (0.25 + 0.75 * 4 / Average)), hits[0].Score, 1e-6);
        Assert.Equal(rarity * 1 / (1 + 1.2 * (0.25 + 0.75 * 1 / Average)), hits[1].Score, 1e-6);
    }

    [Fact]
    public void KeepsTheOrderOfTheCollectionForTiesAndReturnsOnlyMatches()
    {
        var bm25 = new Bm25Retriever([new("z", "red dome"), new("y", "blue gate"), new("x", "red dome"), new("w", "red dome")]);

        Assert.Equal(["z", "x"], bm25.Search("red", 2).Select(hit => hit.Passage.Id));
        Assert.Empty(bm25.Search("violet", 2));
        Assert.Empty(bm25.Search("", 2));
        Assert.Empty(bm25.Search("red", 0));
    }

    [Fact]
    public void RefusesToFindLessThanNothing()
    {
        Passage[] passages = [new("a", "dome")];
        foreach (var search in (IRetriever[])[new Bm25Retriever(passages), new DenseRetriever(passages, new LetterEmbedder())])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => search.Search("dome", -1));
            Assert.Throws<ArgumentOutOfRangeException>(() => search.SearchAll(["dome", "gate"], -1));
        }
    }

    [Theory]
    [InlineData(-1.2, 0.75, "K1 has to be 0 or more; found -1.2.")]
    [InlineData(double.NaN, 0.75, "K1")]
    [InlineData(double.PositiveInfinity, 0.75, "K1")]
    [InlineData(1.2, 75, "B has to be from 0 to 1; found 75.")]
    [InlineData(1.2, -0.1, "B")]
    [InlineData(1.2, double.NaN, "B")]
    public void RefusesConstantsThatMakeNoSense(double k1, double b, string message)
    {
        var options = new Bm25Options { K1 = k1, B = b };
        var error = Assert.Throws<CrossEncoderException>(() => new Bm25Retriever([new("a", "dome")], options));
        Assert.StartsWith($"The option {message}", error.Message);
    }

    [Fact]
    public void RefusesNothingAndDoubleIds()
    {
        Assert.Contains("empty", Assert.Throws<CrossEncoderException>(() => new Bm25Retriever([])).Message);
        Assert.Contains("'a'", Assert.Throws<CrossEncoderException>(() => new Bm25Retriever([new("a", "x"), new("a", "y")])).Message);
    }
}
