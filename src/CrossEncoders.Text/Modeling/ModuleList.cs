using System.Text.Json.Nodes;

namespace CrossEncoders.Modeling;

/// <summary>
/// The chain of modules on top of the transformer in sentence-transformers' layout (<c>modules.json</c>): pooling, then dense layers,
/// normalizations.
/// </summary>
/// <param name="Pooling">
/// What becomes one vector of the tokens' states, several of them one after the other; empty without a pooling.
/// </param>
/// <param name="IncludePrompt">Whether the prompt's tokens are pooled, too.</param>
/// <param name="Modules">What follows the pooling.</param>
/// <param name="Unsupported">The first module that the kit does not know, for an error; null where it knows all.</param>
/// <param name="Files">The files as they were read, by their path in the folder; they are written again when the model is saved.</param>
internal sealed record ModuleList(
    IReadOnlyList<Pooling> Pooling,
    bool IncludePrompt,
    IReadOnlyList<Module> Modules,
    string? Unsupported,
    IReadOnlyDictionary<string, JsonNode> Files
)
{
    /// <summary>The name of the list.</summary>
    public const string FileName = "modules.json";

    /// <summary>Whether a module gives scores: then it is a cross-encoder's head.</summary>
    public bool GivesScores => Modules is [.., DenseModule { Output: DenseModule.Scores } or LogitScoreModule];

    /// <summary>What reads the scores off a decoder's logits; null for another head.</summary>
    public LogitScoreModule? Logits => Modules is [LogitScoreModule module] ? module : null;

    /// <summary>Pooling alone, for a folder that lists no modules.</summary>
    public static ModuleList Plain(Pooling pooling) => new([pooling], true, [], null, new Dictionary<string, JsonNode>());

    /// <summary>The scores of a decoder by two of its tokens, for a folder that lists no modules.</summary>
    public static ModuleList OfLogits(int trueId, int falseId)
    {
        const string Folder = "1_LogitScore";
        var files = new Dictionary<string, JsonNode>
        {
            [FileName] = new JsonArray(
                Listed(0, "", "base.modules.transformer.Transformer"),
                Listed(1, Folder, "cross_encoder.modules.logit_score.LogitScore")
            ),
            [$"{Folder}/config.json"] = new JsonObject
            {
                ["true_token_id"] = trueId,
                ["false_token_id"] = falseId,
                ["module_input_name"] = "causal_logits",
            },
            ["sentence_bert_config.json"] = JsonNode.Parse(
                """
                {"transformer_task": "text-generation", "module_output_name": "causal_logits", "modality_config": {
                 "text": {"method": "forward", "method_output_name": "logits"},
                 "message": {"method": "forward", "method_output_name": "logits", "format": "flat"}}}
                """
            )!,
            [ModelSettings.ModelFile] = new JsonObject
            {
                ["model_type"] = "CrossEncoder",
                ["activation_fn"] = "torch.nn.modules.activation.Sigmoid",
            },
        };
        return new([], true, [new LogitScoreModule(Folder, trueId, falseId)], null, files);

        static JsonObject Listed(int index, string path, string type) =>
            new()
            {
                ["idx"] = index,
                ["name"] = $"{index}",
                ["path"] = path,
                ["type"] = $"sentence_transformers.{type}",
            };
    }

    /// <summary>Reads the list of a folder, and the settings of each module; null where there is none.</summary>
    /// <exception cref="CrossEncoderException">A file is broken or missing.</exception>
    public static ModuleList? Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (ModelJson.Read<JsonArray>(path) is not { } json)
            return null;
        var files = new Dictionary<string, JsonNode> { [FileName] = json };
        var list = new ModuleList([], true, [], null, files);
        foreach (var (index, entry) in json.As<IReadOnlyList<ModuleEntry?>>(path).Index())
            list = list.With(index, entry ?? new(), folder, files);
        return list;
    }

    private ModuleList With(int index, ModuleEntry entry, string folder, Dictionary<string, JsonNode> files)
    {
        if (Unsupported is not null)
            return this;
        var name = entry.Shown(index);
        if (index == 0)
            return entry is { Class: "Transformer", Path: "" } ? this : this with { Unsupported = name };
        if (!entry.IsInAFolderOfItsOwn)
            return this with { Unsupported = name };
        var relative = $"{entry.Path}/config.json";
        var path = Path.Combine(folder, entry.Path, "config.json");
        if (
            entry.Class is "Pooling" or "Dense" or "LayerNorm" or "Normalize" or "LogitScore"
            && ModelJson.Read<JsonObject>(path) is { } config
        )
            files[relative] = config;
        else if (entry.Class == "Normalize")
            config = []; // older folders have no file for it
        else if (entry.Class is "Pooling" or "Dense" or "LayerNorm" or "LogitScore")
            throw new CrossEncoderException($"{path} is missing, though {FileName} lists the module. Fetch the folder again.");
        else
            return this with { Unsupported = name };
        if (entry.Class == "Pooling")
            return Modules.Count == 0 && Pooling.Count == 0 ? PooledBy(config, path) : this with { Unsupported = name };
        var ofLogits = entry.Class == "LogitScore";
        if (GivesScores || ofLogits != (Pooling.Count == 0))
            return this with { Unsupported = name };
        var read = ofLogits ? LogitScoreModule.Read(entry.Path, config, path) : Module.Read(entry.Class, entry.Path, config, path);
        return read is { } module ? this with { Modules = [.. Modules, module] } : this with { Unsupported = name + $" as {path} sets it" };
    }

    private ModuleList PooledBy(JsonObject config, string path)
    {
        var settings = config.As<PoolingFile>(path);
        if (settings.Modes(path) is not { } modes)
            return this with { Unsupported = $"the pooling of {path}" };
        return this with { Pooling = modes, IncludePrompt = settings.IncludePrompt };
    }
}
