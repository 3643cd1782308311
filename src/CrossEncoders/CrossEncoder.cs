using System.Globalization;
using System.Text;
using System.Text.Json;
using CrossEncoders.Files;
using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>How a cross-encoder is loaded.</summary>
public sealed record CrossEncoderOptions
{
    /// <summary>"auto", "cpu", "cuda", "cuda:N" or "mps".</summary>
    public string Device { get; init; } = "auto";

    /// <summary>The type matrices are multiplied in; null chooses bfloat16 where the device computes it fast, else float32.</summary>
    public ScalarType? ComputeType { get; init; }

    /// <summary>The longest pair in tokens; null takes the shorter of the tokenizer's and the model's own limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>The number of labels of a fresh head; null keeps the checkpoint's, 1 for a bare encoder.</summary>
    public int? Labels { get; init; }

    /// <summary>Load only the lowest layers of the encoder; null loads all.</summary>
    public int? Layers { get; init; }

    /// <summary>
    /// What makes a score of a logit; null takes what the checkpoint says (identity for the MS MARCO models), else the sigmoid for one label and the
    /// softmax for several.
    /// </summary>
    public Func<float, float>? Activation { get; init; }

    /// <summary>The most pairs in a batch when scoring.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The most tokens in a batch when scoring, padding included.</summary>
    public int TokenBudget { get; init; } = 8192;

    /// <summary>Branch, tag or commit on the hub.</summary>
    public string Revision { get; init; } = "main";

    /// <summary>A name for tables and charts; null takes the last part of the id or path.</summary>
    public string? Name { get; init; }

    /// <summary>Receives one-line notes (truncation, fresh and unused weights); standard error by default.</summary>
    public Action<string> Report { get; init; } = Console.Error.WriteLine;
}

/// <summary>A passage with its score, as <see cref="CrossEncoder.Rank"/> returns it.</summary>
/// <param name="CorpusId">Index of the passage in the list that was ranked.</param>
/// <param name="Score">The score after the activation.</param>
/// <param name="Text">The passage.</param>
public sealed record RankedPassage(int CorpusId, float Score, string Text);

/// <summary>
/// A re-ranker: reads a query and a passage together and scores how well they belong together. Safe for concurrent predictions; not for
/// predictions while it is being trained.
/// </summary>
/// <remarks>Modelled on sentence-transformers' <c>CrossEncoder</c> (<c>predict</c>, <c>rank</c>).</remarks>
public sealed class CrossEncoder : IPassageScorer, IDisposable
{
    private readonly CrossEncoderOptions _options;
    private readonly Func<float, float>? _activation;
    private readonly Lifetime _lifetime;

    private CrossEncoder(
        string source,
        SequenceClassifier model,
        TextTokenizer tokenizer,
        DeviceChoice device,
        int maxLength,
        CrossEncoderOptions options
    )
    {
        (Source, Model, Tokenizer, Device, MaxLength, _options) = (source, model, tokenizer, device, maxLength, options);
        _lifetime = new(this, model);
        _activation = options.Activation ?? StoredActivation(model.Config, source);
        Name = options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(source));
        var type = options.ComputeType ?? Devices.FastType(device.Device);
        model.Parameters.SetComputeType(type);
        var why =
            options.ComputeType is not null ? "as asked"
            : type == ScalarType.Float32 ? "the device has nothing faster"
            : "which the device computes fast";
        Description = $"{device.Reason} Products in {type.ToString().ToLowerInvariant()}, {why}; pairs of up to {maxLength} tokens.";
    }

    /// <summary>The hub id or folder it was loaded from.</summary>
    public string Source { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The network.</summary>
    public SequenceClassifier Model { get; }

    /// <summary>The tokenizer.</summary>
    public TextTokenizer Tokenizer { get; }

    /// <summary>Where it computes, and why there.</summary>
    public DeviceChoice Device { get; }

    /// <summary>The longest pair in tokens; longer ones are truncated and reported.</summary>
    public int MaxLength { get; }

    /// <summary>Scores a pair gets.</summary>
    public int Labels => Model.Config.Labels;

    /// <summary>
    /// What makes a score of a logit, computed in fp32: what the options say, else what the checkpoint says, else the sigmoid. (With several labels
    /// and neither of the first two, <see cref="Predict"/> takes the softmax instead.)
    /// </summary>
    public Func<float, float> Activation => _activation ?? Sigmoid;

    /// <summary>Where and how it computes, in one line: device, type of the matrix products and why, longest pair.</summary>
    public string Description { get; }

    /// <summary>Loads a model by hub id ("BAAI/bge-reranker-base") or from a folder in Hugging Face layout.</summary>
    /// <exception cref="CrossEncoderException">The model cannot be found, is broken, or is of an architecture the kit does not support.</exception>
    public static CrossEncoder FromPretrained(string idOrPath, CrossEncoderOptions? options = null)
    {
        options ??= new();
        if (options.BatchSize < 1 || options.TokenBudget < 1)
            throw new CrossEncoderException(
                $"BatchSize is {options.BatchSize} and TokenBudget {options.TokenBudget}; expected at least 1 each."
            );
        var (folder, config, tokenizer) = Pretrained.Open(
            idOrPath,
            options.Revision,
            folder => Wanted(ModelConfig.Load(folder), folder, options),
            pairs: true,
            ownLength: options.MaxLength is not null
        );
        var device = Devices.Choose(options.Device);
        var model = SequenceClassifier.Load(folder, device.Device, config, out var fresh);
        var limit = Math.Min(model.Encoder.MaxLength, tokenizer.ModelMaxLength ?? int.MaxValue);
        if (options.MaxLength is { } wanted && (wanted < Pretrained.LeastLength || wanted > model.Encoder.MaxLength))
        {
            model.Dispose();
            throw new CrossEncoderException(
                $"A maximum length of {wanted} tokens was asked for; this model takes {Pretrained.LeastLength} to {model.Encoder.MaxLength}."
            );
        }

        if (model.Parameters.Unexpected.Count > 0)
            options.Report(Pretrained.Unexpected(idOrPath, model.Parameters));
        if (fresh.Count > 0)
            options.Report($"{idOrPath} is an encoder without a head: {string.Join(", ", fresh)} start at random and have to be trained.");
        return new(idOrPath, model, tokenizer, device, options.MaxLength ?? limit, options);
    }

    /// <summary>Logits of pairs, (pairs) for one label, (pairs × labels) row by row for more.</summary>
    /// <exception cref="CrossEncoderException">A query or passage is null.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of. (One that is disposed of while it scores comes to its end first.)</exception>
    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var use = _lifetime.Begin();
        var texts = Tokenize(pairs, cancellation);
        var logits = new float[pairs.Count * Labels];
        var done = 0;
        foreach (var batch in TokenBatches.ByLength(texts, _options.BatchSize, _options.TokenBudget))
        {
            cancellation.ThrowIfCancellationRequested();
            using (no_grad())
            using (NewDisposeScope())
            {
                var (ids, types, mask) = TokenBatches.Pad([.. batch.Select(i => texts[i])], Tokenizer.PaddingId, Device.Device);
                var result = Model.Forward(ids, types, mask).cpu().data<float>().ToArray(); // (batch × labels)
                for (var row = 0; row < batch.Length; row++)
                    result.AsSpan(row * Labels, Labels).CopyTo(logits.AsSpan(batch[row] * Labels));
            }

            NativeHeap.TrimNowAndThen();
            done += batch.Length;
            progress?.Report(new WorkProgress("scoring pairs", done, pairs.Count));
        }

        return logits;
    }

    /// <summary>
    /// Scores of pairs, by the first of these that is given: <paramref name="activation"/>, <see cref="CrossEncoderOptions.Activation"/>, the one stored
    /// in the checkpoint; else the sigmoid for one label and the softmax, row by row, for several.
    /// </summary>
    /// <param name="pairs">Queries and passages.</param>
    /// <param name="activation">Another function of a logit, for example <c>x => x</c>; null for the default.</param>
    /// <param name="softmax">
    /// Whether to take the softmax over several labels: of the logits, whatever option or checkpoint say, or of what <paramref name="activation"/> gives.
    /// </param>
    /// <param name="progress">Receives the number of pairs done.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <remarks>
    /// The activation is computed in fp32, so that scores near 0 and 1 stay apart; rank by <see cref="Score"/>. The reference differs where several
    /// labels have no activation at all: it returns their logits, and the softmax only where asked (<c>apply_softmax</c>).
    /// </remarks>
    public float[] Predict(
        IReadOnlyList<TextPair> pairs,
        Func<float, float>? activation = null,
        bool softmax = false,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var scores = Score(pairs, progress, cancellation);
        var each = activation
            ?? (
                Labels == 1 ? Activation
                : softmax ? null
                : _activation
            );
        if (each is not null)
            scores = Array.ConvertAll(scores, x => each(x));
        if (Labels == 1 || (each is not null && !softmax))
            return scores;
        for (var start = 0; start < scores.Length; start += Labels)
        {
            var row = scores.AsSpan(start, Labels);
            System.Numerics.Tensors.TensorPrimitives.SoftMax(row, row);
        }

        return scores;
    }

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
    )
    {
        ArgumentNullException.ThrowIfNull(passages);
        if (topK < 1)
            throw new CrossEncoderException($"The best {topK} passages were asked for; expected at least 1, or null for all.");
        if (Labels != 1)
            throw new CrossEncoderException($"Ranking needs a model with one label; {Name} has {Labels}.");
        var logits = Score([.. passages.Select(passage => new TextPair(query, passage))], null, cancellation);
        return
        [
            .. Enumerable
                .Range(0, passages.Count)
                .OrderByDescending(i => logits[i])
                .Take(topK ?? passages.Count)
                .Select(i => new RankedPassage(i, Activation(logits[i]), passages[i])),
        ];
    }

    /// <summary>Tokenizes pairs to at most <see cref="MaxLength"/> tokens and reports the share that had to be truncated.</summary>
    public IReadOnlyList<TokenizedText> Tokenize(IReadOnlyList<TextPair> pairs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        cancellation.ThrowIfCancellationRequested();
        foreach (var (index, pair) in pairs.Index())
        {
            if (pair.Query is null || pair.Passage is null)
                throw new CrossEncoderException(
                    $"The {(pair.Query is null ? "query" : "passage")} of the pair at index {index} is null; expected a text, which may be empty."
                );
        }

        var texts = Tokenizer.EncodePairs(pairs.Select(pair => (pair.Query.Trim(), pair.Passage.Trim())), MaxLength);
        var truncated = texts.Count(text => text.Truncated);
        if (truncated > 0)
            _options.Report(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{truncated} of {pairs.Count} pairs ({100.0 * truncated / pairs.Count:0.#} %) are longer than {MaxLength} tokens and were truncated."
                )
            );
        return texts;
    }

    /// <summary>Puts a new LoRA adapter on the model: it changes nothing until it is trained, and then it alone is trained.</summary>
    /// <exception cref="CrossEncoderException">The model has one already, or nothing fits the options.</exception>
    public LoraAdapter AttachAdapter(LoraOptions? options = null) => LoraAdapter.Attach(Model, options);

    /// <summary>Puts a saved LoRA adapter on the model it was trained for.</summary>
    /// <exception cref="CrossEncoderException">Files are missing or broken, or do not fit the model; nothing changes.</exception>
    public LoraAdapter LoadAdapter(string folder) => LoraAdapter.Load(Model, folder);

    /// <summary>
    /// Saves config, tokenizer (with <see cref="MaxLength"/> as its limit) and weights in Hugging Face layout; the folder appears whole or not at all.
    /// </summary>
    /// <param name="folder">The folder to write; in one that exists a model is replaced once the new one is complete, and other files stay.</param>
    /// <param name="type">The stored type: Float32, Float16 or BFloat16.</param>
    /// <param name="card">The text of README.md, a model card; null for a short one.</param>
    /// <exception cref="CrossEncoderException">The folder cannot be written, the type is another, or the model has an adapter that is not merged.</exception>
    public void SavePretrained(string folder, ScalarType type = ScalarType.Float32, string? card = null)
    {
        if (type is not (ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16))
            throw new CrossEncoderException($"Weights cannot be saved as {type}; expected Float32, Float16 or BFloat16.");
        using var use = _lifetime.Begin();
        if (Model.Adapter is not null)
            throw new CrossEncoderException(
                "The model has an adapter. Save that alone (Adapter.Save), or merge it first (Adapter.Merge) to save the whole."
            );
        AtomicFolder.Write(folder, building =>
        {
            var config = Model.Config.ToJson(
                Model.Architecture,
                type switch
                {
                    ScalarType.Float16 => "float16",
                    ScalarType.BFloat16 => "bfloat16",
                    _ => "float32",
                }
            );
            File.WriteAllText(
                Path.Combine(building, "config.json"),
                config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n"
            );
            Tokenizer.Save(building);
            TokenizerConfig.SetModelMaxLength(building, MaxLength);
            using (NewDisposeScope())
                SafetensorsWriter.Write(
                    Path.Combine(building, "model.safetensors"),
                    Model.Parameters.Named().Select(entry => (entry.Name, entry.Tensor.to(type)))
                );
            File.WriteAllText(
                Path.Combine(building, "README.md"),
                card ?? $"# {Name}\n\nA cross-encoder for re-ranking, saved from `{Source}`.\n",
                new UTF8Encoding(false)
            );
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _lifetime.Dispose();

    private static ModelConfig Wanted(ModelConfig config, string folder, CrossEncoderOptions options)
    {
        if (options.Activation is null)
            _ = StoredActivation(config, folder);
        if (options.Layers is { } layers)
        {
            if (layers < 1 || layers > config.Layers)
                throw new CrossEncoderException(
                    $"{layers} layers were asked for, but the model in {folder} has {config.Layers}. Ask for 1 to {config.Layers}."
                );
            config = config with { Layers = layers };
        }

        if (options.Labels is { } labels && config.HasHead && labels != config.Labels)
            throw new CrossEncoderException(
                $"{labels} labels were asked for, but the model in {folder} has a head for {config.Labels}. Leave Labels out, or start from a bare encoder."
            );
        return config.HasHead ? config : config with { LabelNames = null, LabelCount = options.Labels ?? 1 };
    }

    private static Func<float, float>? StoredActivation(ModelConfig config, string source) =>
        config.ScoreActivation?.Split('.')[^1] switch
        {
            null => null,
            "Identity" => logit => logit,
            "Sigmoid" => Sigmoid,
            "Tanh" => MathF.Tanh,
            _ => throw new CrossEncoderException(
                $"The model in {source} makes its scores with '{config.ScoreActivation}'; known are Identity, Sigmoid and Tanh. "
                    + "Pass the function as the option Activation, for example x => x for the logits."
            ),
        };

    private static float Sigmoid(float logit) => 1f / (1f + MathF.Exp(-logit));
}
