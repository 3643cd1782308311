using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Scoring;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Onnx;

/// <summary>
/// A re-ranker on ONNX Runtime: the scores of the checkpoint, without libtorch. Safe for concurrent use.
/// </summary>
public sealed partial class OnnxCrossEncoder : IPassageScorer, IDisposable
{
    private readonly OnnxCrossEncoderOptions _options;
    private readonly ModelConfig _config;
    private readonly string _folder;
    private readonly OnnxChoice _choice;
    private readonly OnnxSession _session;
    private readonly Lifetime _lifetime;
    private readonly PairReader _reader;

    private OnnxCrossEncoder(
        string source,
        string folder,
        OnnxChoice choice,
        OnnxSession session,
        ModelConfig config,
        TextTokenizer tokenizer,
        int maxLength,
        OnnxCrossEncoderOptions options
    )
    {
        (Source, _folder, _choice, _session, _config) = (source, folder, choice, session, config);
        (Tokenizer, MaxLength, _options) = (tokenizer, maxLength, options);
        _lifetime = new(this, session);
        Activation = options.Activation ?? ScoreActivation.Of(config.ScoreActivation, folder) ?? ScoreActivation.Usual(Labels);
        Prompt = options.Prompt ?? (options.PromptName is { } prompt ? config.Settings.Prompt(prompt) : config.Settings.DefaultPrompt);
        _reader = PairReader.Of(config, tokenizer, Prompt, folder);
        Name = options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(source));
    }

    /// <summary>The hub id or folder it was loaded from.</summary>
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

    /// <summary>
    /// What turns a logit into a score: what the options say, else what the checkpoint says, else the sigmoid for one label and nothing for
    /// several, whose logits are the scores.
    /// </summary>
    public Func<float, float> Activation { get; }

    /// <summary>What the file says of itself: who wrote it, its architecture, precision, and quality where it was compared.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _session.Metadata;

    /// <summary>Which file computes, why that one and on what, in one line.</summary>
    public string Description =>
        $"ONNX Runtime on {Processor.InstructionSet}: {_choice.File}, {_choice.Why}; pairs of up to {MaxLength} tokens.";

    /// <summary>What has to be the same for another process to give the same scores, for <see cref="ScoringJob"/>.</summary>
    public ScorerIdentity Identity()
    {
        var settings = ScorerIdentity.SettingsOf(_options.BatchSize, _options.TokenBudget, MaxLength, Prompt, _options.LongDocuments);
        settings["engine"] = "onnx";
        var file = Path.Combine(_folder, _choice.File);
        var name = Path.GetRelativePath(_folder, file).Replace('\\', '/');
        string[] files = File.Exists(file + "_data") ? [name, name + "_data"] : [name]; // weights beyond 2 GB lie beside the graph
        var threads = _options.Threads ?? Environment.ProcessorCount;
        return new(Name, ScorerIdentity.FingerprintOf([_folder], files), settings, $"{Processor.Kind}, {threads} threads");
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

    /// <summary>
    /// Scores of pairs, by the first of these that is given: <paramref name="activation"/>, <see
    /// cref="OnnxCrossEncoderOptions.Activation"/>, the one stored in the checkpoint; else the sigmoid for one label and, for several,
    /// none: their logits.
    /// </summary>
    /// <param name="pairs">Queries and passages.</param>
    /// <param name="activation">Another function of a logit, for example <c>x => x</c>; null for the default.</param>
    /// <param name="softmax">Whether to take the softmax over several labels, whatever option or checkpoint say.</param>
    /// <param name="progress">Receives the number of pairs done.</param>
    /// <param name="cancellation">Stops the work.</param>
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
