using CrossEncoders.Onnx;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Onnx;

/// <summary>A causal re-ranker, exported: it is read through its chat template where it serves, too.</summary>
public sealed class OnnxDecoderTests : IDisposable
{
    private const string Instruction = "Given a claim, find passages that refute it";

    private static readonly TextPair[] Pairs =
    [
        new("Which gate?", "The gate is shut."),
        new("Which gate?", string.Concat(Enumerable.Range(0, 90).Select(i => $"The gate {i} is shut. "))),
        new(string.Concat(Enumerable.Repeat("Which gate? ", 90)), ""),
    ];

    private readonly ScratchFolder _scratch = new();
    private readonly string _folder = OnnxParityTests.Folder("modules/qwen3-logits");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void TheInstructionIsReadAndWhatIsCutKeepsTheClosingTokens()
    {
        var notes = new List<string>();
        using var model = Load();
        model.ExportOnnx(_scratch["out"]);
        using var served = OnnxCrossEncoder.FromPretrained(_scratch["out"], new() { Prompt = Instruction, Report = notes.Add });
        Near(model, served);
        Assert.All(notes, note => Assert.Contains("2 of 3 pairs", note));
        Assert.NotEmpty(notes);
        using var plain = OnnxCrossEncoder.FromPretrained(_scratch["out"], new() { Prompt = "", Report = _ => { } });
        Assert.NotEqual(plain.Score(Pairs)[0], served.Score(Pairs)[0], 1e-3f);
    }

    [Fact]
    public void LongDocumentsAreReadInWindowsAlike()
    {
        var documents = new LongDocuments { OverlapTokens = 4 };
        using var model = Load(documents);
        model.ExportOnnx(_scratch["out"]);
        using var served = OnnxCrossEncoder.FromPretrained(
            _scratch["out"],
            new()
            {
                Prompt = Instruction,
                LongDocuments = documents,
                Report = _ => { },
            }
        );
        Near(model, served);
    }

    [Fact]
    public void AnAdapterIsMergedAndTheTokensThatAnswerAreSaid()
    {
        var folder = ModelFolder.Copy(_folder, _scratch["bare"]);
        Directory.Delete(Path.Combine(folder, "1_LogitScore"), recursive: true);
        foreach (var file in (string[])["modules.json", "sentence_bert_config.json", "config_sentence_transformers.json"])
            File.Delete(Path.Combine(folder, file)); // then it answers by "yes" and "no"
        using var model = ModelFolder.Load(folder, new() { MaxLength = 64, Report = _ => { } });
        var before = model.Score(Pairs);
        var adapter = model.AttachAdapter(new() { Rank = 2 });
        using (no_grad())
            adapter.Parameters.Flat.add_(0.1);
        adapter.Merge();
        Assert.NotEqual(before[0], model.Score(Pairs)[0], 1e-3f);
        model.ExportOnnx(_scratch["out"]);
        Assert.True(File.Exists(_scratch["out/1_LogitScore/config.json"]));
        using var served = OnnxCrossEncoder.FromPretrained(_scratch["out"], new() { Report = _ => { } });
        Near(model, served);
    }

    private static void Near(CrossEncoder model, OnnxCrossEncoder served)
    {
        Assert.Equal((model.MaxLength, model.Prompt, 1), (served.MaxLength, served.Prompt, served.Labels));
        Modeling.CheckpointParityTests.AssertClose(model.Score(Pairs), served.Score(Pairs), 1e-4);
        Modeling.CheckpointParityTests.AssertClose(model.Predict(Pairs), served.Predict(Pairs), 1e-4);
    }

    private CrossEncoder Load(LongDocuments? documents = null) =>
        ModelFolder.Load(
            _folder,
            new()
            {
                Prompt = Instruction,
                LongDocuments = documents,
                Report = _ => { },
            }
        );
}
