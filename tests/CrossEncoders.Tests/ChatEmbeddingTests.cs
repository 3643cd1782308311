using System.Numerics.Tensors;
using System.Text.Json;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests;

/// <summary>A bi-encoder whose texts go through a chat template, against sentence-transformers (tests/python/make_relatives.py).</summary>
public sealed class ChatEmbeddingTests : IDisposable
{
    private const string Settings = "sentence_bert_config.json";
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void TextsAreMessagesAndAPromptIsTheSystems()
    {
        using var model = ModelFolder.LoadBi(Source);
        Same(model);
        model.SavePretrained(_scratch["saved"]);
        using var saved = ModelFolder.LoadBi(_scratch["saved"]);
        Same(saved);
    }

    [Fact]
    public void AFolderSavedBeforeThereWereMessagesReadsPlainText()
    {
        var folder = ModelFolder.Copy(Source, _scratch["model"]);
        ModelFolder.Edit(folder, Settings, json => json.Remove("modality_config"));
        using var plain = ModelFolder.LoadBi(folder);
        using var messages = ModelFolder.LoadBi(Source);
        Assert.InRange(TensorPrimitives.Dot<float>(plain.EmbedQueries(["why?"])[0], messages.EmbedQueries(["why?"])[0]), -1, 0.999f);
        File.Delete(Path.Combine(folder, "chat_template.jinja"));
        using var without = ModelFolder.LoadBi(folder);
        Assert.Equal(plain.EmbedQueries(["why?"])[0], without.EmbedQueries(["why?"])[0]);
    }

    [Fact]
    public void ATemplateThatIsMissingOrShowsNoTextIsRefused()
    {
        var folder = ModelFolder.Copy(Source, _scratch["model"]);
        string Refused() => Assert.Throws<CrossEncoderException>(() => ModelFolder.LoadBi(folder)).Message;
        File.WriteAllText(
            Path.Combine(folder, "chat_template.jinja"),
            "{% for m in messages if m.role == 'query' %}{{ m.content }}{% endfor %}"
        );
        Assert.Contains("does not show a message with the role \"user\"", Refused());
        File.Delete(Path.Combine(folder, "chat_template.jinja"));
        Assert.Contains("there is no chat template", Refused());
    }

    [Fact]
    public void LateInteractionWithSuchAModelIsRefused()
    {
        using var model = ModelFolder.LoadBi(Source);
        using var scorer = new LateInteraction(model);
        var error = Assert.Throws<CrossEncoderException>(() => scorer.Score([new("why?", "because")]));
        Assert.Contains("reads texts through a chat template", error.Message);
    }

    private static string Source => Shared.Path("golden/relatives/embedder/qwen3-chat");

    private static void Same(BiEncoder model)
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(Source, "cases.json")));
        string[] texts = [.. cases.RootElement.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!)];
        foreach (var result in cases.RootElement.GetProperty("vectors").EnumerateArray())
        {
            var found = result.GetProperty("method").GetString() == "query" ? model.EmbedQueries(texts) : model.EmbedPassages(texts);
            float[][] expected = [.. result.GetProperty("embeddings").Deserialize<float[][]>()!];
            Assert.Equal(expected.Length, found.Length);
            foreach (var (wanted, vector) in expected.Zip(found))
                Assert.InRange(TensorPrimitives.Distance(wanted, vector), 0, 1e-5f);
        }
    }
}
