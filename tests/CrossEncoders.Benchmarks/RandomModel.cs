using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>A checkpoint of a given shape with random weights: speed and memory do not depend on what a model knows.</summary>
internal static class RandomModel
{
    /// <summary>
    /// The shape of cross-encoder/ms-marco-MiniLM-L6-v2: BERT, 6 layers × 384, vocabulary 30522; the tokenizer is copied from a folder.
    /// </summary>
    public static string MiniLM(string tokenizer, string folder) =>
        Write(
            folder,
            tokenizer,
            new JsonObject
            {
                ["architectures"] = new JsonArray("BertForSequenceClassification"),
                ["model_type"] = "bert",
                ["vocab_size"] = 30_522,
                ["hidden_size"] = 384,
                ["num_hidden_layers"] = 6,
                ["num_attention_heads"] = 12,
                ["intermediate_size"] = 1536,
                ["max_position_embeddings"] = 512,
                ["id2label"] = new JsonObject { ["0"] = "LABEL_0" },
            }
        );

    /// <summary>
    /// The shape of BAAI/bge-reranker-base: XLM-R, 12 layers × 768, vocabulary 250002; the tokenizer is copied from a folder.
    /// </summary>
    public static string BgeRerankerBase(string tokenizer, string folder, int layers = 12) =>
        Write(
            folder,
            tokenizer,
            new JsonObject
            {
                ["architectures"] = new JsonArray("XLMRobertaForSequenceClassification"),
                ["model_type"] = "xlm-roberta",
                ["vocab_size"] = 250_002,
                ["hidden_size"] = 768,
                ["num_hidden_layers"] = layers,
                ["num_attention_heads"] = 12,
                ["intermediate_size"] = 3072,
                ["max_position_embeddings"] = 514,
                ["type_vocab_size"] = 1,
                ["pad_token_id"] = 1,
                ["layer_norm_eps"] = 1e-5,
                ["id2label"] = new JsonObject { ["0"] = "LABEL_0" },
            }
        );

    private static string Write(string folder, string tokenizer, JsonObject config)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(tokenizer))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        random.manual_seed(2024);
        using var model = SequenceClassifier.Create(ModelConfig.Load(folder), device("cpu"));
        using (NewDisposeScope())
            SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), model.Parameters.Named());
        return folder;
    }
}
