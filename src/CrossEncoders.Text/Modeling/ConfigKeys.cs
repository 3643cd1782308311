using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrossEncoders.Modeling;

/// <summary>Families name the same thing differently in <c>config.json</c>; here each is given BERT's name.</summary>
internal static class ConfigKeys
{
    private static readonly (string Own, string Common)[] Decoder =
    [
        ("rms_norm_eps", "layer_norm_eps"),
        ("attention_dropout", "attention_probs_dropout_prob"),
    ];

    private static readonly Dictionary<string, (string Own, string Common)[]> ByModelType = new()
    {
        ["distilbert"] =
        [
            ("dim", "hidden_size"),
            ("n_layers", "num_hidden_layers"),
            ("n_heads", "num_attention_heads"),
            ("hidden_dim", "intermediate_size"),
            ("activation", "hidden_act"),
            ("dropout", "hidden_dropout_prob"),
            ("attention_dropout", "attention_probs_dropout_prob"),
            ("seq_classif_dropout", "classifier_dropout"),
        ],
        ["modernbert"] =
        [
            ("hidden_activation", "hidden_act"),
            ("mlp_dropout", "hidden_dropout_prob"),
            ("attention_dropout", "attention_probs_dropout_prob"),
            ("norm_eps", "layer_norm_eps"),
            ("classifier_activation", "head_activation"),
            ("classifier_bias", "head_bias"),
        ],
        ["qwen2"] = Decoder,
        ["qwen3"] = Decoder,
        ["deberta-v2"] = [("pooler_hidden_act", "head_activation"), ("cls_dropout", "classifier_dropout")],
    };

    /// <summary>A copy with BERT's names beside a family's own, and what a family leaves unsaid.</summary>
    public static JsonObject Common(JsonObject json)
    {
        var common = (JsonObject)json.DeepClone();
        if (common.TryGetPropertyValue("local_rope_theta", out var local) && local is null)
            common["local_rope_theta"] = common["global_rope_theta"]?.DeepClone();
        foreach (var key in common.Where(entry => entry.Value is null).Select(entry => entry.Key).ToList())
            common.Remove(key); // null says nothing
        var modelType = (common["model_type"] as JsonValue)?.ToString() ?? "";
        foreach (var (own, name) in ByModelType.GetValueOrDefault(modelType, []))
        {
            if (common[own] is { } value)
                common[name] = value.DeepClone();
        }

        if (common["id2label"] is JsonObject labels) // some name their labels by numbers
        {
            foreach (var (id, label) in labels.Where(label => label.Value?.GetValueKind() == JsonValueKind.Number).ToList())
                labels[id] = label!.ToJsonString();
        }

        if (modelType is "distilbert" or "modernbert" or "deberta-v2" or "qwen2" or "qwen3")
            common.TryAdd("type_vocab_size", 0);
        if (modelType == NewConfig.ModelType)
            common.TryAdd("type_vocab_size", 1);
        if (modelType is "qwen2" or "qwen3")
            AddOfDecoder(common);
        if (modelType == "modernbert")
            AddOfModernBert(common);
        if (common["pos_att_type"] is JsonValue joined)
            common["pos_att_type"] = new JsonArray([.. joined.ToString().Split('|').Select(part => (JsonNode)part.Trim())]);
        return common;
    }

    private static void AddOfDecoder(JsonObject common)
    {
        foreach (
            var (key, value) in ((string, JsonNode)[])
                [
                    ("hidden_dropout_prob", 0),
                    ("attention_probs_dropout_prob", 0),
                    ("layer_norm_eps", 1e-6),
                    ("hidden_act", "silu"),
                    ("attention_bias", false),
                ]
        )
            common.TryAdd(key, value);
        if ((common["rope_parameters"] as JsonObject)?["rope_theta"] is { } theta)
            common["rope_theta"] = theta.DeepClone();
    }

    private static void AddOfModernBert(JsonObject common)
    {
        foreach (var key in (string[])["norm_bias", "attention_bias", "mlp_bias", "head_bias"])
            common.TryAdd(key, false);
        foreach (
            var (key, theta) in ((string, double)[])
                [("hidden_dropout_prob", 0), ("attention_probs_dropout_prob", 0), ("layer_norm_eps", 1e-5), ("global_rope_theta", 160_000)]
        )
            common.TryAdd(key, theta);
        RopeTheta(common, "full_attention", "global_rope_theta");
        RopeTheta(common, "sliding_attention", "local_rope_theta");
    }

    /// <summary>The key under which a file gives its number of layers.</summary>
    public static string Layers(JsonObject json) => json.ContainsKey("n_layers") ? "n_layers" : "num_hidden_layers";

    /// <summary>Newer files give rotation speeds by kind of attention.</summary>
    private static void RopeTheta(JsonObject common, string kind, string key)
    {
        if (
            common["rope_parameters"] is JsonObject byKind
            && byKind[kind] is JsonObject parameters
            && parameters["rope_theta"] is { } theta
        )
            common[key] = theta.DeepClone();
    }
}
