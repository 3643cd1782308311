using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Models with random weights, of architectures that the golden files lack or hold in part.</summary>
internal static class TinyModels
{
    /// <summary>A decoder of the family "qwen2" or "qwen3", with two heads of queries to one of keys.</summary>
    public static JsonObject Decoder(string family) =>
        JsonNode
            .Parse(
                $$"""
                {"model_type": "{{family}}", "architectures": ["Qwen3ForSequenceClassification"], "vocab_size": 32, "hidden_size": 8,
                 "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 4, "intermediate_size": 12,
                 "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "num_labels": 1, "tie_word_embeddings": true,
                 "initializer_range": 0.5}
                """
            )!
            .AsObject();

    /// <summary>gte-multilingual's architecture, as the hub's files describe it.</summary>
    public static JsonObject New(int vocabulary) =>
        JsonNode
            .Parse(
                $$"""
                {"model_type": "new", "architectures": ["NewForSequenceClassification"], "auto_map": {
                 "AutoConfig": "Alibaba-NLP/new-impl--configuration.NewConfig", "AutoModel": "Alibaba-NLP/new-impl--modeling.NewModel",
                 "AutoModelForSequenceClassification": "Alibaba-NLP/new-impl--modeling.NewForSequenceClassification"},
                 "vocab_size": {{vocabulary}}, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
                 "intermediate_size": 12, "hidden_act": "relu", "max_position_embeddings": 64, "layer_norm_eps": 1e-12,
                 "layer_norm_type": "layer_norm", "logn_attention_scale": false, "position_embedding_type": "rope", "pack_qkv": true,
                 "rope_theta": 50, "rope_scaling": {"type": "ntk", "factor": 8.0}, "type_vocab_size": 1, "pad_token_id": 1,
                 "num_labels": 1, "initializer_range": 0.5, "unpad_inputs": false, "use_memory_efficient_attention": false}
                """
            )!
            .AsObject();

    /// <summary>A configuration by way of its file.</summary>
    public static ModelConfig Config(string folder, JsonObject json)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), json.ToJsonString());
        return ModelConfig.Load(folder);
    }

    /// <summary>A model in which nothing is 0 or 1, biases and normalizations included.</summary>
    public static SequenceClassifier Create(ModelConfig config)
    {
        random.manual_seed(1);
        var model = SequenceClassifier.Create(config, CPU);
        using var guard = no_grad();
        foreach (var (_, values) in model.Parameters.Named())
            values.add_(randn_like(values) * 0.2);
        return model;
    }

    /// <summary>A whole model of gte-multilingual's architecture, as the hub's folders have it.</summary>
    public static string NewFolder(string target)
    {
        var folder = ModelFolder.Copy(Shared.Path("golden/models/xlm-roberta-bare"), target);
        using var model = Create(Config(folder, New(4002)));
        using (NewDisposeScope())
            SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), model.Parameters.Named());
        return folder;
    }
}
