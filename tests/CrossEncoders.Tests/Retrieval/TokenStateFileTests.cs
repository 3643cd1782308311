using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

/// <summary>Token states in a file: computed once, gone on with after a kill, never mixed with another model's.</summary>
public sealed class TokenStateFileTests : IDisposable
{
    private static readonly Passage[] Passages =
    [
        .. Enumerable.Range(0, 20).Select(i => new Passage($"{i}", $"passage {i} of the {(i % 2 == 0 ? "dome and its motor" : "gate")}")),
    ];

    private static readonly TextPair[] Pairs = [.. Passages.Select(passage => new TextPair("the dome motor 7", passage.Text))];

    private readonly ScratchFolder _folder = new();

    private string File => _folder["new/states.bin"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ScoresAreThoseOfStatesInMemory()
    {
        var inMemory = new LateInteraction(new ScriptedTokens(), null, Passages).Score(Pairs);

        foreach (var expected in (int[])[20, 0])
        {
            var (scores, computed) = Scored();
            Assert.Equal(inMemory, scores);
            Assert.Equal(expected, computed);
        }
        Assert.Equal([File], Directory.GetFiles(Path.GetDirectoryName(File)!)); // no lock, no temporary file is left
    }

    [Fact]
    public void OnlyMissingPassagesAreComputed()
    {
        Assert.Equal(12, Scored(Passages[..12]).Computed);
        Assert.Equal(8, Scored().Computed);
        Assert.Equal(0, Scored(Passages[5..]).Computed);
        Assert.Equal(0, Scored([.. Passages.Reverse(), Passages[3] with { Id = "again" }]).Computed);
    }

    [Fact]
    public void PassagesOutsideTheCollectionAreKeptInMemory()
    {
        var expected = Scored().Scores;
        var tokens = new ScriptedTokens();
        using var late = new LateInteraction(tokens, null, Passages[..3], File);

        Assert.Equal(expected, late.Score(Pairs));
        Assert.Equal(expected, late.Score(Pairs));
        Assert.Equal(1 + 17, tokens.Embedded.Passages); // the probe, and what was not opened
    }

    [Fact]
    public void AFileCutShortAnywhereIsGoneOnWith()
    {
        var expected = Scored().Scores;
        var whole = System.IO.File.ReadAllBytes(File);
        new LateInteraction(new ScriptedTokens(), null, [], _folder["head"]).Dispose();
        var start = (int)new FileInfo(_folder["head"]).Length;
        for (var length = start; length <= whole.Length; length += 997)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);

            var (scores, computed) = Scored();

            Assert.Equal(expected, scores);
            Assert.Equal(20 - (length - start) / ((whole.Length - start) / 20), computed);
            Assert.Equal(whole.Length, new FileInfo(File).Length);
            Assert.Equal(0, Scored().Computed);
        }
    }

    [Fact]
    public void ARunThatFailsHalfWayLosesNothingThatWasWritten()
    {
        var tokens = new ScriptedTokens { FailsAfter = 1 + 13 }; // the probe comes first

        var error = Assert.Throws<CrossEncoderException>(() => new LateInteraction(tokens, null, Passages, File));

        Assert.Contains("switched off", error.Message);
        Assert.Equal(7, Scored().Computed);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(1.0)]
    public void ADamagedRecordIsComputedAgain(double place)
    {
        var expected = Scored().Scores;
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[(int)(place * (bytes.Length - 1))] ^= 0x10;
        System.IO.File.WriteAllBytes(File, bytes);

        var (scores, computed) = Scored();

        Assert.Equal(expected, scores);
        Assert.InRange(computed, 1, 20);
        Assert.Equal(0, Scored().Computed);
    }

    [Fact]
    public void ZerosThatAPowerCutLeavesAreNoRecord()
    {
        var expected = Scored(Passages[..9]).Scores;
        using (var stream = System.IO.File.OpenWrite(File))
            stream.SetLength(stream.Length + 5000);

        Assert.Equal(expected, Scored(Passages[..9]).Scores);
        Assert.Equal(0, Scored(Passages[..9]).Computed);
        Assert.Equal(11, Scored().Computed);
    }

    [Fact]
    public void AnotherModelsFileIsRefusedAndStays()
    {
        Scored();
        var before = System.IO.File.ReadAllBytes(File);

        var weights = Assert.Throws<CrossEncoderException>(() => new LateInteraction(new ScriptedTokens(seed: 2), null, Passages, File));
        var wider = Assert.Throws<CrossEncoderException>(() => new LateInteraction(new ScriptedTokens(width: 32), null, Passages, File));
        var prefix = Assert.Throws<CrossEncoderException>(() =>
            new LateInteraction(new ScriptedTokens(settings: "other prefix"), null, Passages, File)
        );

        Assert.Contains("weights", weights.Message);
        Assert.Contains("settings", prefix.Message);
        Assert.All([weights, wider, prefix], error => Assert.Contains("another model", error.Message));
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    [Theory]
    [InlineData(MaxSim.SumOfAllTokens, StateStorage.Bits16, 512)]
    [InlineData(MaxSim.MeanOfOwnTokens, StateStorage.Bits8, 512)]
    [InlineData(MaxSim.MeanOfOwnTokens, StateStorage.Bits16, 64)]
    public void AFileOfOtherSettingsIsRefused(MaxSim score, StateStorage storage, int tokens)
    {
        Scored();
        var options = new LateInteractionOptions
        {
            Score = score,
            Storage = storage,
            MaxPassageTokens = tokens,
        };

        var error = Assert.Throws<CrossEncoderException>(() => new LateInteraction(new ScriptedTokens(), options, Passages, File));

        Assert.Contains("settings", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not at all such a file, but a text that is longer than the start of the head would be")]
    public void AForeignFileIsRefusedAndStays(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, text);

        var error = Assert.Throws<CrossEncoderException>(() => new LateInteraction(new ScriptedTokens(), null, Passages, File));

        Assert.Contains("not a file of token states", error.Message);
        Assert.Equal(text, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void AReaderIsNotDisturbedByAnotherThatAddsPassages()
    {
        using var early = new LateInteraction(new ScriptedTokens(), null, Passages[..5], File);
        var before = early.Score(Pairs[..5]);

        Assert.Equal(15, Scored().Computed);

        Assert.Equal(before, early.Score(Pairs[..5]));
    }

    [Fact]
    public void TwoWritersDoNotMix()
    {
        Scored(Passages[..5]);
        using var held = new FileStream(File + ".lock", FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Assert.Contains("is being written", Assert.Throws<CrossEncoderException>(() => Scored()).Message);
        Assert.Equal(0, Scored(Passages[..5]).Computed); // reading needs no lock
    }

    [Fact]
    public void OfSeveralThatBeginAFileNoneLosesIt()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        for (var round = 0; round < 20; round++)
        {
            System.IO.File.Delete(File);
            using var together = new Barrier(4);
            Parallel.For(0, 4, new() { MaxDegreeOfParallelism = 4 }, _ =>
            {
                together.SignalAndWait(TimeSpan.FromSeconds(1)); // fewer threads may be given
                try
                {
                    Assert.NotEmpty(Scored(Passages[..5]).Scores);
                }
                catch (CrossEncoderException error)
                {
                    Assert.Contains("is being written", error.Message);
                }
            });
        }
    }

    [Fact]
    public void AFileThatCannotGrowIsNamed()
    {
        Scored(Passages[..5]);
        Directory.CreateDirectory(File + ".lock"); // as in a folder that may only be read, the lock cannot be taken

        Assert.Contains($"cannot be written to '{File}'", Assert.Throws<CrossEncoderException>(() => Scored()).Message);
        Assert.Equal(0, Scored(Passages[..5]).Computed);
    }

    private (float[] Scores, int Computed) Scored(Passage[]? passages = null)
    {
        passages ??= Passages;
        var tokens = new ScriptedTokens();
        using var late = new LateInteraction(tokens, null, passages, File);
        var computed = tokens.Embedded.Passages - 1; // all but the probe
        return (late.Score([.. Pairs.Where(pair => passages.Any(passage => passage.Text == pair.Passage))]), computed);
    }
}
