using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Texts;

/// <summary>Two lists in two languages, against a comparison of all with all.</summary>
public sealed class NearDuplicatesOfTwoListsTests
{
    private static readonly string[] Words = ["水泵", "停机", "阀门", "pump", "valve", "12", "E-42", "𠀀", "the"];

    private static string[] Texts(int seed)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable
                .Range(0, 60)
                .Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(0, 7)).Select(_ => Words[random.Next(Words.Length)]))),
        ];
    }

    [Theory]
    [InlineData(0.2, false)]
    [InlineData(0.5, false)]
    [InlineData(0.5, true)]
    [InlineData(NearDuplicates.Alike, true)]
    [InlineData(1, false)]
    public void TheMostAlikeIsFoundForEach(double threshold, bool sameCodes)
    {
        var (ones, twos) = (Texts(1), Texts(2));
        var expected = new List<(int, int, double)>();
        for (var two = 0; two < twos.Length; two++)
        {
            var words = Normal.Words(twos[two]);
            var others = Enumerable
                .Range(0, ones.Length)
                .Where(one => ones[one].Length > 0 && (!sameCodes || Normal.Codes(ones[one]) == Normal.Codes(twos[two])))
                .Select(one => (One: one, Similarity: Normal.Overlap(Normal.Words(ones[one]), words)))
                .Where(other => other.Similarity >= threshold)
                .ToList();
            if (others.Count > 0 && words.Count > 0)
                expected.Add((others.MaxBy(other => other.Similarity).One, two, others.Max(other => other.Similarity)));
        }
        Assert.InRange(expected.Count, 5, 60);
        var found = NearDuplicates.Between(ones, twos, threshold, sameCodes);
        Assert.Equal(expected.Select(pair => (pair.Item2, pair.Item3)), found.Select(pair => (pair.Two, pair.Similarity)));
        Assert.All(found, pair =>
            Assert.Equal(pair.Similarity, Normal.Overlap(Normal.Words(ones[pair.One]), Normal.Words(twos[pair.Two])))
        );
    }

    [Fact]
    public void EmptyListsHaveNothingInCommon()
    {
        Assert.Empty(NearDuplicates.Between([], ["a"], 0.5));
        Assert.Empty(NearDuplicates.Between(["a"], [], 0.5));
        Assert.Empty(NearDuplicates.Within([], 0.5));
    }
}
