using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrossEncoders.Files;
using CrossEncoders.Tokenization;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>Writes a cross-encoder as a folder that this kit and Python read.</summary>
internal static class ModelSaving
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the folder, whole or not at all. See <see cref="CrossEncoder.SavePretrained"/>.</summary>
    public static void Save(CrossEncoder model, string folder, ScalarType type, string? card)
    {
        if (type is not (ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16))
            throw new CrossEncoderException($"Weights cannot be saved as {type}; expected Float32, Float16 or BFloat16.");
        if (model.Model.Adapter is not null)
            throw new CrossEncoderException(
                "The model has an adapter. Save that alone (Adapter.Save), or merge it first (Adapter.Merge) to save the whole."
            );
        AtomicFolder.Write(folder, building =>
        {
            WriteJson(Path.Combine(building, "config.json"), model.Model.Config.ToJson(model.Model.Architecture, NameOf(type)));
            model.Tokenizer.Save(building);
            TokenizerConfig.SetModelMaxLength(building, model.MaxLength);
            using (NewDisposeScope())
                SafetensorsWriter.Write(
                    Path.Combine(building, "model.safetensors"),
                    model.Model.Parameters.Named().Select(entry => (entry.Name, entry.Tensor.to(type)))
                );
            File.WriteAllText(
                Path.Combine(building, "README.md"),
                card ?? $"# {model.Name}\n\nA cross-encoder for re-ranking, saved from `{model.Source}`.\n",
                new UTF8Encoding(false)
            );
        });
    }

    private static void WriteJson(string path, JsonNode json) => File.WriteAllText(path, json.ToJsonString(Indented) + "\n");

    private static string NameOf(ScalarType type) =>
        type switch
        {
            ScalarType.Float16 => "float16",
            ScalarType.BFloat16 => "bfloat16",
            _ => "float32",
        };
}
