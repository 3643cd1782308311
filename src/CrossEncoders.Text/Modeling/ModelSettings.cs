using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace CrossEncoders.Modeling;

/// <summary>
/// What sentence-transformers' files in a model's folder say beside the weights: modules, activation, prompts, longest text.
/// </summary>
/// <remarks>
/// Read like sentence-transformers 6: <c>modules.json</c>, <c>config_sentence_transformers.json</c> and <c>sentence_bert_config.json</c>,
/// the older names of the last one included.
/// </remarks>
internal sealed record ModelSettings
{
    public const string ModelFile = "config_sentence_transformers.json";

    private static readonly string[] TransformerFiles =
    [
        "sentence_bert_config.json",
        "sentence_roberta_config.json",
        "sentence_distilbert_config.json",
        "sentence_xlm-roberta_config.json",
    ];

    /// <summary>A folder without any of these files.</summary>
    public static ModelSettings None { get; } = new();

    /// <summary>"CrossEncoder", "SentenceTransformer" and so on: what the folder was saved as.</summary>
    [JsonPropertyName("model_type")]
    public string? ModelType { get; init; }

    /// <summary>The class that turns logits into scores, for example "torch.nn.modules.linear.Identity".</summary>
    [JsonPropertyName("activation_fn")]
    public string? Activation { get; init; }

    /// <summary>Texts to put in front of a query or a text, by name.</summary>
    [JsonPropertyName("prompts")]
    public IReadOnlyDictionary<string, string?>? Prompts { get; init; }

    /// <summary>The prompt that is used unless another is asked for.</summary>
    [JsonPropertyName("default_prompt_name")]
    public string? DefaultPromptName { get; init; }

    /// <summary>How vectors are compared: "cosine", "dot" and so on.</summary>
    [JsonPropertyName("similarity_fn_name")]
    public string? Similarity { get; init; }

    /// <summary>What <c>modules.json</c> lists; null where there is none.</summary>
    [JsonIgnore]
    public ModuleList? Modules { get; private init; }

    /// <summary>How texts become tokens.</summary>
    [JsonIgnore]
    public TextSettings Texts { get; private init; } = new();

    /// <summary>The files as they were read, by name: they are written again when the model is saved.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, JsonObject> Files { get; private init; } = new Dictionary<string, JsonObject>();

    /// <summary>Whether the folder was saved as a cross-encoder.</summary>
    [JsonIgnore]
    public bool IsCrossEncoder => ModelType == "CrossEncoder" || Modules is { GivesScores: true };

    /// <summary>Reads the files of a folder; those that are absent say nothing.</summary>
    /// <exception cref="CrossEncoderException">A file is broken, or asks for something that the kit does not support.</exception>
    public static ModelSettings Load(string folder)
    {
        var files = new Dictionary<string, JsonObject>();
        var settings = None;
        var path = Path.Combine(folder, ModelFile);
        if (ModelJson.Read<JsonObject>(path) is { } model)
        {
            files[ModelFile] = model;
            settings = model.As<ModelSettings>(path);
            if (settings.DefaultPromptName is { } name && settings.Prompts?.ContainsKey(name) != true)
                throw new CrossEncoderException(
                    $"{path}: \"default_prompt_name\" is '{name}', but the prompts are "
                        + $"{string.Join(", ", (settings.Prompts?.Keys ?? []).Order(StringComparer.Ordinal))}. Correct the file."
                );
        }

        var texts = new TextSettings();
        if (TransformerFiles.FirstOrDefault(name => File.Exists(Path.Combine(folder, name))) is { } found)
        {
            path = Path.Combine(folder, found);
            files[found] = ModelJson.Read<JsonObject>(path)!;
            texts = TextSettings.Read(files[found], path);
        }

        var modules = ModuleList.Load(folder);
        if (modules is not null) // saved before sentence-transformers knew messages, where it does not name them
            texts = texts with { ReadsMessages = texts.ReadsMessages ?? false };
        return settings with { Modules = modules, Texts = texts, Files = files };
    }

    /// <summary>A prompt by its name.</summary>
    /// <exception cref="CrossEncoderException">There is none of that name.</exception>
    public string Prompt(string name) =>
        Prompts?.TryGetValue(name, out var text) == true
            ? text ?? ""
            : throw new CrossEncoderException(
                $"The model has no prompt named '{name}'. "
                    + (
                        Prompts is { Count: > 0 }
                            ? $"It has {string.Join(", ", Prompts.Keys.Order(StringComparer.Ordinal))}."
                            : "It has none; give the text itself as the option Prompt."
                    )
            );

    /// <summary>The prompt that is used unless another is asked for.</summary>
    [JsonIgnore]
    public string DefaultPrompt => DefaultPromptName is { } name ? Prompt(name) : "";
}
