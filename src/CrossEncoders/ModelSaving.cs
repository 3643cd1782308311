using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrossEncoders.Files;
using CrossEncoders.Hub;
using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>Writes a cross-encoder as a folder that this kit and Python read, in the layout that it was loaded from.</summary>
internal static class ModelSaving
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the folder, whole or not at all. See <see cref="CrossEncoder.SavePretrained"/>.</summary>
    public static void Save(CrossEncoder model, string folder, ScalarType type, string? card)
    {
        CheckType(type);
        RequireWhole(model);
        AtomicFolder.Write(folder, building =>
        {
            SaveDescription(model, building, type);
            WriteWeights(model.Model.NamedByFile(), building, type);
            File.WriteAllText(Path.Combine(building, "README.md"), card ?? Card(model), new UTF8Encoding(false));
        });
    }

    /// <summary>Refuses a model with an adapter.</summary>
    public static void RequireWhole(CrossEncoder model)
    {
        if (model.Model.Adapter is not null)
            throw new CrossEncoderException(
                "The model has an adapter. Save that alone (Adapter.Save), or merge it first (Adapter.Merge) to save the whole."
            );
    }

    /// <summary>
    /// Refuses a file where a folder is to be, and the folder that this program works in, before the work whose result goes there.
    /// </summary>
    public static void RequireFolder(string folder)
    {
        if (File.Exists(folder))
            throw new CrossEncoderException(
                $"'{Path.GetFullPath(folder)}' is a file; expected the path of a folder, which is made where it is missing."
            );
        AtomicFolder.RefuseCurrent(Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder)));
    }

    /// <summary>Writes all but weights and model card: configuration, settings, tokenizer.</summary>
    public static void SaveDescription(CrossEncoder model, string folder, ScalarType type)
    {
        WriteJson(folder, ModelFiles.Config, model.Model.Config.ToJson(model.Model.Architecture, NameOf(type)));
        foreach (var (path, json) in SettingsFiles.Of(model))
            WriteJson(folder, path, json);
        model.Tokenizer.Save(folder);
        TokenizerConfig.SetModelMaxLength(folder, model.MaxLength);
    }

    /// <summary>Refuses what weights are not stored as.</summary>
    /// <exception cref="CrossEncoderException">The type is not one of three.</exception>
    public static void CheckType(ScalarType type)
    {
        if (type is not (ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16))
            throw new CrossEncoderException($"Weights cannot be saved as {type}; expected Float32, Float16 or BFloat16.");
    }

    /// <summary>Writes tensors, each into its file.</summary>
    public static void WriteWeights(IEnumerable<IGrouping<string, (string Name, Tensor Tensor)>> files, string folder, ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach (var file in files)
            SafetensorsWriter.Write(InFolder(folder, file.Key), file.Select(entry => (entry.Name, entry.Tensor.to(type))));
    }

    /// <summary>A short model card with the header that hubs read; a folder of this machine is not named.</summary>
    private static string Card(CrossEncoder model)
    {
        var published = HubNames.IsId(model.Source) && !Directory.Exists(model.Source);
        return "---\nlibrary_name: sentence-transformers\npipeline_tag: text-ranking\ntags:\n- sentence-transformers\n- cross-encoder\n"
            + "- reranker\n"
            + (published ? $"base_model: {model.Source}\n" : "")
            + $"---\n\n# {model.Name}\n\nA cross-encoder for re-ranking{(published ? $", saved from `{model.Source}`" : "")}.\n"
            + (model.Prompt.Length > 0 ? $"\nPrompt, as in config_sentence_transformers.json: `{model.Prompt.Trim()}`\n" : "");
    }

    /// <summary>Writes a file, indented.</summary>
    public static void WriteJson(string folder, string path, JsonNode json) =>
        File.WriteAllText(InFolder(folder, path), json.ToJsonString(Indented) + "\n");

    private static string InFolder(string folder, string path)
    {
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }

    /// <summary>A stored type, as a configuration names it.</summary>
    public static string NameOf(ScalarType type) =>
        type switch
        {
            ScalarType.Float16 => "float16",
            ScalarType.BFloat16 => "bfloat16",
            _ => "float32",
        };
}
