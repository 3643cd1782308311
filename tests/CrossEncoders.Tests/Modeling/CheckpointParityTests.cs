using System.Text.Json;
using System.Text.Json.Nodes;
using CrossEncoders.Chunking;
using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Logits of tiny checkpoints against transformers (../shared/golden/models).</summary>
public class CheckpointParityTests
{
    public static TheoryData<string> Architectures =>
        ["bert", "bert-3-labels", "roberta", "xlm-roberta", "distilbert", "electra", "modernbert", "deberta-v2"];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void LogitsEqualTheReference(string architecture)
    {
        var folder = Shared.Path($"golden/models/{architecture}");
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));
        TextPair[] pairs =
        [
            .. cases
                .RootElement.GetProperty("pairs")
                .EnumerateArray()
                .Select(pair => new TextPair(pair[0].GetString()!, pair[1].GetString()!)),
        ];
        foreach (var run in cases.RootElement.GetProperty("runs").EnumerateArray())
        {
            using var model = Load(folder, run.GetProperty("max_length").GetInt32());
            var expected = run.GetProperty("logits")
                .EnumerateArray()
                .SelectMany(row => row.EnumerateArray().Select(value => value.GetSingle()))
                .ToArray();
            var tolerance = architecture == "deberta-v2" ? 5e-5 : 1e-5; // its attention sums three products
            AssertClose(expected, model.Score(pairs), tolerance);
            float[] alone = [.. pairs.SelectMany(pair => model.Score([pair]))];
            AssertClose(expected, alone, tolerance);
            AssertClose(model.Score([.. pairs.Reverse()]), [.. alone.Chunk(model.Labels).Reverse().SelectMany(row => row)], 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void KeysAndShapesEqualTheReference(string architecture)
    {
        var folder = Shared.Path($"golden/models/{architecture}");
        using var model = SequenceClassifier.Load(folder, device("cpu"), ModelConfig.Load(folder), out var fresh);
        Assert.Empty(fresh);
        var keys = model
            .Parameters.Named()
            .Select(entry =>
            {
                using (entry.Tensor)
                    return $"{entry.Name}: [{string.Join(", ", entry.Tensor.shape)}] float32";
            });
        Assert.Equal(File.ReadLines(Path.Combine(folder, "keys.txt")).Where(line => line.Length > 0), keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void SavedModelHasTheReferencesConfigAndScoresTheSame(string architecture)
    {
        var folder = Shared.Path($"golden/models/{architecture}");
        using var scratch = new ScratchFolder();
        var target = Path.Combine(scratch.Path, "saved");
        TextPair[] pairs = [new("why?", "because of the wind"), new("为什么？", "因为风太大")];
        float[] before;
        using (var model = Load(folder))
        {
            before = model.Score(pairs);
            model.SavePretrained(target);
            model.SavePretrained(target); // over an existing folder
        }

        using var saved = Load(target);
        Assert.Equal(before, saved.Score(pairs));
        JsonNode Config(string of) => JsonNode.Parse(File.ReadAllText(Path.Combine(of, "config.json")))!;
        Assert.True(JsonNode.DeepEquals(Config(folder), Config(target)), Config(target).ToJsonString());
        Assert.Equal(["saved"], Directory.GetFileSystemEntries(scratch.Path).Select(Path.GetFileName));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void HalfPrecisionIsCloseAndRanksTheSame(string architecture)
    {
        var folder = Shared.Path($"golden/models/{architecture}");
        TextPair[] pairs =
        [
            .. Enumerable
                .Range(0, 40)
                .Select(i => new TextPair(
                    "which number is it?",
                    $"passage number {i * i} of {string.Join(' ', Enumerable.Repeat("many", i % 7))}"
                )),
        ];
        using var full = Load(folder);
        using var half = CrossEncoder.FromPretrained(
            folder,
            new()
            {
                Device = "cpu",
                ComputeType = ScalarType.BFloat16,
                Report = _ => { },
            }
        );
        AssertClose(full.Predict(pairs, softmax: true), half.Predict(pairs, softmax: true), 2e-2);
        if (full.Labels > 1)
            return;
        // The same order except for ties: where two scores differ by more than rounding to bfloat16 may move them,
        // half precision may not swap them.
        var (exact, rounded) = (full.Score(pairs), half.Score(pairs));
        var error = exact.Zip(rounded, (a, b) => Math.Abs(a - b)).Max();
        var top = Enumerable.Range(0, pairs.Length).OrderByDescending(i => rounded[i]).Take(10).ToArray();
        var best = exact.OrderDescending().ToArray();
        for (var rank = 0; rank < top.Length; rank++)
            Assert.True(exact[top[rank]] >= best[rank] - 2 * error, $"rank {rank}: pair {top[rank]}");
    }

    [Fact]
    public async Task ConcurrentPredictionsEqualSequentialOnes()
    {
        using var model = Load(Shared.Path("golden/models/bert"));
        TextPair[][] lists =
        [
            .. Enumerable
                .Range(0, 16)
                .Select(list =>
                    Enumerable
                        .Range(0, 20)
                        .Select(i => new TextPair($"query {list}", string.Join(' ', Enumerable.Repeat("passage", 1 + (i * list) % 30))))
                        .ToArray()
                ),
        ];
        float[][] expected = [.. lists.Select(list => model.Score(list))];
        var actual = await Task.WhenAll(lists.Select(list => Task.Run(() => model.Score(list))));
        for (var i = 0; i < lists.Length; i++)
            Assert.Equal(expected[i], actual[i]);
    }

    [Fact]
    public void MemoryStaysFlatOverManyBatches()
    {
        using var model = CrossEncoder.FromPretrained(Shared.Path("golden/models/bert"), new() { Device = "cpu", BatchSize = 1 });
        TextPair[] pairs = [.. Enumerable.Range(0, 50).Select(i => new TextPair("query", $"passage {i}"))];
        model.Score(pairs);
        var before = TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var i = 0; i < 20; i++)
            model.Score(pairs);
        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void TheScoresOfOneLabelAreSigmoidsAndThoseOfSeveralTheLogits()
    {
        TextPair[] pairs = [new("a question", "a passage"), new("another", "text")];
        using var one = Load(Shared.Path("golden/models/bert"));
        var logits = one.Score(pairs);
        AssertClose([.. logits.Select(x => 1 / (1 + MathF.Exp(-x)))], one.Predict(pairs), 1e-6);
        Assert.Equal(logits, one.Predict(pairs, activation: x => x));
        using var three = Load(Shared.Path("golden/models/bert-3-labels"));
        Assert.Equal(three.Score(pairs), three.Predict(pairs)); // as sentence-transformers
        Assert.Equal(2, three.Activation(2));
        Assert.All(three.Predict(pairs, softmax: true).Chunk(3), row => Assert.Equal(1, row.Sum(), 5));
    }

    [Fact]
    public void RanksBestFirst()
    {
        using var model = Load(Shared.Path("golden/models/bert"));
        string[] passages = ["one", "two two", "three three three", "four"];
        var ranked = model.Rank("which?", passages, topK: 3);
        Assert.Equal(3, ranked.Count);
        Assert.Equal(ranked.OrderByDescending(passage => passage.Score), ranked);
        Assert.All(ranked, passage => Assert.Equal(passages[passage.CorpusId], passage.Text));
    }

    [Fact]
    public void ReportsTheShareOfTruncatedPairs()
    {
        var notes = new List<string>();
        using var model = CrossEncoder.FromPretrained(
            Shared.Path("golden/models/bert"),
            new()
            {
                Device = "cpu",
                MaxLength = 16,
                Report = notes.Add,
            }
        );
        model.Score([new("short", "short"), new("long", string.Join(' ', Enumerable.Repeat("word", 100)))]);
        Assert.Contains("1 of 2 pairs (50 %)", Assert.Single(notes));
    }

    internal static CrossEncoder Load(string folder, int? maxLength = null) =>
        CrossEncoder.FromPretrained(
            folder,
            new()
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
                MaxLength = maxLength,
                Report = _ => { },
            }
        );

    internal static void AssertClose(IReadOnlyList<float> expected, IReadOnlyList<float> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"at {i}: expected {expected[i]}, found {actual[i]}");
    }
}
