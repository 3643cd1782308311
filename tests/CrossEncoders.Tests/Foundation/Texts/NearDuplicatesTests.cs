using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Texts;

public sealed class NearDuplicatesTests
{
    [Fact]
    public void AllPairsAreFoundAsByComparingAllWithAll()
    {
        var random = new Random(11);
        foreach (var threshold in (double[])[0.3, 0.5, 0.8, 1])
        {
            string[] texts = [.. Enumerable.Range(0, 120).Select(_ => Sentence(random))];
            var sets = texts.Select(Normal.Words).ToArray();
            var expected = new List<(int, double)>();
            for (var two = 1; two < texts.Length; two++)
            {
                var similar = Enumerable.Range(0, two).Select(one => Normal.Overlap(sets[one], sets[two])).Max();
                if (similar >= threshold)
                    expected.Add((two, similar));
            }
            Assert.NotEmpty(expected);
            var found = NearDuplicates.Within(texts, threshold);
            Assert.Equal(expected, found.Select(pair => (pair.Two, pair.Similarity)));
            Assert.All(found, pair => Assert.Equal(pair.Similarity, Normal.Overlap(sets[pair.One], sets[pair.Two])));
        }
    }

    private static string Sentence(Random random) =>
        string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => $"w{(char)('a' + random.Next(8))}"));

    [Fact]
    public void TwoListsAreComparedWithEachOtherAlone()
    {
        var found = NearDuplicates.Between(["one two three", "one two three"], ["two three one", "four", "four"], 0.8);
        Assert.Equal([(0, 0, 1.0)], found);
    }

    [Fact]
    public void OtherCodesAreOtherThings()
    {
        string[] texts = ["What does alarm 12 of the dome mean", "What does alarm 13 of the dome mean"];
        Assert.Single(NearDuplicates.Within(texts, 0.7));
        Assert.Empty(NearDuplicates.Within(texts, 0.7, sameCodes: true));
        Assert.Single(NearDuplicates.Within([texts[0], texts[0] + "?"], 0.7, sameCodes: true));
    }

    [Fact]
    public void TextsWithoutWordsAreLikeNothing() => Assert.Empty(NearDuplicates.Within(["", "...", "word"], 0.5));
}
