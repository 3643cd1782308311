using System.Text.Json.Nodes;

namespace CrossEncoders.Tests;

/// <summary>What a folder of a late-interaction model asks for and the kit does not do is refused by name.</summary>
public sealed class MultiVectorRefusalTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("sentence_bert_config.json", """{"query_expansion": {"strategy": "most", "length": 8}}""", "the strategy \"most\"")]
    [InlineData("sentence_bert_config.json", """{"query_expansion": {"strategy": "fixed"}}""", "the length null")]
    [InlineData("sentence_bert_config.json", """{"query_expansion": {"strategy": "min", "length": 8, "x": 1}}""", "the key \"x\"")]
    [InlineData("sentence_bert_config.json", """{"query_expansion": {"strategy": "min", "length": 8, "token": "[M]"}}""", "\"[M]\"")]
    [InlineData("sentence_bert_config.json", """{"query_length": 4}""", "cut at 4 tokens")]
    [InlineData("sentence_bert_config.json", """{"document_length": 0}""", "\"document_length\" is 0")]
    [InlineData("sentence_bert_config.json", """{"transformer_task": "retrieval"}""", "'retrieval'")]
    [InlineData("sentence_bert_config.json", """{"modality_config": {"message": {}}}""", "chat template")]
    [InlineData("1_Dense/config.json", """{"module_input_name": "sentence_embedding"}""", "Dense (module 1, in '1_Dense')")]
    [InlineData("1_Dense/config.json", """{"module_output_name": "scores"}""", "Dense (module 1, in '1_Dense')")]
    [InlineData("1_Dense/config.json", """{"activation_function": "my.Own"}""", "Dense (module 1, in '1_Dense')")]
    [InlineData("2_MultiVectorMask/config.json", """{"skiplist_tasks": ["image"]}""", "\"image\"")]
    public void ASettingOfSentenceTransformers(string file, string settings, string message) =>
        Refused(MultiVectorFolders.Native(_scratch["model"]), file, settings, message);

    [Theory]
    [InlineData("""{"similarity": "l2"}""", "similarity \"l2\"")]
    [InlineData("""{"interaction": "flipr"}""", "interaction \"flipr\"")]
    [InlineData("""{"query_maxlen": 2}""", "\"query_maxlen\" is 2")]
    public void ASettingOfColBert(string settings, string message) =>
        Refused(MultiVectorFolders.ColBert(_scratch["model"]), "artifact.metadata", settings, message);

    [Fact]
    public void AColBertWithoutItsProjection()
    {
        var folder = MultiVectorFolders.ColBert(_scratch["model"]);
        ModelFolder.Reweigh(folder, (name, tensor) => (name == "linear.weight" ? "other.weight" : name, tensor));
        Assert.Contains("'linear.weight'", Message(folder));
    }

    [Fact]
    public void APyLateModelWithoutItsProjectionOrWithTwoPrompts()
    {
        var folder = MultiVectorFolders.PyLate(_scratch["model"]);
        ModelFolder.Edit(folder, "config_sentence_transformers.json", json => json["prompts"] = new JsonObject { ["query"] = "q: " });
        Assert.Contains("both the prompt \"q: \" and \"query_prefix\"", Message(folder));
        MultiVectorFolders.Write(folder, "modules.json", """[{"path": "", "type": "sentence_transformers.models.Transformer"}]""");
        ModelFolder.Edit(folder, "config_sentence_transformers.json", json => json["prompts"] = new JsonObject());
        Assert.Contains("no Dense layer", Message(folder));
    }

    [Fact]
    public void AModuleThatIsNotSupported()
    {
        var folder = MultiVectorFolders.Native(_scratch["model"]);
        var modules = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "modules.json")))!.AsArray();
        modules[2]!["type"] = "sentence_transformers.multi_vector_encoder.modules.token_pooling.HierarchicalTokenPooling";
        MultiVectorFolders.Write(folder, "modules.json", modules.ToJsonString());
        ModelFolder.Edit(folder, "2_MultiVectorMask/config.json", json => json["pool_factor"] = 2);
        Assert.Contains("HierarchicalTokenPooling", Message(folder));
        ModelFolder.Edit(folder, "2_MultiVectorMask/config.json", json => json["pool_factor"] = 1);
        using (MultiVectorFolders.Load(folder)) { } // switched off
    }

    [Fact]
    public void AModelOfAnotherKind()
    {
        Assert.Contains("BiEncoder", Message(Shared.Path("golden/modules/biencoder-cls")));
        foreach (var (name, make) in new[] { ("a", (Func<string, string>)MultiVectorFolders.ColBert), ("b", MultiVectorFolders.PyLate) })
        {
            var error = Assert.Throws<CrossEncoderException>(() => ModelFolder.LoadBi(make(_scratch[name])));
            Assert.Contains("MultiVectorEncoder", error.Message);
        }
    }

    private static void Refused(string folder, string file, string settings, string message)
    {
        ModelFolder.Edit(folder, file, json =>
        {
            foreach (var (key, value) in JsonNode.Parse(settings)!.AsObject())
                json[key] = value?.DeepClone();
        });
        Assert.Contains(message, Message(folder));
    }

    private static string Message(string folder) =>
        Assert.Throws<CrossEncoderException>(() => MultiVectorFolders.Load(folder).Dispose()).Message;
}
