using System.Text.Json.Nodes;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>A checkpoint of a given shape with random weights: speed and memory do not depend on what a model knows.</summary>
internal static class RandomModel
{
    /// <summary>The shape of cross-encoder/ms-marco-MiniLM-L6-v2: BERT, 6 layers × 384, vocabulary 30522; the tokenizer is copied from a folder.</summary>
    public static string MiniLM(string tokenizer, string folder)
    {
        const int Layers = 6, Hidden = 384, Inner = 1536, Vocabulary = 30_522, Positions = 512;
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(tokenizer)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        File.WriteAllText(Path.Combine(folder, "config.json"), new JsonObject
        {
            ["architectures"] = new JsonArray("BertForSequenceClassification"),
            ["model_type"] = "bert",
            ["vocab_size"] = Vocabulary,
            ["hidden_size"] = Hidden,
            ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = 12,
            ["intermediate_size"] = Inner,
            ["max_position_embeddings"] = Positions,
            ["id2label"] = new JsonObject { ["0"] = "LABEL_0" },
        }.ToJsonString());

        using var scope = NewDisposeScope();
        random.manual_seed(2024);
        var tensors = new List<(string, Tensor)>();
        void Table(string name, int rows) => tensors.Add((name + ".weight", randn(rows, Hidden) * 0.02));
        void Norm(string name) => tensors.AddRange([(name + ".weight", ones(Hidden)), (name + ".bias", zeros(Hidden))]);
        void Dense(string name, int outputs, int inputs) => tensors.AddRange([(name + ".weight", randn(outputs, inputs) * 0.02), (name + ".bias", zeros(outputs))]);

        Table("bert.embeddings.word_embeddings", Vocabulary);
        Table("bert.embeddings.position_embeddings", Positions);
        Table("bert.embeddings.token_type_embeddings", 2);
        Norm("bert.embeddings.LayerNorm");
        for (var i = 0; i < Layers; i++)
        {
            var layer = $"bert.encoder.layer.{i}.";
            foreach (var part in (string[])["query", "key", "value"]) Dense($"{layer}attention.self.{part}", Hidden, Hidden);
            Dense(layer + "attention.output.dense", Hidden, Hidden);
            Norm(layer + "attention.output.LayerNorm");
            Dense(layer + "intermediate.dense", Inner, Hidden);
            Dense(layer + "output.dense", Hidden, Inner);
            Norm(layer + "output.LayerNorm");
        }

        Dense("bert.pooler.dense", Hidden, Hidden);
        Dense("classifier", 1, Hidden);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);
        return folder;
    }
}
