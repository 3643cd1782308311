using System.Text.Json.Nodes;

namespace CrossEncoders.Modeling;

/// <summary>A configuration as it is written beside saved weights.</summary>
internal static class SavedConfig
{
    /// <summary>The configuration as JSON for a classifier of this shape, unknown keys kept.</summary>
    public static JsonObject ToJson(this ModelConfig config, string architecture, string dtype)
    {
        var json = config.EncoderToJson(dtype);
        if (config.Modules is not null)
            return json; // the encoder alone, as it came
        json["architectures"] = new JsonArray(architecture);
        json.Remove("num_labels");
        var names = Enumerable
            .Range(0, config.Labels)
            .Select(i => (Id: i.ToString(), Name: config.LabelNames?.GetValueOrDefault(i.ToString()) ?? $"LABEL_{i}"))
            .ToList();
        json["id2label"] = new JsonObject(names.Select(label => KeyValuePair.Create(label.Id, (JsonNode?)label.Name)));
        json["label2id"] = new JsonObject(
            names.DistinctBy(label => label.Name).Select(label => KeyValuePair.Create(label.Name, (JsonNode?)int.Parse(label.Id)))
        );
        return json;
    }

    /// <summary>The configuration as JSON for the encoder alone, unknown keys kept.</summary>
    public static JsonObject EncoderToJson(this ModelConfig config, string dtype)
    {
        var json = (JsonObject)config.Json.DeepClone();
        json[ConfigKeys.Layers(json)] = config.Layers;
        if (json["layer_types"] is JsonArray kinds)
            json["layer_types"] = new JsonArray([.. kinds.Take(config.Layers).Select(kind => kind?.DeepClone())]);
        json["vocab_size"] = config.VocabularySize;
        json.Remove("torch_dtype");
        json["dtype"] = dtype;
        return json;
    }
}
