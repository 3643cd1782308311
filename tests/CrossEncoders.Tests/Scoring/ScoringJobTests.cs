using CrossEncoders.Retrieval;
using CrossEncoders.Scoring;

namespace CrossEncoders.Tests.Scoring;

/// <summary>One part: what it writes, and how it goes on.</summary>
public sealed class ScoringJobTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private ScoringJob Job(BatchScorer scorer, ScoringInput input, int block = 4, string parts = "parts", string fingerprint = "f") =>
        new(scorer, BatchScorer.Identity(fingerprint), input, _scratch[parts], block);

    [Theory]
    [InlineData("2/5", 2, 5)]
    [InlineData("1/1", 1, 1)]
    public void AShardIsReadAndWritten(string text, int number, int count)
    {
        Assert.Equal(new Shard(number, count), Shard.Parse(text));
        Assert.Equal(text, Shard.Parse(text).ToString());
    }

    [Theory]
    [InlineData("0/5")]
    [InlineData("6/5")]
    [InlineData("5")]
    [InlineData("1/2/3")]
    [InlineData("-1/2")]
    [InlineData("a/b")]
    [InlineData("")]
    public void AShardThatIsNoneIsShown(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<CrossEncoderException>(() => Shard.Parse(text)).Message);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(30)] // more than there are blocks
    public void TheNumberOfPartsChangesNoByte(int count)
    {
        var input = Pairs.Of(_scratch, 103);
        var whole = Merged(new BatchScorer(), input, 1, "whole");
        Assert.Equal(whole, Merged(new BatchScorer(), input, count, $"parts-{count}"));
    }

    [Fact]
    public void TheScoresOfABlockAreThoseOfItsPairsTogether()
    {
        var scorer = new BatchScorer();
        var job = Job(scorer, Pairs.Of(_scratch, 11), block: 4);
        job.Score(Shard.Whole);
        Assert.Equal([4, 4, 3], scorer.Calls.Select(call => call.Count));
        Assert.Equal(
            Enumerable.Range(0, 11).Select(i => $"question {i}"),
            scorer.Calls.SelectMany(call => call).Select(pair => pair.Query)
        );
        Assert.Equal(scorer.Calls.SelectMany(call => new BatchScorer().Score(call)), MergedScores.Of(_scratch["parts"]).Scores);
    }

    [Fact]
    public void APartWritesItsFileAndNothingElse()
    {
        var path = Job(new BatchScorer(), Pairs.Of(_scratch, 20)).Score(Shard.Parse("2/3"));
        Assert.Equal("part-00002-of-00003.jsonl", Path.GetFileName(path));
        Assert.Equal([path], Directory.GetFiles(_scratch["parts"]));
    }

    [Fact]
    public void WhatIsDoneIsNotScoredAgain()
    {
        var input = Pairs.Of(_scratch, 40);
        using var stop = new CancellationTokenSource();
        var first = new BatchScorer();
        Assert.Throws<OperationCanceledException>(() =>
            Job(first, input).Score(Shard.Whole, new Every(work => Cancel(stop, work.Done == 12)), stop.Token)
        );
        Assert.Equal(3, first.Calls.Count);
        var (second, reports) = (new BatchScorer(), new List<(long, long)>());
        var path = Job(second, input).Score(Shard.Whole, new Every(work => reports.Add((work.Done, work.Total))));
        Assert.Equal(7, second.Calls.Count);
        Assert.Equal("question 12", second.Calls[0][0].Query);
        Assert.Equal([(12, 40), (16, 40)], reports.Take(2));
        Assert.Equal((40, 40), reports[^1]);
        Assert.Equal(Merged(new BatchScorer(), input, 1, "whole"), Text(_scratch["parts"]));

        var (before, third) = (File.ReadAllBytes(path), new BatchScorer());
        Job(third, input).Score(Shard.Whole);
        Assert.Empty(third.Calls);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    /// <summary>However much of it reached the disk when the power went, the part becomes what it would have been.</summary>
    [Fact]
    public void APartThatWasCutAnywhereIsCompletedToTheSameBytes()
    {
        var input = Pairs.Of(_scratch, 6);
        var path = Job(new BatchScorer(), input, block: 2).Score(Shard.Whole);
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Job(new BatchScorer(), input, block: 2).Score(Shard.Whole);
            Assert.True(whole.AsSpan().SequenceEqual(File.ReadAllBytes(path)), $"cut at byte {length}");
        }
    }

    [Fact]
    public void APartOfAnotherScoringStaysAsItIs()
    {
        var path = Job(new BatchScorer(), Pairs.Of(_scratch, 20)).Score(Shard.Whole);
        var before = File.ReadAllBytes(path);
        void Refuses(string expected, ScoringJob job)
        {
            foreach (var action in (Action[])[() => job.Score(Shard.Whole), () => job.Plan(Shard.Whole)])
                Assert.Contains(expected, Assert.Throws<CrossEncoderException>(action).Message);
            Assert.Equal(before, File.ReadAllBytes(path));
        }

        Refuses("the model's fingerprint is 'f' and not 'g'", Job(new BatchScorer(), Pairs.Of(_scratch, 20), fingerprint: "g"));
        Refuses("the number of pairs is '20' and not '21'", Job(new BatchScorer(), Pairs.Of(_scratch, 21, "more.jsonl")));
        Refuses("the pairs of a block is '4' and not '5'", Job(new BatchScorer(), Pairs.Of(_scratch, 20), block: 5));
        File.WriteAllText(_scratch["pairs.jsonl"], File.ReadAllText(_scratch["pairs.jsonl"]).Replace("question 7", "question ?"));
        Refuses("the hash of the input", Job(new BatchScorer(), ScoringInput.FromTable(_scratch["pairs.jsonl"])));
        File.Move(path, path.Replace("part-00001-of-00001", "part-00001-of-00002"));
        var other = Assert.Throws<CrossEncoderException>(() => Job(new BatchScorer(), Pairs.Of(_scratch, 20)).Score(Shard.Parse("1/2")));
        Assert.Contains("the number of parts is '1' and not '2'", other.Message);
    }

    [Fact]
    public void TwoProcessesDoNotWriteOnePart()
    {
        var input = Pairs.Of(_scratch, 20);
        string? message = null;
        Job(new BatchScorer(), input)
            .Score(
                Shard.Whole,
                new Every(work =>
                {
                    if (work.Done == 8)
                        message = Assert.Throws<CrossEncoderException>(() => Job(new BatchScorer(), input).Score(Shard.Whole)).Message;
                })
            );
        Assert.Contains("Another process writes", message);
        Assert.Equal(20, MergedScores.Of(_scratch["parts"]).Scores.Count);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void AScoreThatIsNoNumberEndsThePartAndIsNotWritten(float score)
    {
        var input = Pairs.Of(_scratch, 20);
        var error = Assert.Throws<CrossEncoderException>(() => Job(new BatchScorer { Instead = score }, input).Score(Shard.Parse("2/2")));
        Assert.Contains("for pair 5 of 'pairs.jsonl'", error.Message);
        Job(new BatchScorer(), input).Score(Shard.Parse("2/2"));
    }

    [Fact]
    public void AnInputThatChangedMeanwhileIsFound()
    {
        var input = Pairs.Of(_scratch, 20);
        Pairs.Write(_scratch, 19);
        var error = Assert.Throws<CrossEncoderException>(() => Job(new BatchScorer(), input, block: 6).Score(Shard.Whole));
        Assert.Contains("had 20 pairs and now has 19", error.Message);
    }

    [Fact]
    public void AnInputThatGrewCostsNothingThatWasScored()
    {
        var input = Pairs.Of(_scratch, 10);
        Pairs.Write(_scratch, 13);
        var error = Assert.Throws<CrossEncoderException>(() => Job(new BatchScorer(), input).Score(Shard.Whole));
        Assert.Contains("had 10 pairs and now has more", error.Message);
        Pairs.Write(_scratch, 10);
        var scorer = new BatchScorer();
        Job(scorer, input).Score(Shard.Whole);
        Assert.Empty(scorer.Calls);
        Assert.Equal(10, MergedScores.Of(_scratch["parts"]).Scores.Count);
    }

    [Fact]
    public void AScorerThatComparesThePassagesOfAQueryIsNotCutIntoBlocks() =>
        Assert.Contains(
            "Store the parts",
            Assert
                .Throws<CrossEncoderException>(() =>
                    new ScoringJob(Fusion.Of((new BatchScorer(), 1)), BatchScorer.Identity(), Pairs.Of(_scratch, 4), _scratch["parts"])
                )
                .Message
        );

    [Fact]
    public void APlanSaysWhatIsLeftAndWritesNothing()
    {
        var input = Pairs.Of(_scratch, 1000);
        var scorer = new BatchScorer();
        var plan = Job(scorer, input, block: 100).Plan(Shard.Parse("1/4"));
        Assert.Equal((1000, 300, 0, 128), (plan.Pairs, plan.OwnPairs, plan.Done, plan.Sampled)); // blocks 0, 4 and 8
        Assert.False(Directory.Exists(_scratch["parts"]));
        Assert.Equal(128, scorer.Calls[^1].Distinct().Count());
        Assert.True(scorer.Calls[^1].Any(pair => int.Parse(pair.Query[9..]) > 900), "the sample is of the beginning only");
        Job(scorer, input, block: 100).Score(Shard.Parse("1/4"));
        var calls = scorer.Calls.Count;
        var done = Job(scorer, input, block: 100).Plan(Shard.Parse("1/4"));
        Assert.Equal((300, TimeSpan.Zero, calls), (done.Done, done.Remaining, scorer.Calls.Count));
        Assert.Equal("1,000 pairs; part 1/4 has 300, 300 of them done.", done.ToString());
    }

    [Theory]
    [InlineData(0.5, "1,000,000 pairs; part 2/5 has 200,000, 20,000 of them done; the rest takes about 4 days")]
    [InlineData(17, "about 2 h 56 min at 17 pairs a second, as 128 of them did.")]
    [InlineData(1500, "about 2 min 0 s at")]
    [InlineData(1e6, "about 1 s at")]
    public void APlanIsReadInOneLine(double rate, string expected) =>
        Assert.Contains(expected, new ScoringPlan(new(2, 5), 1_000_000, 200_000, 20_000, 128, rate).ToString());

    private byte[] Merged(BatchScorer scorer, ScoringInput input, int count, string parts)
    {
        for (var number = count; number >= 1; number--)
            Job(scorer, input, parts: parts).Score(new(number, count));
        return Text(_scratch[parts]);
    }

    private byte[] Text(string parts)
    {
        MergedScores.Of(parts).Save(_scratch["merged.jsonl"]);
        return File.ReadAllBytes(_scratch["merged.jsonl"]);
    }

    private static void Cancel(CancellationTokenSource stop, bool now)
    {
        if (now)
            stop.Cancel();
    }

    private sealed class Every(Action<WorkProgress> report) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => report(value);
    }
}
