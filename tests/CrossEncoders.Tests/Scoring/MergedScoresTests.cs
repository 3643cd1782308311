using CrossEncoders.Examples;
using CrossEncoders.Scoring;

namespace CrossEncoders.Tests.Scoring;

/// <summary>Parts that do not make a whole are refused; a whole is written in the forms that others read.</summary>
public sealed class MergedScoresTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string[] Parts(int count, int pairs = 20, string folder = "parts", ScorerIdentity? identity = null, int block = 2)
    {
        var job = new ScoringJob(new BatchScorer(), identity ?? BatchScorer.Identity(), Pairs.Of(_scratch, pairs), _scratch[folder], block);
        return [.. Enumerable.Range(1, count).Select(number => job.Score(new(number, count)))];
    }

    private static string Refused(params string[] parts) => Assert.Throws<CrossEncoderException>(() => MergedScores.Of(parts)).Message;

    [Fact]
    public void MissingPartsAreNamed()
    {
        var parts = Parts(5);
        Assert.Contains("2 of 5 parts are missing: 2, 5.", Refused(parts[0], parts[2], parts[3]));
        Assert.Contains("no parts", Refused(Directory.CreateDirectory(_scratch["empty"]).FullName));
    }

    [Fact]
    public void AFileOfStoredScoresKeepsThoseOfOtherTeachers()
    {
        var merged = MergedScores.Of(Parts(2));
        var input = Pairs.Of(_scratch, 20);
        var (file, other) = (_scratch["stored.jsonl"], "{\"pair\":\"aaaa\",\"score\":1.5}");
        File.WriteAllText(file, other + "\n");
        merged.SaveStored(file, input);
        merged.SaveStored(file, input); // the same again adds nothing
        Assert.Equal(other, File.ReadLines(file).First());
        Assert.Equal(21, File.ReadLines(file).Count());
        File.WriteAllText(file, "my notes\n");
        Assert.Throws<CrossEncoderException>(() => merged.SaveStored(file, input));
        Assert.Equal("my notes\n", File.ReadAllText(file));
    }

    [Fact]
    public void AFileOfStoredScoresIsNotReplacedWhileItIsOpen()
    {
        var (merged, input, file) = (MergedScores.Of(Parts(2)), Pairs.Of(_scratch, 20), _scratch["stored.jsonl"]);
        using (var stored = new StoredScores(new BatchScorer(), file))
        {
            Assert.Contains("Another program", Assert.Throws<CrossEncoderException>(() => merged.SaveStored(file, input)).Message);
            stored.Score([new("q", "a")]);
        }

        File.AppendAllText(file, "{\"pair\":\"abc"); // as a kill leaves it
        merged.SaveStored(file, input);
        Assert.False(File.Exists(file + ".lock"));
        using var again = new StoredScores(new BatchScorer(), file);
        Assert.Equal(21, again.Count);
    }

    [Fact]
    public void APartThatIsThereTwiceIsNamed()
    {
        var parts = Parts(2);
        File.Copy(parts[1], _scratch["copy.jsonl"]);
        var message = Refused([.. parts, _scratch["copy.jsonl"]]);
        Assert.Contains("Part 2/2 is there twice", message);
        Assert.Contains("copy.jsonl", message);
    }

    [Fact]
    public void PartsOfOtherScoringsAreRefused()
    {
        var part = Parts(2)[0];
        void Refuses(string expected, string other) => Assert.Contains(expected, Refused(part, other));
        Refuses("the model's fingerprint is 'g' and not 'f'", Parts(2, folder: "a", identity: BatchScorer.Identity("g"))[1]);
        Refuses("the setting device is 'cuda' and not 'cpu'", Parts(2, folder: "b", identity: BatchScorer.Identity(device: "cuda"))[1]);
        Refuses("the number of parts is '3' and not '2'", Parts(3, folder: "c")[1]);
        Refuses("the number of pairs is '22' and not '20'", Parts(2, pairs: 22, folder: "d")[1]);
        Refuses("the pairs of a block is '3' and not '2'", Parts(2, folder: "e", block: 3)[1]);
        File.WriteAllText(_scratch["f.jsonl"], "{\"query\": \"a\"}\n");
        Refuses("is not a part of scores", _scratch["f.jsonl"]);
    }

    [Fact]
    public void APartThatIsNotFinishedIsNamed()
    {
        var parts = Parts(2);
        var lines = File.ReadAllLines(parts[1]);
        File.WriteAllText(parts[1], string.Join('\n', lines[..^2]) + "\n" + lines[^2][..30]); // the last but one torn
        Assert.Contains("Part 2/2", Refused(parts));
        Assert.Contains("is not finished: 2 of its 5 blocks are missing", Refused(parts));
        File.WriteAllText(parts[1], "");
        Assert.Contains("is empty", Refused(parts));
    }

    [Fact]
    public void ABlockThatComesTwiceOrFromAnotherPartIsDamage()
    {
        var parts = Parts(2);
        var (first, second) = (File.ReadAllLines(parts[0]), File.ReadAllLines(parts[1]));
        File.AppendAllText(parts[0], first[^1] + "\n");
        Assert.Contains("comes a second time", Refused(parts));
        File.WriteAllLines(parts[0], [.. first[..^1], second[^1]]);
        Assert.Contains("does not belong to part 1/2", Refused(parts));
        var other = File.ReadAllLines(Parts(2, folder: "other", identity: BatchScorer.Identity("g"))[0]);
        File.WriteAllLines(parts[0], [.. first[..^1], other[^1]]);
        Assert.Contains("check sum", Refused(parts));
    }

    /// <summary>Whatever byte of a part goes wrong: the merge refuses it, or the scores are those that were written.</summary>
    [Fact]
    public void NoDamageOfAByteChangesAScore()
    {
        var part = Parts(1, pairs: 7, block: 3)[0];
        var (whole, scores, refused) = (File.ReadAllBytes(part), MergedScores.Of(part).Scores, 0);
        for (var i = 0; i < whole.Length; i++)
            foreach (var flip in (int[])[1, 32])
            {
                var damaged = whole.ToArray();
                damaged[i] ^= (byte)flip;
                File.WriteAllBytes(part, damaged);
                try
                {
                    Assert.Equal(scores, MergedScores.Of(part).Scores);
                }
                catch (CrossEncoderException)
                {
                    refused++;
                }
            }

        Assert.InRange(refused, 1.7 * whole.Length, 2 * whole.Length); // the rest: the machine, and whether a name is in capitals
    }

    [Fact]
    public void UnlikeMachinesAreNoted()
    {
        File.Delete(Parts(2)[1]);
        var job = new ScoringJob(new BatchScorer(), BatchScorer.Identity(machine: "two"), Pairs.Of(_scratch, 20), _scratch["parts"], 2);
        Assert.Empty(MergedScores.Of(Parts(2, folder: "same")).Notes);
        job.Score(new(2, 2));
        Assert.Contains("(one; two)", Assert.Single(MergedScores.Of(_scratch["parts"]).Notes));
    }

    [Fact]
    public void ScoresAreWrittenWithAllTheirBits()
    {
        var merged = MergedScores.Of(Parts(2));
        merged.Save(_scratch["scores.jsonl"]);
        var lines = File.ReadAllLines(_scratch["scores.jsonl"]);
        Assert.Equal(20, lines.Length);
        Assert.Equal(FormattableString.Invariant($"{{\"pair\":3,\"score\":{merged.Scores[2]:R}}}"), lines[2]);
    }

    [Fact]
    public void ATrainingFindsTheScoresAndAsksNoTeacher()
    {
        var (input, merged) = (Pairs.Of(_scratch, 20), MergedScores.Of(Parts(3)));
        merged.SaveStored(_scratch["teacher.jsonl"], input);
        var teacher = new BatchScorer();
        using var stored = new StoredScores(teacher, _scratch["teacher.jsonl"]);
        Assert.Equal(merged.Scores, stored.Score([.. input.Read().Select(pair => pair.Pair)]));
        Assert.Empty(teacher.Calls);
    }

    [Fact]
    public void ARunComesBackInItsNewOrder()
    {
        _scratch.With(
            "corpus.jsonl",
            string.Concat(Enumerable.Range(0, 6).Select(i => $"{{\"_id\": \"d{i}\", \"text\": \"text {i / 2}\"}}\n"))
        );
        _scratch.With("queries.jsonl", "{\"_id\": \"q1\", \"text\": \"one\"}\n{\"_id\": \"q2\", \"text\": \"two\"}\n");
        _scratch.With("in.run", "q2 Q0 d0 1 9 x\nq2 Q0 d1 2 8 x\nq2 Q0 d4 3 7 x\nq1 Q0 d5 1 3 x\n");
        var input = ScoringInput.FromRun(_scratch["in.run"], _scratch.Path, _scratch.Path);
        var job = new ScoringJob(new Lengths(), BatchScorer.Identity(), input, _scratch["run-parts"]);
        job.Score(Shard.Whole);
        var merged = MergedScores.Of(_scratch["run-parts"]);
        merged.Save(_scratch["out.run"], input);
        // d0 and d1 have the same text: as trec_eval has it, the greater id comes first.
        Assert.Equal(
            ["q2 Q0 d4 1 3 batches", "q2 Q0 d1 2 1 batches", "q2 Q0 d0 3 1 batches", "q1 Q0 d5 1 3 batches"],
            File.ReadAllLines(_scratch["out.run"])
        );
        merged.Save(_scratch["out.jsonl"], input);
        Assert.Equal("""{"pair":4,"score":3,"question":"q1","passage":"d5"}""", File.ReadAllLines(_scratch["out.jsonl"])[3]);
        Assert.Contains("is to be a run", Assert.Throws<CrossEncoderException>(() => merged.Save(_scratch["x.run"])).Message);
        var other = Pairs.Of(_scratch, 4);
        Assert.Contains("is not what was scored", Assert.Throws<CrossEncoderException>(() => merged.Save("x.jsonl", other)).Message);
        Assert.Contains("is not what was scored", Assert.Throws<CrossEncoderException>(() => merged.SaveStored("x.jsonl", other)).Message);
    }

    /// <summary>One more than the number at the end of the text.</summary>
    private sealed class Lengths : IPassageScorer
    {
        public string Name => "batches";

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        ) => [.. pairs.Select(pair => pair.Passage[^1] - '0' + 1f)];
    }
}
