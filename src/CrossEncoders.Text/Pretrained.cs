using CrossEncoders.Files;
using CrossEncoders.Hub;
using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;

namespace CrossEncoders;

/// <summary>What of a model is on disk, judged and ready to be loaded.</summary>
/// <param name="Folder">Where the weights lie.</param>
/// <param name="Config">Their configuration.</param>
/// <param name="Tokenizer">The tokenizer.</param>
/// <param name="Adapter">The adapter to put on the weights; null for none.</param>
internal sealed record PretrainedFiles(string Folder, ModelConfig Config, TextTokenizer Tokenizer, LoraFiles? Adapter);

/// <summary>
/// What cross- and bi-encoders load alike: a model's folder, configuration and tokenizer, judged before any weights are read.
/// </summary>
internal static class Pretrained
{
    /// <summary>The least maximum length, in tokens: special tokens and a word or two of each segment.</summary>
    public const int LeastLength = 8;

    /// <summary>
    /// Finds a model. One of the hub is judged by its configuration before its weights are downloaded; an adapter is judged with the model
    /// below it, which is found, too.
    /// </summary>
    /// <param name="idOrPath">A folder or a hub id.</param>
    /// <param name="revision">Branch, tag or commit on the hub.</param>
    /// <param name="read">Reads the configuration in a folder; an error of it ends the download.</param>
    /// <param name="pairs">Whether the model reads pairs, and not single texts.</param>
    /// <param name="ownLength">Whether the caller sets the maximum length, so that the tokenizer's does not matter.</param>
    /// <param name="hub">The hub; null for the environment's.</param>
    /// <param name="report">Takes notes on a download where there is no <paramref name="progress"/>; null for nobody.</param>
    /// <param name="progress">Told of a download.</param>
    /// <param name="choice">Chooses the files of one of the hub; null for those that libtorch loads.</param>
    /// <param name="cancellation">Ends a download.</param>
    /// <exception cref="CrossEncoderException">
    /// The model cannot be found, or its configuration and tokenizer do not fit each other.
    /// </exception>
    public static PretrainedFiles Open(
        string idOrPath,
        string revision,
        Func<string, ModelConfig> read,
        bool pairs,
        bool ownLength,
        HubOptions? hub = null,
        Action<string>? report = null,
        IProgress<WorkProgress>? progress = null,
        FileChoice? choice = null,
        CancellationToken cancellation = default
    )
    {
        progress ??= report is null ? null : new DownloadNotes(report);
        PretrainedFiles? adapted = null;
        PretrainedFiles Adapted(string folder) =>
            adapted ??= AdapterFolder.Open(folder, pairs, (id, version) =>
                Open(id, version, read, pairs, ownLength, hub, null, progress, null, cancellation)
            );
        var folder = HuggingFaceHub.Resolve(
            idOrPath,
            partial => _ = LoraFiles.IsAdapter(partial) ? Adapted(partial).Config : read(partial),
            revision,
            hub,
            progress,
            choice,
            cancellation
        );
        if (LoraFiles.IsAdapter(folder))
            return AdapterFolder.WithItsTokenizer(Adapted(folder), folder);
        var config = read(folder);
        var tokenizer = TextTokenizer.Load(folder);
        Check(folder, config, tokenizer, pairs, ownLength);
        return new(folder, config, config.Settings.Texts.LowerCase == true ? tokenizer.InLowerCase() : tokenizer, null);
    }

    /// <summary>Whether a configuration and a tokenizer fit each other.</summary>
    /// <exception cref="CrossEncoderException">They do not.</exception>
    private static void Check(string folder, ModelConfig config, TextTokenizer tokenizer, bool pairs, bool ownLength)
    {
        if (tokenizer.VocabularySize > config.VocabularySize)
            throw new CrossEncoderException(
                $"The tokenizer in {folder} has {tokenizer.VocabularySize} tokens, but the model only {config.VocabularySize}. They are "
                    + "not of the same checkpoint."
            );
        foreach (
            var type in tokenizer
                .TypeIds(pairs)
                .Where(type => config.TypeVocabularySize > 0 && (type < 0 || type >= config.TypeVocabularySize))
        )
            throw new CrossEncoderException(
                $"The tokenizer in {folder} gives tokens the type {type}, but the model only knows the types below "
                    + $"{config.TypeVocabularySize} (type_vocab_size). If it was trained without token types, state "
                    + "\"model_input_names\": [\"input_ids\", \"attention_mask\"] in tokenizer_config.json."
            );
        if (!ownLength && config.Settings.Texts.MaxLength < LeastLength)
            throw new CrossEncoderException(
                $"The model in {folder} states a maximum length of {config.Settings.Texts.MaxLength} tokens (sentence_bert_config.json); "
                    + $"expected at least {LeastLength}. Correct the file."
            );
        if (!ownLength && config.Settings.Texts.MaxLength is null && tokenizer.ModelMaxLength < LeastLength)
            throw new CrossEncoderException(
                $"{Path.Combine(folder, "tokenizer_config.json")}: \"model_max_length\" is {tokenizer.ModelMaxLength}; expected at least "
                    + $"{LeastLength} tokens. Correct the file."
            );
    }

    /// <summary>A note on the weights of a checkpoint that were passed over; null where there were none.</summary>
    public static string? Unexpected(string idOrPath, IReadOnlyList<string> names)
    {
        const int Shown = 10;
        if (names.Count == 0)
            return null;
        return $"{idOrPath} has weights that the model has no place for and that were passed over: {string.Join(", ", names.Take(Shown))}"
            + (names.Count > Shown ? $" and {names.Count - Shown} more." : ".");
    }
}
