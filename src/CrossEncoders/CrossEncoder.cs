using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>
/// A re-ranker: reads a query and a passage together and scores how well they belong together. Safe for concurrent predictions; not for
/// predictions while it is being trained.
/// </summary>
/// <remarks>Modelled on sentence-transformers' <c>CrossEncoder</c> (<c>predict</c>, <c>rank</c>).</remarks>
public sealed partial class CrossEncoder : IPassageScorer, IDisposable
{
    private readonly CrossEncoderOptions _options;
    private readonly Lifetime _lifetime;
    private readonly PairReader _reader;

    private CrossEncoder(
        string source,
        IReadOnlyList<string> folders,
        SequenceClassifier model,
        TextTokenizer tokenizer,
        DeviceChoice device,
        int maxLength,
        CrossEncoderOptions options
    )
    {
        (Source, Folders, Model, Tokenizer, Device, MaxLength, _options) = (source, folders, model, tokenizer, device, maxLength, options);
        _lifetime = new(this, model);
        Activation = options.Activation ?? ScoreActivation.Of(model.Config.ScoreActivation, source) ?? ScoreActivation.Usual(Labels);
        var settings = model.Config.Settings;
        Prompt = options.Prompt ?? (options.PromptName is { } prompt ? settings.Prompt(prompt) : settings.DefaultPrompt);
        _reader = PairReader.Of(model.Config, tokenizer, Prompt, folders[0]);
        Name = options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(source));
        // What was compared is the folder's own model, whole.
        var compared = options is { ComputeType: null, Layers: null } && folders is [var alone];
        var note = compared ? QualityNote.OfProducts(folders[0], options.Report) : null;
        model.SetComputeType(Devices.TypeOf(device.Device, options.ComputeType, note)); // and of an adapter on it
    }

    /// <summary>The hub id or folder it was loaded from.</summary>
    public string Source { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Where it lies on disk: the model's folder, and that of an adapter it was loaded with.</summary>
    internal IReadOnlyList<string> Folders { get; }

    /// <summary>How it was loaded.</summary>
    internal CrossEncoderOptions Options => _options;

    /// <summary>The network.</summary>
    internal SequenceClassifier Model { get; }

    /// <summary>The tokenizer.</summary>
    public TextTokenizer Tokenizer { get; }

    /// <summary>Where it computes, and why there.</summary>
    public DeviceChoice Device { get; }

    /// <summary>The longest pair in tokens; longer ones are truncated and reported.</summary>
    public int MaxLength { get; }

    /// <summary>What stands in front of every query when a pair is read; empty for nothing.</summary>
    public string Prompt { get; }

    /// <summary>How many scores a pair gets.</summary>
    public int Labels => Model.Config.Labels;

    /// <summary>
    /// The weights that the checkpoint lacks, those of a bare encoder's head: they start at random, and so do all scores. Empty once the
    /// model has been trained.
    /// </summary>
    public IReadOnlyList<string> RandomWeights { get; internal set; } = [];

    /// <summary>
    /// What turns a logit into a score, computed in fp32: what the options say, else what the checkpoint says, else the sigmoid for one
    /// label and nothing for several, whose logits are the scores.
    /// </summary>
    public Func<float, float> Activation { get; }

    /// <summary>Where and how it computes, in one line: device, type of the matrix products and why, longest pair.</summary>
    public string Description =>
        $"{Device.Reason} Products in {Devices.Why(Model.Parameters.ProductType, _options.ComputeType)}; "
        + $"pairs of up to {MaxLength} tokens.";

    /// <summary>
    /// Loads a model by hub id ("BAAI/bge-reranker-base") or from a folder in Hugging Face layout; of a LoRA adapter in PEFT's layout, the
    /// model below it with the adapter on it.
    /// </summary>
    /// <param name="idOrPath">The id or the folder.</param>
    /// <param name="options">How it is loaded; null for the defaults.</param>
    /// <param name="progress">Told of a download; null for a line to <c>options.Report</c> now and then.</param>
    /// <param name="cancellation">Ends a download; what has arrived is kept for the next.</param>
    /// <exception cref="CrossEncoderException">The model cannot be found, is broken, or is of an unsupported architecture.</exception>
    public static CrossEncoder FromPretrained(
        string idOrPath,
        CrossEncoderOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new();
        options.LongDocuments?.Check();
        if (options.BatchSize < 1 || options.TokenBudget < 1)
            throw new CrossEncoderException(
                $"BatchSize is {options.BatchSize} and TokenBudget {options.TokenBudget}; expected at least 1 each."
            );
        var wishes = new CrossEncoderWishes
        {
            Labels = options.Labels,
            Layers = options.Layers,
            Prompt = options.Prompt,
            PromptName = options.PromptName,
            Activation = options.Activation,
        };
        var (folder, config, tokenizer, adapter) = Pretrained.Open(
            idOrPath,
            options.Revision,
            folder => CrossEncoderChoice.Of(ModelConfig.Load(folder), folder, wishes),
            pairs: true,
            ownLength: options.MaxLength is not null,
            report: options.Report,
            progress: progress,
            cancellation: cancellation
        );
        config = CrossEncoderChoice.WithYesAndNo(config, tokenizer, folder);
        var device = Devices.Choose(options.Device);
        _ = Devices.TypeOf(device.Device, options.ComputeType); // refused before the weights are read
        var model = SequenceClassifier.Load(folder, device.Device, config, out var fresh);
        var limit = Math.Min(model.Encoder.MaxLength, config.Settings.Texts.MaxLength ?? tokenizer.ModelMaxLength ?? int.MaxValue);
        try
        {
            PairChecks.Length(options.MaxLength, model.Encoder.MaxLength);
            if (adapter is not null)
                fresh = LoraAdapter.Load(model.Parameters, adapter).NotIn(fresh);
            if (Pretrained.Unexpected(idOrPath, model.Parameters.Unexpected) is { } unexpected)
                options.Report(unexpected);
            if (fresh.Count > 0)
                options.Report(
                    $"{idOrPath} is an encoder without a head: {string.Join(", ", fresh)} start at random and have to be trained."
                );
            string[] folders = adapter is null ? [folder] : [folder, adapter.Folder];
            return new(idOrPath, folders, model, tokenizer, device, options.MaxLength ?? limit, options) { RandomWeights = fresh };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Logits of pairs, (pairs) for one label, (pairs × labels) row by row for more; of long documents as <see
    /// cref="CrossEncoderOptions.LongDocuments"/> says.
    /// </summary>
    /// <exception cref="CrossEncoderException">A query or passage is null.</exception>
    /// <exception cref="ObjectDisposedException">
    /// The model was disposed of. (If that happens while it scores, the scoring finishes first.)
    /// </exception>
    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (_options.LongDocuments is { } documents)
            return ScoreInWindows(pairs, documents, progress, cancellation);
        using var use = _lifetime.Begin();
        var texts = Tokenize(pairs, cancellation);
        var logits = PairScoring.Score(Model, texts, Tokenizer.PaddingId, _options, progress, cancellation);
        PairChecks.AllAreNumbers(logits, Labels, Name);
        return logits;
    }

    /// <summary>
    /// Scores of pairs, by the first of these that is given: <paramref name="activation"/>, <see cref="CrossEncoderOptions.Activation"/>,
    /// the one stored in the checkpoint; else the sigmoid for one label and, for several, none: their logits.
    /// </summary>
    /// <param name="pairs">Queries and passages.</param>
    /// <param name="activation">Another function of a logit, for example <c>x => x</c>; null for the default.</param>
    /// <param name="softmax">
    /// Whether to take the softmax over several labels, row by row: of the logits, whatever option or checkpoint say, or of what <paramref
    /// name="activation"/> gives.
    /// </param>
    /// <param name="progress">Receives the number of pairs done.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <remarks>
    /// The activation is computed in fp32, so that scores near 0 and 1 stay apart; rank by <see cref="Score"/>. As sentence-transformers'
    /// <c>predict</c> (<c>activation_fn</c>, <c>apply_softmax</c>).
    /// </remarks>
    public float[] Predict(
        IReadOnlyList<TextPair> pairs,
        Func<float, float>? activation = null,
        bool softmax = false,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) =>
        PairResults.Predicted(
            Score(pairs, progress, cancellation),
            Labels,
            activation ?? Activation,
            softmax,
            asked: activation is not null
        );

    /// <summary>Tokenizes pairs to at most <see cref="MaxLength"/> tokens and reports the share that had to be truncated.</summary>
    public IReadOnlyList<TokenizedText> Tokenize(IReadOnlyList<TextPair> pairs, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        PairChecks.NoneIsNull(pairs);
        var texts = Encode(pairs);
        if (PairChecks.Truncated(texts, MaxLength) is { } note)
            _options.Report(note);
        return texts;
    }

    /// <summary>The tokens of pairs, prompt included, to at most <see cref="MaxLength"/>; nothing is reported.</summary>
    internal IReadOnlyList<TokenizedText> Encode(IEnumerable<TextPair> pairs) => _reader.Read(pairs, MaxLength);

    /// <summary>
    /// Saves config, tokenizer (with <see cref="MaxLength"/> as its limit) and weights in Hugging Face layout; the folder appears whole or
    /// not at all.
    /// </summary>
    /// <param name="folder">
    /// The folder to write; in one that exists a model is replaced once the new one is complete, and other files stay.
    /// </param>
    /// <param name="type">The stored type: Float32, Float16 or BFloat16.</param>
    /// <param name="card">The text of README.md, a model card; null for a short one.</param>
    /// <exception cref="CrossEncoderException">
    /// The folder cannot be written, the type is another, or the model has an adapter that is not merged.
    /// </exception>
    public void SavePretrained(string folder, ScalarType type = ScalarType.Float32, string? card = null)
    {
        using var use = _lifetime.Begin();
        ModelSaving.Save(this, folder, type, card);
    }

    /// <inheritdoc/>
    public void Dispose() => _lifetime.Dispose();
}
