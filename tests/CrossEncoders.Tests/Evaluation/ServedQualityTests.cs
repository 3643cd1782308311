using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

/// <summary>The comparison of a served model with its checkpoint, on scores that are known.</summary>
public sealed class ServedQualityTests
{
    private static readonly InputExample[] Judged =
    [
        new(["a", "1"], 1),
        new(["a", "2"], 0),
        new(["a", "3"], 0),
        new(["b", "4"], 1),
        new(["b", "5"], 0),
        new(["c", "9"], 1), // has nothing to be ranked against
    ];

    [Fact]
    public void TheSameScoresAreOfTheSameQuality()
    {
        var scorer = new ScriptedScorer(Number);
        var quality = ServedQuality.Verify(scorer, scorer, Judged);
        Assert.Equal((6, 2), (quality.Pairs, quality.Questions));
        Assert.Equal((0, 0, 1, 1), (quality.LargestDifference, quality.MeanDifference, quality.KendallTau, quality.NdcgShare));
        Assert.Equal((0, 0), (quality.Ndcg.Lower, quality.Ndcg.Upper));
    }

    [Fact]
    public void FiguresAreThoseOfTheDefinition()
    {
        var checkpoint = new ScriptedScorer(pair => -Number(pair)); // every relevant passage first
        var served = new ScriptedScorer(pair => pair.Passage == "1" ? -2.5f : -Number(pair)); // between 2 and 3
        var quality = ServedQuality.Verify(served, checkpoint, Judged);
        Assert.Equal(1.5, quality.LargestDifference, 1e-6);
        Assert.Equal(0.25, quality.MeanDifference, 1e-6);
        Assert.Equal(1 - 2.0 / 15, quality.KendallTau, 1e-9); // one of fifteen is turned round
        Assert.Equal(1, quality.CheckpointNdcg, 1e-9);
        Assert.Equal((1 / Math.Log2(3) + 1) / 2, quality.ServedNdcg, 1e-9);
        Assert.Equal(quality.ServedNdcg - 1, quality.Ndcg.Difference, 1e-9);
    }

    [Fact]
    public void WithoutLabelsTheCheckpointsBestIsTheRightOne()
    {
        InputExample[] unlabelled = [.. Judged.Select(example => example with { Label = 0 })];
        var checkpoint = new ScriptedScorer(Number);
        Assert.Equal(1, ServedQuality.Verify(checkpoint, checkpoint, unlabelled).ServedNdcg);
        var served = new ScriptedScorer(pair => pair.Passage == "3" ? 0 : Number(pair)); // of three now the last
        Assert.Equal((0.5 + 1) / 2, ServedQuality.Verify(served, checkpoint, unlabelled).NdcgShare, 1e-9);
    }

    [Fact]
    public void EqualScoresGainNothing() =>
        Assert.True(ServedQuality.Verify(new ScriptedScorer(_ => 1), new ScriptedScorer(pair => -Number(pair)), Judged).NdcgShare < 0.7);

    [Fact]
    public void AGroupIsOneQuestionHoweverItIsAsked()
    {
        InputExample[] asked =
        [
            new(["How long?", "1"], 1) { Group = "g" },
            new(["how long is it?", "2"], 0) { Group = "g" },
            new(["g", "3"], 1), // a text, not the group
            new(["G.", "4"], 0),
        ];
        var scorer = new ScriptedScorer(Number);
        Assert.Equal(2, ServedQuality.Verify(scorer, scorer, asked).Questions);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void ScoresThatAreNotFiniteAreRefusedByName(float score)
    {
        var (sound, broken) = (new ScriptedScorer(Number), new ScriptedScorer(_ => score, "broken"));
        Assert.Contains("'broken'", Assert.Throws<CrossEncoderException>(() => ServedQuality.Verify(broken, sound, Judged)).Message);
        Assert.Contains("'broken'", Assert.Throws<CrossEncoderException>(() => ServedQuality.Verify(sound, broken, Judged)).Message);
    }

    [Fact]
    public void WhatCannotBeComparedIsSaid()
    {
        var scorer = new ScriptedScorer(Number);
        InputExample[] single = [new(["a", "1"], 1), new(["b", "2"], 0)];
        Assert.Contains(
            "no question here has two passages",
            Assert.Throws<CrossEncoderException>(() => ServedQuality.Verify(scorer, scorer, single)).Message
        );
        Assert.Throws<CrossEncoderException>(() => ServedQuality.Verify(scorer, scorer, []));
    }

    private static float Number(TextPair pair) => float.Parse(pair.Passage, System.Globalization.CultureInfo.InvariantCulture);
}
