using System.Text.Json;
using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using CrossEncoders.Tests.Modeling;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders.Tests;

/// <summary>Re-rankers as their authors' folders come, which say less, or other things, than those that the reference saved.</summary>
public sealed class RerankerFolderTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>Causal models of both heads, those that are here.</summary>
    public static TheoryData<string> Causal => [.. ModuleParityTests.Here("qwen2-logits", "qwen3-logits", "qwen3-sequence-classification")];

    public static TheoryData<string> OfLogits => [.. ModuleParityTests.Here("qwen2-logits", "qwen3-logits")];

    [Theory]
    [MemberData(nameof(OfLogits))]
    public void ACausalModelWithoutModulesScoresByYesAndNo(string name)
    {
        var folder = Bare(name);
        var (pairs, expected) = Reference(name);
        using var model = ModelFolder.Load(folder);
        Near(expected, model.Score(pairs), 1e-5);
        Near([.. expected.Select(Logistic.SigmoidSingle)], model.Predict(pairs), 1e-5);

        model.SavePretrained(_scratch["saved"]);
        foreach (var file in new[] { "modules.json", "1_LogitScore/config.json" })
            Assert.True(
                JsonNode.DeepEquals(Json(Path.Combine(Folder(name), file)), Json(Path.Combine(_scratch["saved"], file))),
                $"{file} is not what sentence-transformers writes"
            );
        using var saved = ModelFolder.Load(_scratch["saved"]);
        Assert.Equal(model.Predict(pairs), saved.Predict(pairs));
    }

    [Fact]
    public void ACausalModelWithoutAYesAmongItsTokensIsRefused()
    {
        var folder = Bare("qwen3-logits");
        ModelFolder.Edit(folder, "tokenizer.json", json =>
        {
            var merges = json["model"]!["merges"]!.AsArray();
            for (var i = merges.Count - 1; i >= 0; i--)
                if (string.Concat(merges[i]!.AsArray().Select(part => part!.ToString())) == "yes")
                    merges.RemoveAt(i);
        });
        Assert.Contains("no token \"yes\"", Assert.Throws<CrossEncoderException>(() => ModelFolder.Load(folder)).Message);
    }

    [Fact]
    public void ACausalModelWhoseTemplateIsForConversationsIsRefused()
    {
        var folder = Bare("qwen3-logits");
        File.WriteAllText(
            Path.Combine(folder, "chat_template.jinja"),
            "{% for m in messages if m.role == 'user' %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}"
        );
        Assert.Contains(
            "does not show a message with the role \"query\"",
            Assert.Throws<CrossEncoderException>(() => ModelFolder.Load(folder)).Message
        );
    }

    [Fact]
    public void AFolderSavedBeforeThereWereMessagesReadsPlainTextWhateverTemplateIsThere()
    {
        var folder = ModelFolder.Copy(Folder("qwen3-logits"), _scratch["model"]);
        ModelFolder.Edit(folder, "sentence_bert_config.json", json => json.Remove("modality_config"));
        using var model = ModelFolder.Load(folder);
        var text = model.Tokenizer.EncodePairs([("a question", "a passage")], model.MaxLength, TruncationStrategy.LongestFirst)[0];
        Assert.Equal(text.Ids, model.Tokenize([new("a question", "a passage")])[0].Ids);
        using var original = ModelFolder.Load(Folder("qwen3-logits"));
        Assert.True(original.Tokenize([new("a question", "a passage")])[0].Ids.Length > text.Ids.Length + 10);
    }

    [Theory]
    [MemberData(nameof(Causal))]
    public void ATokenizerWithoutAPadTokenChangesNoScore(string name)
    {
        var folder = ModelFolder.Copy(Folder(name), _scratch["model"]);
        ModelFolder.Edit(folder, "tokenizer_config.json", json => json.Remove("pad_token"));
        ModelFolder.Edit(folder, "config.json", json => json.Remove("pad_token_id"));
        var (pairs, expected) = Reference(name);
        using var model = ModelFolder.Load(folder);
        Near(expected, model.Score(pairs), 1e-5);
        Near(expected, [.. pairs.SelectMany(pair => model.Score([pair]))], 1e-5);
    }

    [Theory]
    [MemberData(nameof(Causal))]
    public void InBfloat16ADecoderScoresNearlyTheSameWhateverItIsPaddedWith(string name)
    {
        var (pairs, expected) = Reference(name);
        using var model = CrossEncoder.FromPretrained(
            Folder(name),
            new()
            {
                Device = "cpu",
                ComputeType = ScalarType.BFloat16,
                Report = _ => { },
            }
        );
        var together = model.Score(pairs);
        var scale = expected.Max(MathF.Abs);
        Near(expected, together, 0.03 * scale);
        Near(together, [.. pairs.SelectMany(pair => model.Score([pair]))], 0.03 * scale);
        Assert.NotEqual(expected, together); // it was in bfloat16
    }

    [Theory]
    [MemberData(nameof(Causal))]
    public void AWindowOfALongDocumentNeverCutsTheTemplate(string name)
    {
        var prompt = name == "qwen3-logits" ? "Given a claim, find passages that refute it" : null;
        using var model = ModelFolder.Load(Folder(name), new() { Prompt = prompt, Report = _ => { } });
        var reader = PairReader.Of(model.Model.Config, model.Tokenizer, model.Prompt, Folder(name));
        var document = string.Concat(Enumerable.Range(0, 400).Select(i => $"The gate {i} is shut. "));
        int[] opening = [.. reader.Build([], []).Ids];
        var (first, second) = (reader.Read([new("a", "b")], 10_000)[0].Ids, reader.Read([new("c d e", "f g")], 10_000)[0].Ids);
        int[] start = [.. first.Zip(second).TakeWhile(pair => pair.First == pair.Second).Select(pair => pair.First)];
        int[] end =
        [
            .. first.Reverse().Zip(second.Reverse()).TakeWhile(pair => pair.First == pair.Second).Select(pair => pair.First).Reverse(),
        ];
        Assert.True(start.Length > 10 && end.Length > 3, $"{start.Length} tokens open, {end.Length} close");
        foreach (
            var options in new LongDocuments[]
            {
                new(),
                new() { WindowTokens = 40, OverlapTokens = 10 },
            }
        )
        {
            var windows = new DocumentWindows([new("Which gate?", document)], options, reader, model.MaxLength, default);
            Assert.True(windows.Texts.Count > 5);
            Assert.All(windows.Texts, text =>
            {
                Assert.InRange(text.Ids.Length, opening.Length, model.MaxLength);
                Assert.Equal(start, text.Ids[..start.Length]);
                Assert.Equal(end, text.Ids[^end.Length..]);
            });
        }

        // nor does a pair that is cut, nor one whose query alone is too long
        foreach (var pair in new TextPair[] { new("Which gate?", document), new(document, "The gate is shut.") })
        {
            var text = reader.Read([pair], model.MaxLength)[0];
            Assert.True(text.Truncated);
            Assert.Equal(start, text.Ids[..start.Length]);
            Assert.Equal(end, text.Ids[^end.Length..]);
        }
    }

    [Fact]
    public void ModernBertsPositionsAreRotaryWhateverTheFileCallsThem()
    {
        var folder = ModelFolder.Copy(Shared.Path("golden/models/modernbert"), _scratch["model"]);
        TextPair[] pairs = [new("Which gate?", "The gate is shut."), new("dome", "")];
        float[] expected;
        using (var plain = ModelFolder.Load(folder))
            expected = plain.Score(pairs); // held to the reference by the tests of checkpoints
        ModelFolder.Edit(folder, "config.json", json => json["position_embedding_type"] = "sans_pos"); // Ettin and mmBERT
        using (var model = ModelFolder.Load(folder))
            Assert.Equal(expected, model.Score(pairs));

        var bert = ModelFolder.Copy(Shared.Path("golden/models/bert"), _scratch["bert"]);
        ModelFolder.Edit(bert, "config.json", json => json["position_embedding_type"] = "relative_key");
        Assert.Contains("'relative_key' is not supported", Assert.Throws<CrossEncoderException>(() => ModelConfig.Load(bert)).Message);
    }

    [Fact]
    public void ABaseThatPredictsMaskedTokensGetsANewHead()
    {
        var folder = ModelFolder.Copy(Shared.Path("golden/models/modernbert"), _scratch["model"]);
        ModelFolder.Edit(folder, "config.json", json =>
            (json["architectures"], json["position_embedding_type"]) = (new JsonArray("ModernBertForMaskedLM"), "sans_pos")
        );
        ModelFolder.Reweigh(folder, (name, tensor) => (name.Replace("classifier.", "decoder."), tensor));
        using var model = ModelFolder.Load(folder);
        Assert.Equal(1, model.Labels);
        Assert.True(float.IsFinite(model.Score([new("dome", "gate")])[0]));
    }

    /// <summary>The model as transformers alone saves it.</summary>
    private string Bare(string name)
    {
        var folder = ModelFolder.Copy(Folder(name), _scratch["model"]);
        Directory.Delete(Path.Combine(folder, "1_LogitScore"), recursive: true);
        foreach (var file in new[] { "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json" })
            File.Delete(Path.Combine(folder, file));
        return folder;
    }

    private static (TextPair[] Pairs, float[] Logits) Reference(string name)
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(name), "cases.json")));
        return (
            [.. cases.RootElement.GetProperty("pairs").EnumerateArray().Select(pair => new TextPair($"{pair[0]}", $"{pair[1]}"))],
            [.. cases.RootElement.GetProperty("results")[0].GetProperty("logits").EnumerateArray().Select(value => value.GetSingle())]
        );
    }

    private static JsonNode? Json(string path) => JsonNode.Parse(File.ReadAllText(path));

    private static string Folder(string name) => Path.GetDirectoryName(Shared.Path($"golden/modules/{name}/cases.json"))!;

    private static void Near(float[] expected, float[] found, double tolerance)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.InRange(found[i], expected[i] - tolerance, expected[i] + tolerance);
    }
}
