using System.Text;
using System.Text.Json.Nodes;
using CrossEncoders.Modeling;

namespace CrossEncoders.Tests.Hub;

/// <summary>What is not downloaded, and why.</summary>
public sealed partial class DownloadTests
{
    [Fact]
    public void NamesThatLeadOutOfTheFolderAreNeverWritten()
    {
        _hub.Files["../../../../evil.json"] = [1];
        _hub.Files["/tmp/evil.json"] = [1];
        var folder = _hub.Download("main", "*.json");
        Assert.Equal(["config.json", "tokenizer.json"], Names(folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AModelThatCannotBeUsedIsRefusedBeforeItsWeightsAreFetched(bool cached)
    {
        _hub.Files["config.json"] = """{"model_type": "mamba"}"""u8.ToArray();
        if (cached)
            _hub.Download("main", "config.json");
        var error = Assert.Throws<CrossEncoderException>(() =>
            Pretrained.Open(FakeHub.Id, "main", ModelConfig.Load, pairs: true, ownLength: false, _hub.Options)
        );
        Assert.Contains("'mamba' is not supported", error.Message);
        Assert.Empty(_hub.StorageRequests);
    }

    [Theory]
    [InlineData("config.json", """{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}""", "'llama' is not supported")]
    [InlineData("config.json", """{"model_type": "gemma"}""", "'gemma' is not supported")]
    [InlineData("quantization_config", """{"quant_method": "gptq"}""", "quantized by 'gptq'")]
    [InlineData("auto_map", """{"AutoModel": "own.OwnModel"}""", "'OwnModel' is not supported")]
    [InlineData("position_embedding_type", "\"relative_key\"", "'relative_key' is not supported")]
    [InlineData("modules.json", "1_SpladePooling", "lists SpladePooling (module 1, in '1_SpladePooling')")]
    [InlineData("modules.json", "1_LogitScore", "reads the logits of a causal model")]
    [InlineData("sentence_bert_config.json", """{"transformer_task": "any-to-any"}""", "transformer_task 'any-to-any' is not supported")]
    [InlineData("sentence_bert_config.json", """{"modality_config": {"message": {}}}""", "there is no chat template")]
    [InlineData("chat_template.jinja", "{% macro a() %}", "the statement 'macro' is not supported")]
    [InlineData("config_sentence_transformers.json", """{"model_type": "CrossEncoder", "activation_fn": "own.Fn"}""", "own.Fn")]
    public void ALayoutThatIsNotReadIsRefusedByNameBeforeAByteOfWeightsIsFetched(string part, string content, string complaint)
    {
        var folder = Shared.Path("golden/models/bert");
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => !file.EndsWith("safetensors", StringComparison.Ordinal)))
            _hub.Files[Path.GetFileName(file)] = File.ReadAllBytes(file);
        _hub.Files["config_sentence_transformers.json"] = """{"model_type": "CrossEncoder"}"""u8.ToArray();
        _hub.Files["2_Dense/model.safetensors"] = new byte[1000];
        if (part == "modules.json")
        {
            _hub.Files[part] = Encoding.UTF8.GetBytes(
                $$"""[{"path": "", "type": "a.Transformer"}, {"path": "{{content}}", "type": "b.{{content[2..]}}"}]"""
            );
            _hub.Files[$"{content}/config.json"] = """{"true_token_id": 1, "false_token_id": 2}"""u8.ToArray();
        }
        else if (part.Contains('.'))
        {
            _hub.Files[part] = Encoding.UTF8.GetBytes(content);
        }
        else
        {
            var config = JsonNode.Parse(_hub.Files["config.json"])!;
            config[part] = JsonNode.Parse(content);
            _hub.Files["config.json"] = Encoding.UTF8.GetBytes(config.ToJsonString());
        }

        var error = Assert.Throws<CrossEncoderException>(() =>
            Pretrained.Open(
                FakeHub.Id,
                "main",
                folder => CrossEncoderChoice.Of(ModelConfig.Load(folder), folder, new()),
                pairs: true,
                ownLength: false,
                _hub.Options
            )
        );
        Assert.Contains(complaint, error.Message);
        Assert.DoesNotContain(_hub.StorageRequests, request => request.Path.Contains("safetensors"));
        Assert.DoesNotContain(_hub.HubRequests, request => request.Method == "GET" && request.Path.Contains("safetensors"));
    }

    [Fact]
    public void AWrongHashIsAnErrorAndLeavesNothing()
    {
        _hub.OnStorage = _ => new Reply(200, new byte[300_000]);
        var error = Assert.Throws<CrossEncoderException>(() => _hub.Download());
        Assert.Contains(FakeHub.Sha256(new byte[300_000]), error.Message);
        Assert.Contains(FakeHub.Sha256(_hub.Files["model.safetensors"]), error.Message);
        Assert.False(File.Exists(_hub.Blob("model.safetensors")));
        Assert.False(File.Exists(_hub.Blob("model.safetensors") + ".incomplete"));
    }

    [Fact]
    public void ProgressEndsWithAllBytes()
    {
        var reports = new List<WorkProgress>();
        _hub.Progress = new Direct(reports.Add);
        _hub.Download();
        Assert.Equal(300_005, reports[^1].Total);
        Assert.Equal(300_005, reports[^1].Done);
    }

    [Fact]
    public void RubbishInAPartialFileIsFoundByItsHashAndReplaced()
    {
        Directory.CreateDirectory(Path.Combine(_hub.ModelFolder, "blobs"));
        File.WriteAllBytes(_hub.Blob("model.safetensors") + ".incomplete", new byte[1000]);
        _hub.Download();
        Assert.Equal([1000, 0], _hub.StorageRequests.Select(request => request.From));
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(_hub.Blob("model.safetensors")));
    }
}
