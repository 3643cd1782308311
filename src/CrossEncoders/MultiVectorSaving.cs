using System.Text;
using CrossEncoders.Files;
using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>Writes a late-interaction model as a folder that this kit and Python read, in the layout that it was loaded from.</summary>
internal static class MultiVectorSaving
{
    /// <summary>Writes the folder, whole or not at all. See <see cref="MultiVectorEncoder.SavePretrained"/>.</summary>
    public static void Save(
        TextEncoder model,
        ModelConfig config,
        MultiVectorSettings settings,
        TextTokenizer tokenizer,
        string folder,
        ScalarType type,
        string card
    )
    {
        ModelSaving.CheckType(type);
        if (!settings.PromptsAreTheFiles)
            throw new CrossEncoderException(
                "The model came in ColBERT's layout, which has no place for a prefix but the marks it came with. Load it without "
                    + $"{nameof(MultiVectorEncoderOptions.QueryPrefix)} and {nameof(MultiVectorEncoderOptions.PassagePrefix)} to save it."
            );
        AtomicFolder.Write(folder, building =>
        {
            ModelSaving.WriteJson(building, ModelFiles.Config, config.EncoderToJson(ModelSaving.NameOf(type)));
            foreach (var (path, json) in settings.Files)
                ModelSaving.WriteJson(building, path, json);
            tokenizer.Save(building);
            // ColBERT's own names have the prefix that an encoder has below a head
            ModelSaving.WriteWeights(model.NamedByFile(bare: settings.Modules is not null), building, type);
            File.WriteAllText(Path.Combine(building, ModelFiles.Card), card, new UTF8Encoding(false));
        });
    }

    /// <summary>A short model card with the header that hubs read.</summary>
    public static string Card(string name, int width) =>
        "---\nlibrary_name: sentence-transformers\npipeline_tag: feature-extraction\ntags:\n- sentence-transformers\n"
        + $"- multi-vector\n- late-interaction\n---\n\n# {name}\n\nA late-interaction model: {width} numbers for each token that counts, "
        + "compared by MaxSim.\n";
}
