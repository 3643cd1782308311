using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Files;
using CrossEncoders.Onnx;
using CrossEncoders.Runtime;
using CrossEncoders.Scoring;
using CrossEncoders.Training;
using static TorchSharp.torch;

namespace CrossEncoders.Tests;

/// <summary>Models whose products are in 8 bits: the order stays, and a pair's score does not depend on its batch.</summary>
[Collection(Alone.Name)]
public sealed class EightBitTests
{
    private const string Reranker = "cross-encoder-small-enzh";

    [Fact]
    [Trait("Speed", "Slow")]
    public void TheEmbeddedModelKeepsItsOrder()
    {
        SkipWithout();
        var pairs = Pairs();
        using var exact = Load(ModelFolder.Shipped(Reranker), ScalarType.Float32);
        using var quantized = Load(ModelFolder.Shipped(Reranker), ScalarType.Int8);
        Assert.Contains("Products in int8, as asked", quantized.Description);
        Assert.Equal("int8", quantized.Identity().Settings["type"]);
        double[] expected = [.. exact.Score(pairs).Select(score => (double)score)];
        double[] found = [.. quantized.Score(pairs).Select(score => (double)score)];
        Assert.InRange(CorrelationMetrics.Kendall(expected, found), 0.95, 1);
        Assert.All(expected.Zip(found), scores => Assert.Equal(scores.First, scores.Second, 0.6));
        Assert.NotEqual(expected, found);
    }

    [Fact]
    public void TheEmbeddedModelsNoteIsOfItsWeights()
    {
        var note = Assert.Single(QualityNote.Valid(ModelFolder.Shipped(Reranker), ModelFiles.Int8Quality));
        Assert.InRange(note.NdcgShare, QualityNote.Gate, 1.01);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void APairScoresAloneAsInABatch()
    {
        SkipWithout();
        var pairs = Pairs();
        using var quantized = Load(ModelFolder.Shipped(Reranker), ScalarType.Int8);
        var all = quantized.Score(pairs);
        foreach (var i in (int[])[0, pairs.Length / 2, pairs.Length - 1])
            Assert.Equal(all[i], quantized.Score([pairs[i]])[0], 0.02);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void ABiEncodersVectorsStayWhereTheyAre()
    {
        SkipWithout();
        string[] texts = [.. Pairs().Take(12).Select(pair => pair.Passage)];
        var folder = ModelFolder.Shipped("multilingual-e5-small-enzh");
        using var exact = BiEncoder.FromPretrained(folder, new() { Device = "cpu", ComputeType = ScalarType.Float32 });
        using var quantized = BiEncoder.FromPretrained(folder, new() { Device = "cpu", ComputeType = ScalarType.Int8 });
        var (expected, found) = (exact.EmbedPassages(texts), quantized.EmbedPassages(texts));
        for (var i = 0; i < texts.Length; i++)
            Assert.InRange(expected[i].Zip(found[i], (a, b) => (double)a * b).Sum(), 0.99, 1.001);
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("xlm-roberta")]
    [InlineData("modernbert")]
    [InlineData("deberta-v2")]
    public void EveryArchitectureIsComputedInThem(string architecture)
    {
        SkipWithout();
        var folder = Shared.Path($"golden/models/{architecture}");
        using var exact = Load(folder, ScalarType.Float32);
        using var quantized = Load(folder, ScalarType.Int8);
        var pairs = Pairs();
        var (expected, found) = (exact.Score(pairs), quantized.Score(pairs));
        var spread = expected.Max() - expected.Min();
        Assert.NotEqual(expected, found);
        Assert.All(expected.Zip(found), scores => Assert.InRange(Math.Abs(scores.First - scores.Second), 0, 0.25 * spread + 0.02));
    }

    [Fact]
    public void AComparisonThatPassedIsTheDefaultUntilTheModelIsSavedAnew()
    {
        SkipWithout();
        using var scratch = new ScratchFolder();
        var folder = ModelFolder.Copy(Shared.Path("golden/models/bert"), scratch["model"]);
        using var exact = Load(folder, ScalarType.Float32);
        InputExample[] examples = [.. Pairs().Select((pair, i) => new InputExample([pair.Query, pair.Passage], i % 5 == 0 ? 1 : 0))];
        var weights = Path.Combine(folder, "model.safetensors");
        var same = ServedQuality.Verify(exact, exact, examples);
        Assert.Contains("no comparison of", Assert.Throws<CrossEncoderException>(() => same.NoteIn(folder)).Message);
        same = same with { Products = QualityNote.ContentOf(weights) };
        var fast = Devices.FastType(CPU).ToString().ToLowerInvariant();
        Assert.Contains($"Products in {fast}, ", Described());
        same.NoteIn(folder);
        Assert.Contains("Products in int8, which ranked alike where the folder was compared", Described());
        using (var asked = Load(folder, ScalarType.Float32))
            Assert.Contains("Products in float32, as asked", asked.Description);
        (same with { ServedNdcg = 0.9 * same.CheckpointNdcg }).NoteIn(folder);
        Assert.Contains($"Products in {fast}, ", Described());
        (same with { InstructionSet = "Z80" }).NoteIn(folder);
        Assert.Contains($"Products in {fast}, ", Described());
        same.NoteIn(folder);
        var bytes = File.ReadAllBytes(weights);
        bytes[^4] ^= 1; // other weights of the same length, as another program saves them
        File.WriteAllBytes(weights, bytes);
        Assert.Contains($"Products in {fast}, ", Described());
        Assert.Throws<CrossEncoderException>(() => same.NoteIn(folder)); // it was made of the weights before
        (same with { Products = QualityNote.ContentOf(weights) }).NoteIn(folder);
        Assert.Contains("Products in int8, ", Described());
        exact.SavePretrained(folder);
        Assert.Contains($"Products in {fast}, ", Described());
        var said = Assert.Throws<CrossEncoderException>(() => same.NoteIn(scratch["elsewhere"])).Message;
        Assert.Contains("has no model.safetensors", said);

        string Described()
        {
            using var model = Load(folder, null);
            return model.Description;
        }
    }

    [Fact]
    public void OtherWeightsThanTheComparedOnesAreNotScoredInThem()
    {
        SkipWithout();
        using var scratch = new ScratchFolder();
        var folder = ModelFolder.Copy(Shared.Path("golden/models/bert"), scratch["model"]);
        CrossEncoderOptions whole = new() { Device = "cpu" };
        using var exact = Load(folder, ScalarType.Float32);
        InputExample[] examples = [.. Pairs().Select((pair, i) => new InputExample([pair.Query, pair.Passage], i % 5 == 0 ? 1 : 0))];
        var content = QualityNote.ContentOf(Path.Combine(folder, "model.safetensors"));
        (ServedQuality.Verify(exact, exact, examples) with { Products = content }).NoteIn(folder);
        var own = Devices.FastType(CPU);
        ScalarType After(Action<CrossEncoder> change, CrossEncoderOptions options)
        {
            using var model = CrossEncoder.FromPretrained(folder, options);
            change(model);
            Assert.Contains($"Products in {model.Model.Parameters.ProductType.ToString().ToLowerInvariant()}, ", model.Description);
            return model.Model.Parameters.ProductType;
        }

        Assert.Equal(ScalarType.Int8, After(_ => { }, whole));
        Assert.Equal(own, After(_ => { }, whole with { Layers = 1 }));
        Assert.Equal(own, After(model => model.AttachAdapter(), whole));
        Assert.Equal(own, After(model => LmCocktail.Merge(exact, model, 0.5), whole));
        Assert.Equal(own, After(model => Train(model, 1), whole));
        Assert.Equal(ScalarType.Float32, After(model => Train(model, 1), whole with { ComputeType = ScalarType.Float32 }));
        Assert.Equal(ScalarType.Int8, After(model => Assert.Throws<CrossEncoderException>(() => Train(model, -1)), whole));

        void Train(CrossEncoder model, int steps) =>
            new CrossEncoderTrainer(model, new() { OutputFolder = scratch[$"{Guid.NewGuid():N}"], MaxSteps = steps }).Train(examples);
    }

    [Fact]
    public void AFolderIsComparedWithItselfInThem()
    {
        SkipWithout();
        InputExample[] examples = [.. Pairs().Select((pair, i) => new InputExample([pair.Query, pair.Passage], i % 5 == 0 ? 1 : 0))];
        var folder = Shared.Path("golden/models/bert");
        CrossEncoderOptions options = new() { Device = "cpu", Report = _ => { } };
        var quality = Int8Quality.Of(folder, examples, options, TestContext.Current.CancellationToken)!;
        Assert.Equal((examples.Length, 4), (quality.Pairs, quality.Questions));
        Assert.InRange(quality.LargestDifference, 1e-6, 0.2);
        Assert.Throws<CrossEncoderException>(() => Int8Quality.Of(folder, [], options, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void AnExportIsComparedInFp32AndLeavesThem()
    {
        SkipWithout();
        using var scratch = new ScratchFolder();
        InputExample[] examples = [.. Pairs().Select((pair, i) => new InputExample([pair.Query, pair.Passage], i % 5 == 0 ? 1 : 0))];
        using var quantized = Load(Shared.Path("golden/models/bert"), ScalarType.Int8);
        var before = quantized.Score(Pairs());
        var quality = quantized.ExportOnnx(scratch["served"], new() { Precision = OnnxPrecision.Fp32, Validation = examples }).Quality!;
        Assert.InRange(quality.LargestDifference, 0, 1e-4);
        Assert.Equal(ScalarType.Int8, quantized.Model.Parameters.ProductType);
        Assert.Equal(before, quantized.Score(Pairs()));
    }

    [Fact]
    public void WhereTheDeviceHasNoneTheyAreRefusedByName()
    {
        var said = Assert.Throws<CrossEncoderException>(() => Devices.TypeOf(new("meta"), ScalarType.Int8)).Message;
        Assert.Contains("AVX512-VNNI", said);
        Assert.Contains("Leave ComputeType out", said);
        Assert.Equal(ScalarType.Float32, Devices.TypeOf(CPU, ScalarType.Float32));
    }

    [Fact]
    public void TheNoteComesFromAHubWithTheModel()
    {
        using var hub = new Hub.FakeHub();
        hub.Files["int8_quality.json"] = "[]"u8.ToArray();
        Assert.Equal("[]", File.ReadAllText(Path.Combine(hub.Download(), "int8_quality.json")));
    }

    private static void SkipWithout() =>
        Assert.SkipUnless(QuantizedWeight.IsSupported, "this processor has no AVX512-VNNI, or this libtorch lacks oneDNN's operators");

    private static CrossEncoder Load(string folder, ScalarType? type) =>
        CrossEncoder.FromPretrained(
            folder,
            new()
            {
                Device = "cpu",
                ComputeType = type,
                Report = _ => { },
            }
        );

    /// <summary>Questions of both languages with passages of different length that fit more or less.</summary>
    private static TextPair[] Pairs()
    {
        string[] passages =
        [
            "Supper is served at six in the lower hall.",
            "The kitchen is closed while the floor dries. Whoever is hungry before supper finds bread and soup in the small cupboard "
                + "beside the door, and is asked to wash his bowl.",
            "冬季缆车在风速超过每秒十五米时停运，请改乘索道下方的班车。",
            "Liquid nitrogen is delivered every ten days. The tank is filled in about nine minutes; the pressure must not exceed 2.6 bar.",
            "值班人每班抄表三次，并把读数录入日志。",
        ];
        string[] questions = ["When is supper served?", "How often is nitrogen delivered?", "缆车什么时候停运？", "每班抄表几次？"];
        return [.. questions.SelectMany(question => passages.Select(passage => new TextPair(question, passage)))];
    }
}
