using CrossEncoders.Examples;
using CrossEncoders.Runtime;
using CrossEncoders.Scoring;
using CrossEncoders.Tests.Training;

namespace CrossEncoders.Tests.Scoring;

/// <summary>What is scored, and by what.</summary>
public sealed class ScoringInputTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static string[] Texts(ScoringInput input) => [.. input.Read().Select(pair => $"{pair.Pair.Query}|{pair.Pair.Passage}")];

    [Fact]
    public void TheFormOfAFileChangesNothing()
    {
        InputExample[] examples = [.. Enumerable.Range(0, 30).Select(i => new InputExample([$"q{i}", $"passage, {i}"], i % 2))];
        string[] names = ["a.jsonl", "a.parquet", "a.csv", "a.tsv"];
        foreach (var name in names)
            examples.Save(_scratch[name]);
        _scratch.With(
            "bare.jsonl",
            string.Concat(Enumerable.Range(0, 30).Select(i => $"{{\"question\":\"q{i}\",\"text\":\"passage, {i}\"}}\n"))
        );
        var all = names.Append("bare.jsonl").Select(name => ScoringInput.FromTable(_scratch[name])).ToList();
        Assert.All(all, input => Assert.Equal((30, all[0].Hash), (input.Pairs, input.Hash)));
        Assert.Equal("q4|passage, 4", Texts(all[1])[4]);
    }

    [Fact]
    public void TheHashIsOfTheTextsAndTheirBordersAndOrder()
    {
        string HashOf(string name, params string[] lines) =>
            ScoringInput.FromTable(_scratch.With(name, string.Join('\n', lines))[name]).Hash;
        const string One = """{"query":"ab","passage":"c"}""";
        const string Two = """{"query":"a","passage":"bc"}""";
        Assert.NotEqual(HashOf("1.jsonl", One), HashOf("2.jsonl", Two));
        Assert.NotEqual(HashOf("3.jsonl", One, Two), HashOf("4.jsonl", Two, One));
        Assert.Equal(HashOf("5.jsonl", One, Two), HashOf("6.jsonl", One, "", Two, ""));
    }

    [Fact]
    public void ListsAndTriplesGiveAPairForEachPassage()
    {
        _scratch.With("triples.jsonl", """{"query":"q","positive":"p","negative":["n1","n2"]}""");
        Assert.Equal(["q|p", "q|n1", "q|n2"], Texts(ScoringInput.FromTable(_scratch["triples.jsonl"])));
    }

    [Fact]
    public void ABrokenRowIsFoundBeforeAnythingIsScored()
    {
        _scratch.With("a.jsonl", string.Concat(Enumerable.Repeat("{\"query\":\"q\",\"passage\":\"p\"}\n", 50)) + "{\"query\":\"q\"}\n");
        Assert.Contains("Row 51", Assert.Throws<CrossEncoderException>(() => ScoringInput.FromTable(_scratch["a.jsonl"])).Message);
        _scratch.With("empty.jsonl", "\n");
        Assert.Contains("no pairs", Assert.Throws<CrossEncoderException>(() => ScoringInput.FromTable(_scratch["empty.jsonl"])).Message);
    }

    [Fact]
    public void ARunTakesItsTextsFromACollection()
    {
        _scratch
            .With("c.tsv", "d1\tone\nd2\ttwo\nd3\tthree\n")
            .With("q.tsv", "1\twhich\n")
            .With("in.run", "1 Q0 d3 1 2 x\n1 Q0 d1 2 1 x\n");
        var input = ScoringInput.FromRun(_scratch["in.run"], _scratch["c.tsv"], _scratch["q.tsv"]);
        Assert.Equal(["which|three", "which|one"], Texts(input));
        _scratch.With("in.run", "1 Q0 d3 1 2 x\n1 Q0 d9 2 1 x\n");
        var error = Assert.Throws<CrossEncoderException>(() =>
            ScoringInput.FromRun(_scratch["in.run"], _scratch["c.tsv"], _scratch["q.tsv"])
        );
        Assert.Contains("Line 2", error.Message);
        Assert.Contains("the passage 'd9'", error.Message);
        _scratch.With("in.run", "7 Q0 d3 1 2 x\n");
        error = Assert.Throws<CrossEncoderException>(() => ScoringInput.FromRun(_scratch["in.run"], _scratch["c.tsv"], _scratch["q.tsv"]));
        Assert.Contains("the question '7'", error.Message);
        _scratch.With("in.run", "1 Q0 d3 1 2 x\n").With("c.tsv", "d3\tthree\nd3\tanother\n");
        error = Assert.Throws<CrossEncoderException>(() => ScoringInput.FromRun(_scratch["in.run"], _scratch["c.tsv"], _scratch["q.tsv"]));
        Assert.Contains("'d3' has two texts", error.Message);
    }

    [Fact]
    public void AModelIsKnownByItsFilesAndSettings()
    {
        var source = Shared.Path("golden/models/bert");
        ScorerIdentity Of(string folder, CrossEncoderOptions? options = null)
        {
            using var model = ModelFolder.Load(folder, options);
            return model.Identity();
        }

        var first = Of(ModelFolder.Copy(source, _scratch["one"]));
        File.WriteAllText(Path.Combine(ModelFolder.Copy(source, _scratch["two"]), "notes.txt"), "nothing of the model");
        var same = Of(_scratch["two"]);
        Assert.Equal(first.Fingerprint, same.Fingerprint);
        Assert.Equal(first.Settings, same.Settings);
        Assert.Equal("float32", first.Settings["type"]);

        ModelFolder.Reweigh(_scratch["two"], (name, tensor) =>
            (name, name.EndsWith("bias", StringComparison.Ordinal) ? tensor + 1 : tensor)
        );
        Assert.NotEqual(first.Fingerprint, Of(_scratch["two"]).Fingerprint);
        var shorter = Of(
            _scratch["one"],
            new()
            {
                MaxLength = 20,
                BatchSize = 7,
                Report = _ => { },
            }
        );
        Assert.Equal((first.Fingerprint, "20", "7"), (shorter.Fingerprint, shorter.Settings["length"], shorter.Settings["batch"]));

        using (var model = ModelFolder.Load(_scratch["one"]))
            model.AttachAdapter(new() { Rank = 2 }).Save(_scratch["adapter"], _scratch["one"]);
        Assert.NotEqual(first.Fingerprint, Of(_scratch["adapter"]).Fingerprint);
    }

    /// <summary>What may differ in the last bits, so that a merge can say so.</summary>
    [Fact]
    public void TheMachineIsNoted()
    {
        var threads = TorchSharp.torch.get_num_threads();
        try
        {
            using var model = ModelFolder.Load(Shared.Path("golden/models/bert"));
            TorchSharp.torch.set_num_threads(1);
            var machine = model.Identity().Machine;
            Assert.Matches(@"^.+, 1 threads, libtorch \d+\.\d+\.\d+$", machine);
            Assert.Contains(Processor.Kind, machine);
            TorchSharp.torch.set_num_threads(2);
            Assert.Equal(machine.Replace(", 1 threads", ", 2 threads"), model.Identity().Machine);
        }
        finally
        {
            TorchSharp.torch.set_num_threads(threads);
        }

        foreach (var (bus, name) in new[] { ("1", "NVIDIA H200"), ("2", "NVIDIA A100-SXM4-80GB"), ("3", "NVIDIA H200") })
        {
            Directory.CreateDirectory(_scratch[bus]);
            _scratch.With(Path.Combine(bus, "information"), $"Model: \t\t {name}\nIRQ:   \t\t 16\n");
        }

        Assert.Equal("NVIDIA A100-SXM4-80GB and NVIDIA H200", CrossEncoderIdentity.Gpus(_scratch.Path));
        Assert.Contains("unknown", CrossEncoderIdentity.Gpus(_scratch["none"]));
    }

    /// <summary>A real model, in bfloat16, where a score depends on what shares its batch.</summary>
    [Fact]
    public void AModelInHalfPrecisionGivesTheSameBytesInAnyNumberOfParts()
    {
        using var model = CrossEncoder.FromPretrained(
            Shared.Path("golden/models/bert"),
            new()
            {
                Device = "cpu",
                ComputeType = TorchSharp.torch.ScalarType.BFloat16,
                BatchSize = 4,
                Report = _ => { },
            }
        );
        TinyModel.Examples(60).Save(_scratch["pairs.jsonl"]);
        var input = ScoringInput.FromTable(_scratch["pairs.jsonl"]);
        byte[] Bytes(int count)
        {
            var job = new ScoringJob(model, model.Identity(), input, _scratch[$"{count}"], 8);
            for (var number = 1; number <= count; number++)
                job.Score(new(number, count));
            MergedScores.Of(_scratch[$"{count}"]).Save(_scratch[$"{count}.jsonl"]);
            return File.ReadAllBytes(_scratch[$"{count}.jsonl"]);
        }

        var whole = Bytes(1);
        Assert.Equal(whole, Bytes(2));
        Assert.Equal(whole, Bytes(5));
    }
}
