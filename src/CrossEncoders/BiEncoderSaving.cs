using System.Text;
using System.Text.Json.Nodes;
using CrossEncoders.Files;
using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>Writes a bi-encoder as a folder that this kit and Python read, in the layout that it was loaded from.</summary>
internal static class BiEncoderSaving
{
    private const string PoolingFolder = "1_Pooling";

    /// <summary>Writes the folder, whole or not at all. See <see cref="BiEncoder.SavePretrained"/>.</summary>
    public static void Save(
        TextEncoder model,
        ModelConfig config,
        BiEncoderChoice choice,
        TextTokenizer tokenizer,
        int maxLength,
        string folder,
        ScalarType type,
        string card
    )
    {
        ModelSaving.CheckType(type);
        AtomicFolder.Write(folder, building =>
        {
            ModelSaving.WriteJson(building, ModelFiles.Config, config.EncoderToJson(ModelSaving.NameOf(type)));
            foreach (var (path, json) in Files(config, choice, maxLength))
                ModelSaving.WriteJson(building, path, json);
            tokenizer.Save(building);
            TokenizerConfig.SetModelMaxLength(building, maxLength);
            ModelSaving.WriteWeights(model.NamedByFile(bare: true), building, type);
            File.WriteAllText(Path.Combine(building, ModelFiles.Card), card, new UTF8Encoding(false));
        });
    }

    /// <summary>A short model card with the header that hubs read.</summary>
    public static string Card(string name, int width) =>
        "---\nlibrary_name: sentence-transformers\npipeline_tag: sentence-similarity\ntags:\n- sentence-transformers\n"
        + $"- sentence-similarity\n- feature-extraction\n---\n\n# {name}\n\nA bi-encoder: a text becomes {width} numbers, compared by "
        + "cosine.\n";

    /// <summary>
    /// The files of sentence-transformers' layout, by path: those that the model came with, changed where an option said otherwise, and
    /// new ones where it came without.
    /// </summary>
    private static Dictionary<string, JsonNode> Files(ModelConfig config, BiEncoderChoice choice, int maxLength)
    {
        var settings = config.Settings;
        var files = settings.Modules is { Pooling.Count: > 0 } list ? new(list.Files) : NewModules(config.HiddenSize);
        if (settings.Modules is not { } listed || !listed.Pooling.SequenceEqual(choice.Modules.Pooling))
            SetPooling(files, choice.Modules.Pooling[0]);
        foreach (var (name, json) in settings.Files)
            files[name] = name == ModelSettings.ModelFile ? json : TextSettings.WithMaxLength(json, maxLength);
        if (settings.Files.Keys.All(name => name == ModelSettings.ModelFile))
            files["sentence_bert_config.json"] = new JsonObject { ["max_seq_length"] = maxLength, ["do_lower_case"] = false };
        if (!choice.PromptsAreTheFiles(settings))
            SetPrompts(files, choice);
        return files;
    }

    private static Dictionary<string, JsonNode> NewModules(int width)
    {
        string[] types =
        [
            "base.modules.transformer.Transformer",
            "sentence_transformer.modules.pooling.Pooling",
            "base.modules.normalize.Normalize",
        ];
        string[] folders = ["", PoolingFolder, "2_Normalize"];
        var list = new JsonArray();
        for (var i = 0; i < types.Length; i++)
            list.Add(
                new JsonObject
                {
                    ["idx"] = i,
                    ["name"] = $"{i}",
                    ["path"] = folders[i],
                    ["type"] = $"sentence_transformers.{types[i]}",
                }
            );
        return new()
        {
            [ModuleList.FileName] = list,
            [$"{PoolingFolder}/config.json"] = new JsonObject { ["embedding_dimension"] = width, ["include_prompt"] = true },
            ["2_Normalize/config.json"] = new JsonObject(),
        };
    }

    private static void SetPooling(Dictionary<string, JsonNode> files, Pooling pooling)
    {
        var entries = files[ModuleList.FileName].As<IReadOnlyList<ModuleEntry?>>(ModuleList.FileName);
        var path = $"{entries.First(entry => entry?.Class == "Pooling")!.Path}/config.json";
        var json = (JsonObject)files[path].DeepClone();
        foreach (var key in json.Select(entry => entry.Key).Where(key => key.StartsWith("pooling_mode", StringComparison.Ordinal)).ToList())
            json.Remove(key);
        json["pooling_mode"] = PoolingFile.NameOf(pooling);
        files[path] = json;
    }

    private static void SetPrompts(Dictionary<string, JsonNode> files, BiEncoderChoice choice)
    {
        var json = files.GetValueOrDefault(ModelSettings.ModelFile)?.DeepClone().AsObject()
            ?? new JsonObject
            {
                ["model_type"] = "SentenceTransformer",
                ["default_prompt_name"] = null,
                ["similarity_fn_name"] = "cosine",
            };
        if (json["prompts"] is not JsonObject prompts)
            json["prompts"] = prompts = [];
        (prompts["query"], prompts["document"]) = (choice.QueryPrefix, choice.PassagePrefix);
        files[ModelSettings.ModelFile] = json;
    }
}
