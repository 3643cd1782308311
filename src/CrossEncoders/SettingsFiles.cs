using System.Text.Json.Nodes;
using CrossEncoders.Modeling;

namespace CrossEncoders;

/// <summary>The files of sentence-transformers' layout that go with a saved cross-encoder.</summary>
internal static class SettingsFiles
{
    private const string Transformer = "sentence_bert_config.json";

    /// <summary>
    /// The files that the model came with, with its present maximum length and prompt; none for a model without them, unless it has a
    /// prompt, which can be said nowhere else.
    /// </summary>
    public static IReadOnlyDictionary<string, JsonNode> Of(CrossEncoder model)
    {
        var settings = model.Model.Config.Settings;
        var files = new Dictionary<string, JsonNode>();
        foreach (var (path, json) in (settings.Modules ?? model.Model.Config.Modules)?.Files ?? new Dictionary<string, JsonNode>())
            files[path] = json;
        foreach (var (name, json) in settings.Files)
            files[name] = name == ModelSettings.ModelFile ? json : TextSettings.WithMaxLength(json, model.MaxLength);
        if (model.Prompt != settings.DefaultPrompt)
            AddPrompt(model, files);
        return files;
    }

    private static void AddPrompt(CrossEncoder model, Dictionary<string, JsonNode> files)
    {
        files.TryAdd(
            "modules.json",
            JsonNode.Parse(
                """[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"}]"""
            )!
        );
        files.TryAdd(
            Transformer,
            JsonNode.Parse(
                """
                {"transformer_task": "sequence-classification", "modality_config": {"text": {"method": "forward",
                 "method_output_name": "logits"}}, "module_output_name": "scores"}
                """
            )!
        );
        var config = model.Model.Config;
        var json = files.GetValueOrDefault(ModelSettings.ModelFile)?.DeepClone().AsObject()
            ?? new JsonObject
            {
                ["model_type"] = "CrossEncoder",
                ["activation_fn"] = config.ScoreActivation
                    ?? (model.Labels == 1 ? "torch.nn.modules.activation.Sigmoid" : "torch.nn.modules.linear.Identity"),
            };
        var prompts = new JsonObject();
        foreach (var (name, text) in config.Settings.Prompts ?? new Dictionary<string, string?>())
            prompts[name] = text;
        var chosen = config.Settings.Prompts?.FirstOrDefault(prompt => prompt.Value == model.Prompt).Key ?? "default";
        prompts[chosen] = model.Prompt;
        (json["prompts"], json["default_prompt_name"]) = (prompts, chosen);
        files[ModelSettings.ModelFile] = json;
    }
}
