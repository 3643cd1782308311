using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Onnx;
using CrossEncoders.Runtime;
using RerankServer;

namespace CrossEncoders.Tests.Onnx;

/// <summary>Which of the exported files is served where none is named.</summary>
public sealed class OnnxChoiceTests : IDisposable
{
    private const string Quantized = "onnx/model_quantized.onnx";

    private static readonly InputExample[] Validation =
    [
        .. Enumerable
            .Range(0, 12)
            .SelectMany(question =>
                Enumerable
                    .Range(0, 3)
                    .Select(i => new InputExample([$"question {question}?", $"passage {question * i} of {i}"], i == 0 ? 1 : 0))
            ),
    ];

    private readonly ScratchFolder _scratch = new();
    private readonly CrossEncoder _model = ModelFolder.Load(Shared.Path("golden/models/bert"));

    public OnnxChoiceTests()
    {
        _model.ExportOnnx(_scratch["out"]);
        _model.ExportOnnx(_scratch["out"], new() { Precision = OnnxPrecision.Quantized, LeastNdcgShare = 0 });
    }

    public void Dispose()
    {
        _model.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void EightBitsAreTakenOnlyWhereTheyPassedOnSuchAProcessor()
    {
        Assert.Equal(("Fp32", "8 bits have not been compared"), Chosen("8 bits have not been compared"));
        Note(Processor.InstructionSet, 0.997);
        Assert.Equal(("Quantized", "kept 99.70 % of NDCG@10"), Chosen("kept 99.70 % of NDCG@10"));
        Note(Processor.InstructionSet, 0.994);
        Assert.Equal(("Fp32", "8 bits rank worse"), Chosen("8 bits rank worse"));
        Note("Z80 with nothing", 1);
        Assert.Equal(("Fp32", "8 bits have not been compared"), Chosen("8 bits have not been compared"));
        Note(Processor.InstructionSet, 1, more: "1"); // of another file of that name
        Assert.Equal(("Fp32", "8 bits have not been compared"), Chosen("8 bits have not been compared"));
    }

    [Fact]
    public void FullPrecisionIsOneWordAway()
    {
        Note(Processor.InstructionSet, 1);
        using var served = Load(new() { Precision = OnnxPrecision.Fp32 });
        Assert.Equal("Fp32", served.Metadata["precision"]);
        Assert.Contains("onnx/model.onnx, as asked", served.Description);
        Assert.Contains("no onnx/model_fp16.onnx", Refused(() => Load(new() { Precision = OnnxPrecision.Fp16 })));
        Assert.Contains("at most one of the two", Refused(() => Load(new() { Precision = OnnxPrecision.Fp32, File = Quantized })));
    }

    [Fact]
    public void AServerTakesThatChoiceOrFullPrecision()
    {
        Note(Processor.InstructionSet, 1);
        foreach (var (asked, expected) in (IEnumerable<(string, string)>)[("auto", "Quantized"), ("fp32", "Fp32")])
        {
            using var model = LoadedModel.Of(new() { Model = _scratch["out"], Precision = asked });
            Assert.Equal(expected, ((OnnxCrossEncoder)model.Scorer).Metadata["precision"]);
        }

        Assert.Contains(
            "expected 'auto', 'fp32' or 'int8'",
            Refused(() => LoadedModel.Of(new() { Model = _scratch["out"], Precision = "int4" }))
        );
    }

    [Fact]
    public void AnExportNotesItsComparisonAndOneWithoutForgetsIt()
    {
        var options = new OnnxExportOptions
        {
            Precision = OnnxPrecision.Quantized,
            LeastNdcgShare = 0,
            Validation = Validation,
        };
        var quality = _model.ExportOnnx(_scratch["out"], options).Quality!;
        var note = Assert.Single(QualityNote.Valid(_scratch["out"]));
        Assert.Equal((Quantized, quality.NdcgShare, $"{quality}"), (note.File, note.NdcgShare, note.Quality));
        Assert.Equal(quality.NdcgShare >= 0.995 ? "Quantized" : "Fp32", Chosen("").Precision);
        _model.ExportOnnx(_scratch["out"]); // another file's
        Assert.Equal(note, Assert.Single(QualityNote.Valid(_scratch["out"])));
        _model.ExportOnnx(_scratch["out"], options with { Validation = null });
        Assert.Empty(QualityNote.In(_scratch["out"]));
    }

    [Fact]
    public void AComparisonWhereItServesIsNotedBesideThoseOfOtherProcessors()
    {
        Note("Z80 with nothing", 1);
        using var exact = Load(new() { Precision = OnnxPrecision.Fp32 });
        var same = ServedQuality.Verify(exact, exact, Validation);
        same.NoteIn(_scratch["out"], OnnxPrecision.Quantized);
        (same with { ServedNdcg = same.CheckpointNdcg / 2 }).NoteIn(_scratch["out"], OnnxPrecision.Quantized);
        Assert.Equal([("Z80 with nothing", 1.0), (Processor.InstructionSet, 0.5)], Notes());
        Assert.Equal("Fp32", Chosen("").Precision);
        same.NoteIn(_scratch["out"], OnnxPrecision.Quantized);
        Assert.Equal("Quantized", Chosen("").Precision);
        Assert.Contains("no onnx/model_fp16.onnx", Refused(() => same.NoteIn(_scratch["out"], OnnxPrecision.Fp16)));
    }

    [Fact]
    public void DamagedNotesAreNamedAndDoNotCount()
    {
        foreach (var damaged in (string[])["[{", "[null]", "[{}]"])
        {
            Note(Processor.InstructionSet, 1);
            File.WriteAllText(_scratch["out/onnx/quality.json"], damaged);
            var said = "";
            using (var served = OnnxCrossEncoder.FromPretrained(_scratch["out"], new() { Report = note => said += note }))
                Assert.Equal("Fp32", served.Metadata["precision"]);
            Assert.Equal(damaged == "[{", said.Contains("Remove it, or compare again", StringComparison.Ordinal));
        }
    }

    private IEnumerable<(string, double)> Notes() => QualityNote.Valid(_scratch["out"]).Select(note => (note.Instructions, note.NdcgShare));

    private void Note(string instructions, double share, string more = "") =>
        QualityNote.Write(
            _scratch["out"],
            [new(Quantized, QualityNote.ContentOf(_scratch[$"out/{Quantized}"]) + more, instructions, share, "")]
        );

    private (string Precision, string Why) Chosen(string why)
    {
        using var served = Load(new());
        Assert.Contains(why, served.Description);
        return (served.Metadata["precision"], why);
    }

    private OnnxCrossEncoder Load(OnnxCrossEncoderOptions options) =>
        OnnxCrossEncoder.FromPretrained(_scratch["out"], options with { Report = _ => { } });

    private static string Refused(Action action) => Assert.Throws<CrossEncoderException>(action).Message;
}
