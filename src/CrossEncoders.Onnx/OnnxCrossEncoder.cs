using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Scoring;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Onnx;

/// <summary>
/// A re-ranker on ONNX Runtime: the scores of <see cref="CrossEncoder"/>, without libtorch. Safe for concurrent use.
/// </summary>
public sealed class OnnxCrossEncoder : IPassageScorer, IDisposable
{
    private readonly OnnxCrossEncoderOptions _options;
    private readonly ModelConfig _config;
    private readonly string _file;
    private readonly Func<float, float>? _activation;
    private readonly OnnxSession _session;
    private readonly Lifetime _lifetime;
    private readonly PairReader _reader;

    private OnnxCrossEncoder(
        string folder,
        string file,
        OnnxSession session,
        ModelConfig config,
        TextTokenizer tokenizer,
        int maxLength,
        OnnxCrossEncoderOptions options
    )
    {
        (Source, _file, _session, _config) = (folder, file, session, config);
        (Tokenizer, MaxLength, _options) = (tokenizer, maxLength, options);
        _lifetime = new(this, session);
        _activation = options.Activation ?? ScoreActivation.Of(config.ScoreActivation, folder);
        Prompt = options.Prompt ?? (options.PromptName is { } prompt ? config.Settings.Prompt(prompt) : config.Settings.DefaultPrompt);
        _reader = new(tokenizer, Prompt, config.Settings.Texts.Truncation);
        Name = options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
    }

    /// <summary>The folder it was loaded from.</summary>
    public string Source { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The tokenizer.</summary>
    public TextTokenizer Tokenizer { get; }

    /// <summary>The longest pair in tokens; longer ones are truncated and reported.</summary>
    public int MaxLength { get; }

    /// <summary>What stands in front of every query when a pair is read; empty for nothing.</summary>
    public string Prompt { get; }

    /// <summary>Scores a pair gets.</summary>
    public int Labels => _config.Labels;

    /// <inheritdoc cref="CrossEncoder.Activation"/>
    public Func<float, float> Activation => _activation ?? Logistic.SigmoidSingle;

    /// <summary>What the file says of itself: who wrote it, its architecture, precision, and quality where it was compared.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _session.Metadata;

    /// <summary>What has to be the same for another process to give the same scores, for <see cref="ScoringJob"/>.</summary>
    public ScorerIdentity Identity()
    {
        var settings = ScorerIdentity.SettingsOf(_options.BatchSize, _options.TokenBudget, MaxLength, Prompt, _options.LongDocuments);
        settings["engine"] = "onnx";
        var name = Path.GetRelativePath(Source, _file).Replace('\\', '/');
        string[] files = File.Exists(_file + "_data") ? [name, name + "_data"] : [name]; // weights beyond 2 GB lie beside the graph
        var threads = _options.Threads ?? Environment.ProcessorCount;
        return new(Name, ScorerIdentity.FingerprintOf([Source], files), settings, $"{Processor.InstructionSet}, {threads} threads");
    }

    /// <summary>Loads a model from a folder that has an ONNX file, configuration and tokenizer.</summary>
    /// <param name="folder">The folder, as <see cref="OnnxExport.ExportOnnx"/> and optimum write it.</param>
    /// <param name="options">How it is loaded; null for the defaults.</param>
    /// <exception cref="CrossEncoderException">Something is missing or broken, or asks for what the kit does not do.</exception>
    public static OnnxCrossEncoder FromPretrained(string folder, OnnxCrossEncoderOptions? options = null)
    {
        options ??= new();
        options.LongDocuments?.Check();
        if (options.BatchSize < 1 || options.TokenBudget < 1 || options.Threads < 1)
            throw new CrossEncoderException(
                $"BatchSize is {options.BatchSize}, TokenBudget {options.TokenBudget} and Threads {options.Threads}; expected at least 1 "
                    + "each."
            );
        if (!Directory.Exists(folder))
            throw new CrossEncoderException($"There is no folder '{folder}'. Export a model to it (ExportOnnx), or check the path.");
        var choice = new CrossEncoderOptions
        {
            Prompt = options.Prompt,
            PromptName = options.PromptName,
            Activation = options.Activation,
        };
        var (_, config, tokenizer, _) = Pretrained.Open(
            folder,
            choice.Revision,
            each => CrossEncoderChoice.Of(ModelConfig.Load(each), each, choice),
            pairs: true,
            ownLength: options.MaxLength is not null
        );
        if (!config.HasHead)
            throw new CrossEncoderException($"The model in {folder} is an encoder without a head, which scores no pairs.");
        if (options.LongDocuments is not null && config.Labels != 1)
            throw new CrossEncoderException($"Windows of long documents need a model with one label; {folder} has {config.Labels}.");
        var family = Family.Of(config);
        var longest = family.Build(config, family, new ParameterSet()).MaxLength;
        PairChecks.Length(options.MaxLength, longest);
        var limit = Math.Min(longest, config.Settings.Texts.MaxLength ?? tokenizer.ModelMaxLength ?? int.MaxValue);
        var file = FileIn(folder, options.File);
        var session = OnnxSession.Open(file, config.Labels, options);
        return new(folder, file, session, config, tokenizer, options.MaxLength ?? limit, options);
    }

    /// <summary>
    /// Logits of pairs, (pairs) for one label, (pairs × labels) row by row for more; of long documents as <see
    /// cref="OnnxCrossEncoderOptions.LongDocuments"/> says.
    /// </summary>
    /// <exception cref="CrossEncoderException">A query or passage is null.</exception>
    /// <exception cref="ObjectDisposedException">
    /// The model was disposed of. (One that is disposed of while it scores comes to its end first.)
    /// </exception>
    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var use = _lifetime.Begin();
        cancellation.ThrowIfCancellationRequested();
        PairChecks.NoneIsNull(pairs);
        var windows = _options.LongDocuments is { } documents
            ? new DocumentWindows(pairs, documents, _reader, MaxLength, cancellation)
            : null;
        var texts = windows?.Texts ?? _reader.Read(pairs, MaxLength);
        if ((windows is null ? PairChecks.Truncated(texts, MaxLength) : windows.Note) is { } note)
            _options.Report(note);
        var logits = Logits(texts, progress, cancellation);
        var scores = windows?.Aggregate(logits) ?? logits;
        PairChecks.AllAreNumbers(scores, Labels, Name);
        return scores;
    }

    /// <inheritdoc cref="CrossEncoder.Predict"/>
    public float[] Predict(
        IReadOnlyList<TextPair> pairs,
        Func<float, float>? activation = null,
        bool softmax = false,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => PairResults.Predicted(Score(pairs, progress, cancellation), Labels, activation, _activation, softmax);

    /// <summary>Ranks passages for a query, best first, by logit.</summary>
    /// <param name="query">The query.</param>
    /// <param name="passages">The candidates.</param>
    /// <param name="topK">How many to return, at least 1; null for all.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public IReadOnlyList<RankedPassage> Rank(
        string query,
        IReadOnlyList<string> passages,
        int? topK = null,
        CancellationToken cancellation = default
    ) => PairResults.Ranked(this, Labels, Activation, query, passages, topK, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _lifetime.Dispose();

    private static string FileIn(string folder, string? asked)
    {
        string[] names = asked is null ? ["onnx/model.onnx", "onnx/model_fp16.onnx", "onnx/model_quantized.onnx"] : [asked];
        return names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new CrossEncoderException(
                $"The folder {folder} has no {string.Join(", no ", names)}. Export the model to it (ExportOnnx) or name its file as the "
                    + $"option {nameof(OnnxCrossEncoderOptions.File)}."
            );
    }

    private float[] Logits(IReadOnlyList<TokenizedText> texts, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var logits = new float[texts.Count * Labels];
        var done = 0;
        foreach (var batch in TokenBatches.ByLength(texts, _options.BatchSize, _options.TokenBudget))
        {
            var padded = TokenBatch.Pad([.. batch.Select(i => texts[i])], Tokenizer.PaddingId);
            var result = _session.Run(padded, cancellation); // (batch × labels)
            for (var row = 0; row < batch.Length; row++)
                result.AsSpan(row * Labels, Labels).CopyTo(logits.AsSpan(batch[row] * Labels));
            done += batch.Length;
            progress?.Report(new WorkProgress("scoring pairs", done, texts.Count));
        }

        return logits;
    }
}
