using CrossEncoders.Examples;

namespace CrossEncoders.Tests.Examples;

/// <summary>What a student is given of its teachers: averaged, stored and chosen scores.</summary>
public sealed class DistillationTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void EachTeacherCountsAlikeWithinAQueryWhateverItsScale()
    {
        TextPair[] pairs = [new("q", "a"), new("other", "x"), new("q", "b"), new("q", "c"), new("other", "y")];
        var small = new Scripted("small", pair => pair.Passage[0] == 'a' ? 0.3f : 0.1f);
        var large = new Scripted("large", pair => 1000 * (pair.Passage[0] - 'a'));
        // z of (0.3, 0.1, 0.1) is (√2, -1/√2, -1/√2), of (0, 1000, 2000) it is (-√1.5, 0, √1.5); alike scores say nothing.
        var (root, half, slope) = ((float)Math.Sqrt(2), (float)Math.Sqrt(0.5), (float)Math.Sqrt(1.5));
        float[] expected = [(root - slope) / 2, (0 - 1) / 2f, -half / 2, (slope - half) / 2, (0 + 1) / 2f];
        var average = new TeacherAverage(small, large);
        Assert.All(expected.Zip(average.Score(pairs)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Equal("mean of small, large", average.Name);
        Assert.Contains("one or more", Assert.Throws<CrossEncoderException>(() => new TeacherAverage()).Message);
        var short1 = new TeacherAverage(new Scripted("short", _ => 1) { Most = 2 });
        Assert.Contains("2 scores for 5 pairs", Assert.Throws<CrossEncoderException>(() => short1.Score(pairs)).Message);
    }

    [Fact]
    public void AStoredScoreIsComputedOnce()
    {
        var file = _scratch["scores/teacher.jsonl"];
        TextPair[] pairs = [.. Enumerable.Range(0, 600).Select(i => new TextPair($"q {i % 7}", $"passage {i % 500}"))];
        var teacher = new Scripted("teacher", pair => pair.Passage.Length + pair.Query[^1]);
        float[] scores;
        using (var stored = new StoredScores(teacher, file))
        {
            scores = stored.Score(pairs);
            Assert.Equal(pairs.Distinct().Count(), teacher.Calls.Count); // the same pair twice is scored once
            Assert.Equal(teacher.Score(pairs), scores);
        }

        teacher.Calls.Clear();
        File.AppendAllText(file, "{\"pair\":\"abc"); // as a kill leaves it
        using (var stored = new StoredScores(teacher, file))
        {
            Assert.Equal(scores, stored.Score(pairs));
            Assert.Empty(teacher.Calls);
            Assert.Equal(pairs.Distinct().Count(), stored.Count);
            stored.Score([new("q 1", "changed")]);
            Assert.Equal([new TextPair("q 1", "changed")], teacher.Calls);
            Assert.Contains("Another", Assert.Throws<CrossEncoderException>(() => new StoredScores(teacher, file)).Message);
        }

        using var other = new StoredScores(new Scripted("another teacher", _ => 1), file);
        Assert.All(other.Score(pairs[..3]), score => Assert.Equal(1, score));
    }

    [Fact]
    public void TheSumOfTeachersIsNotStoredButItsParts()
    {
        var (small, large) = (new Scripted("small", pair => pair.Passage[^1]), new Scripted("large", pair => -pair.Passage.Length));
        var file = _scratch["teacher.jsonl"];
        var error = Assert.Throws<CrossEncoderException>(() => new StoredScores(new TeacherAverage(small, large), file));
        Assert.Contains("'mean of small, large' compares the passages of a query", error.Message);
        Assert.False(File.Exists(file));
        TextPair[] pairs = [.. Enumerable.Range(0, 300).Select(i => new TextPair($"q {i / 30}", $"passage {i}"))];
        using var stored = new StoredScores(small, file);
        Assert.Equal(new TeacherAverage(small, large).Score(pairs), new TeacherAverage(stored, large).Score(pairs));
    }

    [Fact]
    public void WhatWasScoredBeforeAnInterruptionIsKept()
    {
        var file = _scratch["teacher.jsonl"];
        TextPair[] pairs = [.. Enumerable.Range(0, 700).Select(i => new TextPair("q", $"{i}"))];
        using var stop = new CancellationTokenSource();
        var teacher = new Scripted("teacher", pair => float.Parse(pair.Passage, System.Globalization.CultureInfo.InvariantCulture));
        var told = new List<long>();
        using (var stored = new StoredScores(teacher, file))
            Assert.ThrowsAny<OperationCanceledException>(() =>
                stored.Score(
                    pairs,
                    new Told(done =>
                    {
                        told.Add(done);
                        stop.Cancel();
                    }),
                    stop.Token
                )
            );
        Assert.Equal([256], told);
        teacher.Calls.Clear();
        using (var stored = new StoredScores(teacher, file))
            Assert.Equal(pairs.Select((_, i) => (float)i), stored.Score(pairs));
        Assert.Equal(700 - 256, teacher.Calls.Count);
    }

    [Fact]
    public void NoFileOfAnotherKindIsTouchedAndNoScoreThatIsNoNumberStored()
    {
        var file = _scratch["settings.json"];
        File.WriteAllText(file, "{\"mine\":1}");
        Assert.Contains(
            "stored score",
            Assert.Throws<CrossEncoderException>(() => new StoredScores(new Scripted("t", _ => 1), file)).Message
        );
        Assert.Equal("{\"mine\":1}", File.ReadAllText(file));
        using var stored = new StoredScores(new Scripted("t", _ => float.NaN), _scratch["new.jsonl"]);
        Assert.Contains("NaN", Assert.Throws<CrossEncoderException>(() => stored.Score([new("q", "a")])).Message);
        Assert.Equal(0, stored.Count);
    }

    [Fact]
    public void StrataAreTheHeadAndABandBelowIt()
    {
        // Two groups of twenty whose labels are shuffled; rank r has the label 20 - r.
        InputExample[] examples =
        [
            .. Enumerable.Range(0, 40).Select(i => new InputExample([$"q {i / 20}", $"{i}"], i * 7 % 20) { Group = $"{i / 20}" }),
        ];
        var taken = examples.TakeStrata(head: 3, middle: 4, bandEnd: 10);
        foreach (var group in taken.GroupBy(example => example.Group))
        {
            var labels = group.Select(example => example.Label).ToList();
            Assert.Equal(0, labels[0]); // the group's first stays, whatever its label
            Assert.Superset(new HashSet<float> { 19, 18, 17 }, labels.ToHashSet());
            Assert.Equal(4, labels.Count(label => label is < 17 and >= 10));
            Assert.Equal(8, labels.Count);
        }

        Assert.Equal(taken, examples.Where(taken.Contains)); // in their order
        Assert.Equal(taken, examples.TakeStrata(3, 4, 10));
        Assert.NotEqual(taken, examples.TakeStrata(3, 4, 10, seed: 1));
        Assert.Equal(taken.Take(8), examples[..20].TakeStrata(3, 4, 10)); // whatever the other groups
    }

    [Theory]
    [InlineData(-1, 2, 10)]
    [InlineData(0, 0, 10)]
    [InlineData(4, 1, 3)]
    public void StrataThatMakeNoSenseAreRefused(int head, int middle, int bandEnd)
    {
        InputExample[] examples = [new(["q", "a"], 1) { Group = "1" }];
        Assert.Contains("Strata", Assert.Throws<CrossEncoderException>(() => examples.TakeStrata(head, middle, bandEnd)).Message);
        InputExample[] alone = [new(["q", "a"], 1)];
        Assert.Contains("Group", Assert.Throws<CrossEncoderException>(() => alone.TakeStrata(1, 1, 5)).Message);
    }

    private sealed class Scripted(string name, Func<TextPair, float> score) : IPassageScorer
    {
        public List<TextPair> Calls { get; } = [];

        public int Most { get; init; } = int.MaxValue;

        public string Name => name;

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        )
        {
            Calls.AddRange(pairs);
            return [.. pairs.Take(Most).Select(score)];
        }
    }

    private sealed class Told(Action<long> tell) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => tell(value.Done);
    }
}
