using CrossEncoders.Files;
using CrossEncoders.Hub;
using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;

namespace CrossEncoders;

/// <summary>A folder with an adapter alone: the model below it, and what the folder says of how pairs are read.</summary>
internal static class AdapterFolder
{
    /// <summary>Finds the model that an adapter was trained on.</summary>
    /// <param name="folder">The adapter's folder; its weights may still be missing.</param>
    /// <param name="pairs">Whether the model reads pairs, and not single texts.</param>
    /// <param name="open">Finds a model by id or path and revision.</param>
    /// <exception cref="CrossEncoderException">The adapter or its base is not supported, or the base cannot be found.</exception>
    public static PretrainedFiles Open(string folder, bool pairs, Func<string, string, PretrainedFiles> open)
    {
        var files = LoraFiles.Read(folder);
        var path = Path.Combine(folder, ModelFiles.AdapterConfig);
        if (!pairs)
            throw new CrossEncoderException(
                $"{folder} holds an adapter ({ModelFiles.AdapterConfig}), which is supported for cross-encoders only. Merge it into its "
                    + "model with PEFT (merge_and_unload) and load that."
            );
        var settings = ModelSettings.Load(folder);
        if (settings.Modules is { Unsupported: not null } or { Pooling.Count: > 0 })
            throw new CrossEncoderException(
                $"{folder} holds an adapter with modules of its own (modules.json), which is not supported. Merge it into its model with "
                    + "PEFT (merge_and_unload) and save that."
            );
        var named = files.BaseModel
            ?? throw new CrossEncoderException(
                $"{path} names no model below the adapter (base_model_name_or_path). Name it there, or load the model and then the "
                    + "adapter (LoadAdapter)."
            );
        // A path is one from the adapter's folder or, as in Python, from the current one.
        var place = ((string[])[Path.Combine(folder, named), named]).FirstOrDefault(Directory.Exists);
        if (place is null && !HubNames.IsId(named))
            throw new CrossEncoderException(
                $"{path} names '{Excerpt.Of(named, 200)}' as the model below the adapter, but there is no such folder, seen from {folder} "
                    + "or from the current one. Correct the file."
            );
        if (place is not null && Path.GetFullPath(place) == Path.GetFullPath(folder))
            throw new CrossEncoderException($"{path} names its own folder as the model below the adapter. Correct the file.");
        var model = open(place ?? named, files.BaseRevision ?? "main");
        if (model.Adapter is not null)
            throw new CrossEncoderException(
                $"{path} names another adapter, '{Excerpt.Of(named, 200)}', as its base, which is not supported. Merge that one first."
            );
        return model with { Adapter = files, Config = settings.IsCrossEncoder ? model.Config with { Settings = settings } : model.Config };
    }

    /// <summary>The same with the adapter's own tokenizer, where one was saved with it.</summary>
    /// <exception cref="CrossEncoderException">The tokenizer has more tokens than the model.</exception>
    public static PretrainedFiles WithItsTokenizer(PretrainedFiles model, string folder)
    {
        if (!File.Exists(Path.Combine(folder, "tokenizer_config.json")))
            return model;
        var tokenizer = TextTokenizer.Load(folder);
        return tokenizer.VocabularySize <= model.Config.VocabularySize
            ? model with
            {
                Tokenizer = tokenizer,
            }
            : throw new CrossEncoderException(
                $"The tokenizer in {folder} has {tokenizer.VocabularySize} tokens, but the model below the adapter only "
                    + $"{model.Config.VocabularySize}. They are not of the same checkpoint."
            );
    }
}
