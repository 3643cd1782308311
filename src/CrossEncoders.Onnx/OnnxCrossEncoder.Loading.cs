using CrossEncoders.Hub;
using CrossEncoders.Modeling;
using CrossEncoders.Runtime;

namespace CrossEncoders.Onnx;

public sealed partial class OnnxCrossEncoder
{
    /// <summary>
    /// Loads a model from a folder that has an ONNX file, configuration and tokenizer, or by the id of such a repository of the hub, of
    /// which only these are downloaded.
    /// </summary>
    /// <param name="idOrPath">
    /// The folder, as <c>ExportOnnx</c> and optimum write it, or the id, such as "cross-encoder/ms-marco-MiniLM-L6-v2".
    /// </param>
    /// <param name="options">How it is loaded; null for the defaults.</param>
    /// <param name="progress">Told of a download; null for a line to <c>options.Report</c> now and then.</param>
    /// <param name="cancellation">Ends a download; what has arrived is kept for the next.</param>
    /// <exception cref="CrossEncoderException">
    /// Something is missing or broken, cannot be fetched, or asks for what the kit does not do.
    /// </exception>
    public static OnnxCrossEncoder FromPretrained(
        string idOrPath,
        OnnxCrossEncoderOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => Open(idOrPath, options ?? new(), hub: null, progress, cancellation);

    /// <summary>The same from a certain hub; null for the environment's.</summary>
    internal static OnnxCrossEncoder Open(
        string idOrPath,
        OnnxCrossEncoderOptions options,
        HubOptions? hub,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        options.LongDocuments?.Check();
        if (options.BatchSize < 1 || options.TokenBudget < 1 || options.Threads < 1)
            throw new CrossEncoderException(
                $"BatchSize is {options.BatchSize}, TokenBudget {options.TokenBudget} and Threads {options.Threads}; expected at least 1 "
                    + "each."
            );
        progress ??= new DownloadNotes(options.Report);
        var asked = new CrossEncoderWishes
        {
            Prompt = options.Prompt,
            PromptName = options.PromptName,
            Activation = options.Activation,
        };
        var (folder, config, tokenizer, _) = Pretrained.Open(
            idOrPath,
            options.Revision,
            each => CrossEncoderChoice.Of(ModelConfig.Load(each), each, asked),
            pairs: true,
            ownLength: options.MaxLength is not null,
            hub,
            progress: progress,
            choice: OnnxChoice.Description(options),
            cancellation: cancellation
        );
        if (!config.HasHead)
            throw new CrossEncoderException($"The model in {folder} is an encoder without a head, which scores no pairs.");
        if (options.LongDocuments is not null && config.Labels != 1)
            throw new CrossEncoderException($"Windows of long documents need a model with one label; {folder} has {config.Labels}.");
        var longest = Family.Of(config).MaxLength(config);
        PairChecks.Length(options.MaxLength, longest);
        var limit = Math.Min(longest, config.Settings.Texts.MaxLength ?? tokenizer.ModelMaxLength ?? int.MaxValue);
        if (!Directory.Exists(idOrPath)) // of the commit that the configuration is of, now with what was chosen by it
            folder = HuggingFaceHub.Resolve(
                idOrPath,
                _ => { },
                Path.GetFileName(folder),
                hub,
                progress,
                OnnxChoice.Whole(options, QualityNote.In(folder)),
                cancellation
            );
        var choice = ChoiceIn(folder, options);
        var session = OnnxSession.Open(Path.Combine(folder, choice.File), config.Labels, options);
        return new(idOrPath, folder, choice, session, config, tokenizer, options.MaxLength ?? limit, options);
    }

    private static OnnxChoice ChoiceIn(string folder, OnnxCrossEncoderOptions options) =>
        OnnxChoice.Of(name => File.Exists(Path.Combine(folder, name)), options, QualityNote.Valid(folder, report: options.Report))
        ?? throw new CrossEncoderException(
            $"The folder {folder} has no {OnnxChoice.Names(options)}. Export the model to it (ExportOnnx) or name its file as the option "
                + $"{nameof(OnnxCrossEncoderOptions.File)}."
        );
}
