using System.Text.Json;
using System.Text.Json.Nodes;
using CrossEncoders.Files;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>Adapters on disk in the layout of PEFT: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
internal static class LoraFiles
{
    private const string ConfigFile = "adapter_config.json";
    private const string WeightsFile = "adapter_model.safetensors";
    private static readonly string[] Unread =
    [
        "use_rslora",
        "use_dora",
        "alpha_pattern",
        "rank_pattern",
        "fan_in_fan_out",
        "bias",
        "modules_to_save",
    ];

    /// <summary>The size of a saved adapter.</summary>
    /// <exception cref="CrossEncoderException">The file is missing, broken, or sets what would change scores and is not read.</exception>
    public static LoraOptions ReadOptions(string folder)
    {
        var path = Path.Combine(folder, ConfigFile);
        if (!File.Exists(path))
            throw new CrossEncoderException(
                $"{folder} is not an adapter: it has no {ConfigFile}. Expected a folder that LoraAdapter.Save wrote."
            );
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            if (Unread.FirstOrDefault(key => IsSet(json[key])) is { } key)
                throw new CrossEncoderException(
                    $"{path} sets {key} to {json[key]!.ToJsonString()}, and an adapter read without it would give other scores. "
                        + "Merge it into its model with PEFT (merge_and_unload) and load that."
                );
            return new()
            {
                Rank = (int)json["r"]!,
                Alpha = (double)json["lora_alpha"]!,
                Targets = [.. json["target_modules"]!.AsArray().Select(name => (string)name!)],
            };
        }
        catch (Exception error)
            when (error
                    is JsonException
                        or InvalidOperationException
                        or FormatException
                        or NullReferenceException
                        or ArgumentException
                        or OverflowException
            )
        {
            throw new CrossEncoderException(
                $"{path} cannot be read as an adapter's configuration: {error.Message.TrimEnd('.')}. "
                    + "Expected r, lora_alpha and target_modules.",
                error
            );
        }
    }

    /// <summary>Fills an adapter's weights from a folder.</summary>
    /// <exception cref="CrossEncoderException">The weights do not fit the adapter.</exception>
    public static void ReadWeights(string folder, ParameterSet parameters, Device device)
    {
        using var weights = new SafetensorsFile(Path.Combine(folder, WeightsFile));
        parameters.Load(weights, device, name => name, mayLack: _ => false, mayIgnore: _ => false);
        if (parameters.Unexpected is [var first, ..]) // a part of the adapter would be lost
            throw new CrossEncoderException(
                $"The adapter in {folder} changes what this model has no place for: {first}. Check that it was made for this model."
            );
    }

    /// <summary>Writes an adapter; the folder appears whole or not at all.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Its size.</param>
    /// <param name="matrices">The names of the matrices it changes, as in the model's checkpoint.</param>
    /// <param name="parameters">Its weights.</param>
    /// <param name="baseModel">Hub id or folder of the model below it, for the reader of the files.</param>
    public static void Write(
        string folder,
        LoraOptions options,
        IEnumerable<string> matrices,
        ParameterSet parameters,
        string? baseModel
    ) => AtomicFolder.Write(folder, building =>
        {
            var config = new JsonObject
            {
                ["peft_type"] = "LORA",
                ["base_model_name_or_path"] = baseModel,
                ["r"] = options.Rank,
                ["lora_alpha"] = options.Alpha,
                ["lora_dropout"] = 0.0,
                ["bias"] = "none",
                ["fan_in_fan_out"] = false,
                ["task_type"] = null,
                ["target_modules"] = new JsonArray([.. matrices.Select(name => (JsonNode)name[..^".weight".Length])]),
            };
            File.WriteAllText(
                Path.Combine(building, ConfigFile),
                config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n"
            );
            using (NewDisposeScope())
                SafetensorsWriter.Write(Path.Combine(building, WeightsFile), parameters.Named());
        });

    /// <summary>Whether a setting of PEFT says anything: not null, false, "none" or empty.</summary>
    private static bool IsSet(JsonNode? setting) =>
        setting switch
        {
            JsonArray list => list.Count > 0,
            JsonObject map => map.Count > 0,
            _ => setting?.ToJsonString() is not (null or "false" or "\"none\""),
        };
}
