using System.Text.Json.Nodes;
using CrossEncoders.Files;

namespace CrossEncoders.Modeling;

/// <summary>An adapter on disk in the layout of PEFT: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
/// <param name="Folder">The folder it was read from.</param>
/// <param name="Options">Its size, and what it changes.</param>
/// <param name="Json">Its configuration as it was read: keys the kit does not use are kept when it is saved.</param>
internal sealed record LoraFiles(string Folder, LoraOptions Options, JsonObject Json)
{
    private const string BaseKey = "base_model_name_or_path";

    /// <summary>Settings that are read, or change no score.</summary>
    private static readonly HashSet<string> Known =
    [
        "peft_type",
        "r",
        "lora_alpha",
        "use_rslora",
        "target_modules",
        "modules_to_save",
        "bias",
        BaseKey,
        "revision",
        "task_type",
        "auto_mapping",
        "peft_version",
        "inference_mode",
        "lora_dropout",
        "loftq_config", // how an adapter started; so the next three
        "eva_config",
        "corda_config",
        "lora_ga_config",
        "megatron_core", // the name of a module that is used only with a configuration of its own
        "qalora_group_size", // used only with use_qalora
        "runtime_config",
    ];

    /// <summary>Ways to start an adapter that leave the model below it as it is.</summary>
    private static readonly string[] PlainStarts = ["true", "false", "\"gaussian\"", "\"eva\"", "\"orthogonal\""];

    /// <summary>Hub id or folder of the model below it, as the file names it; null where it names none.</summary>
    public string? BaseModel => Text(BaseKey);

    /// <summary>The base's branch, tag or commit on the hub; null where the file names none.</summary>
    public string? BaseRevision => Text("revision");

    /// <summary>Whether a folder holds an adapter, and no model of its own.</summary>
    public static bool IsAdapter(string folder) =>
        File.Exists(Path.Combine(folder, ModelFiles.AdapterConfig))
        && WeightForms.Find([.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path))]) is null;

    /// <summary>Reads the configuration of a saved adapter.</summary>
    /// <exception cref="CrossEncoderException">The file is missing, broken, or sets what would change scores and is not done.</exception>
    public static LoraFiles Read(string folder)
    {
        var path = Path.Combine(folder, ModelFiles.AdapterConfig);
        if (ModelJson.Read<JsonObject>(path) is not { } json)
            throw new CrossEncoderException(
                $"{folder} is not an adapter: it has no {ModelFiles.AdapterConfig}. Expected a folder that LoraAdapter.Save or PEFT wrote."
            );
        Refuse(json, path);
        try
        {
            string[] Names(string key) => [.. (json[key] as JsonArray ?? []).Select(name => (string)name!).Distinct()];
            return new(
                folder,
                new()
                {
                    Rank = (int)json["r"]!,
                    Alpha = (double)json["lora_alpha"]!,
                    RankStabilized = IsSet(json["use_rslora"]),
                    Targets = json["target_modules"] is JsonArray ? Names("target_modules") : throw new FormatException("no list of names"),
                    ModulesToSave = Names("modules_to_save"),
                    Bias = (string?)json["bias"] switch
                    {
                        null or "none" => LoraBias.None,
                        "all" => LoraBias.All,
                        "lora_only" => LoraBias.LoraOnly,
                        var bias => throw new FormatException($"bias is '{bias}'"),
                    },
                },
                json
            );
        }
        catch (Exception error)
            when (error is InvalidOperationException or FormatException or NullReferenceException or ArgumentException or OverflowException)
        {
            throw new CrossEncoderException(
                $"{path} cannot be read as an adapter's configuration: {error.Message.TrimEnd('.')}. "
                    + "Expected r, lora_alpha and target_modules (a list of names).",
                error
            );
        }
    }

    /// <summary>The configuration as it is written to a folder, with the transformers class below it where there is one.</summary>
    public JsonObject Config(string folder, IReadOnlyList<string> matrices, string? baseModel, PythonClass? baseClass)
    {
        if (Json.Count > 0) // as it came, but for the place of its base
        {
            var json = (JsonObject)Json.DeepClone();
            json[BaseKey] = baseModel ?? Moved(folder);
            return json;
        }

        return new()
        {
            ["peft_type"] = "LORA",
            [BaseKey] = baseModel,
            ["r"] = Options.Rank,
            ["lora_alpha"] = Options.Alpha,
            ["lora_dropout"] = 0.0,
            ["use_rslora"] = Options.RankStabilized,
            ["bias"] = Options.Bias switch
            {
                LoraBias.All => "all",
                LoraBias.LoraOnly => "lora_only",
                _ => "none",
            },
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            // With a task PEFT would also train "classifier" and "score" whole, which may have a change beside them here. Without one it
            // (AutoPeftModel) asks for the class.
            ["task_type"] = null,
            ["auto_mapping"] = baseClass is null
                ? null
                : new JsonObject { ["base_model_class"] = baseClass.Name, ["parent_library"] = baseClass.Module },
            ["target_modules"] = new JsonArray([.. matrices.Select(name => (JsonNode)name)]),
            ["modules_to_save"] = Options.ModulesToSave is { Count: > 0 } modules
                ? new JsonArray([.. modules.Select(name => (JsonNode)name)])
                : null,
        };
    }

    /// <summary>The base model as seen from another folder, where it lies beside the adapter's.</summary>
    private string? Moved(string folder) =>
        BaseModel is { } named && Path.Combine(Folder, named) is var path && !Path.IsPathRooted(named) && Directory.Exists(path)
            ? Path.GetRelativePath(folder, path).Replace('\\', '/')
            : BaseModel;

    /// <summary>The file with the weights, or null.</summary>
    public string? WeightsFile() =>
        ModelFiles.AdapterWeights.Select(name => Path.Combine(Folder, name)).FirstOrDefault(path => File.Exists(path));

    private static void Refuse(JsonObject json, string path)
    {
        CrossEncoderException Refused(string key) =>
            new(
                $"{path} sets {key} to {json[key]!.ToJsonString()}, which is not supported: an adapter read without it would give other "
                    + "scores. Merge it into its model with PEFT (merge_and_unload) and load that."
            );
        if (json["peft_type"] is { } type && type.ToJsonString() != "\"LORA\"")
            throw Refused("peft_type");
        if (json["init_lora_weights"] is { } start && !PlainStarts.Contains(start.ToJsonString()))
            throw Refused("init_lora_weights");
        if (
            json.FirstOrDefault(entry => !Known.Contains(entry.Key) && entry.Key != "init_lora_weights" && IsSet(entry.Value)) is
            { Key: { } other }
        )
            throw Refused(other);
    }

    private string? Text(string key) => Json[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>Whether a setting of PEFT says anything: not null, false, "none" or empty.</summary>
    private static bool IsSet(JsonNode? setting) =>
        setting switch
        {
            JsonArray list => list.Count > 0,
            JsonObject map => map.Count > 0,
            _ => setting?.ToJsonString() is not (null or "false" or "\"none\""),
        };
}
