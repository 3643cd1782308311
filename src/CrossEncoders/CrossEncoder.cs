using System.Globalization;
using System.Text;
using System.Text.Json;
using CrossEncoders.Hub;
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

    /// <summary>What makes a score of a logit; null takes what the checkpoint says (identity for the MS MARCO models), else the sigmoid.</summary>
    public Func<float, float>? Activation { get; init; }

    /// <summary>The most pairs in a batch when scoring.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The most tokens in a batch when scoring, padding included.</summary>
    public int TokenBudget { get; init; } = 8192;

    /// <summary>Branch, tag or commit on the hub.</summary>
    public string Revision { get; init; } = "main";

    /// <summary>A name for tables and charts; null takes the last part of the id or path.</summary>
    public string? Name { get; init; }

    /// <summary>Receives one-line notes (device, truncation, fresh weights); standard error by default.</summary>
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

    private CrossEncoder(string source, SequenceClassifier model, TextTokenizer tokenizer, DeviceChoice device, int maxLength, CrossEncoderOptions options)
    {
        (Source, Model, Tokenizer, Device, MaxLength, _options) = (source, model, tokenizer, device, maxLength, options);
        Name = options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(source));
        var type = options.ComputeType ?? Devices.FastType(device.Device);
        model.Parameters.SetComputeType(type);
        var why = options.ComputeType is not null ? "as asked" : type == ScalarType.Float32 ? "the device has nothing faster" : "which the device computes fast";
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

    /// <summary>What makes a score of a logit, computed in fp32.</summary>
    public Func<float, float> Activation => _options.Activation ?? (Model.Config.ScoresAreLogits ? logit => logit : Sigmoid);

    /// <summary>Where and how it computes, in one line: device, type of the matrix products and why, longest pair.</summary>
    public string Description { get; }

    /// <summary>Loads a model by hub id ("BAAI/bge-reranker-base") or from a folder in Hugging Face layout.</summary>
    /// <exception cref="CrossEncoderException">The model cannot be found, is broken, or is of an architecture the kit does not support.</exception>
    public static CrossEncoder FromPretrained(string idOrPath, CrossEncoderOptions? options = null)
    {
        options ??= new();
        if (options.BatchSize < 1 || options.TokenBudget < 1)
            throw new CrossEncoderException($"BatchSize is {options.BatchSize} and TokenBudget {options.TokenBudget}; expected at least 1 each.");
        var folder = HuggingFaceHub.Resolve(idOrPath, options.Revision);
        var device = Devices.Choose(options.Device);
        var config = ModelConfig.Load(folder);
        if (options.Layers is { } layers)
        {
            if (layers < 1 || layers > config.Layers)
                throw new CrossEncoderException($"{layers} layers were asked for, but the model in {folder} has {config.Layers}. Ask for 1 to {config.Layers}.");
            config = config with { Layers = layers };
        }

        if (options.Labels is { } labels && config.HasHead && labels != config.Labels)
            throw new CrossEncoderException($"{labels} labels were asked for, but the model in {folder} has a head for {config.Labels}. Leave Labels out, or start from a bare encoder.");
        if (!config.HasHead) config = config with { LabelNames = null, LabelCount = options.Labels ?? 1 };
        var tokenizer = TextTokenizer.Load(folder);
        if (tokenizer.VocabularySize > config.VocabularySize)
            throw new CrossEncoderException(
                $"The tokenizer in {folder} has {tokenizer.VocabularySize} tokens, but the model only {config.VocabularySize}. They are not of the same checkpoint.");
        var model = SequenceClassifier.Load(folder, device.Device, config, out var fresh);
        var limit = Math.Min(model.Encoder.MaxLength, tokenizer.ModelMaxLength ?? int.MaxValue);
        if (options.MaxLength is { } wanted && (wanted < 8 || wanted > model.Encoder.MaxLength))
        {
            model.Dispose();
            throw new CrossEncoderException($"A maximum length of {wanted} tokens was asked for; this model takes 8 to {model.Encoder.MaxLength}.");
        }

        if (fresh.Count > 0) options.Report($"{idOrPath} is an encoder without a head: {string.Join(", ", fresh)} start at random and have to be trained.");
        return new(idOrPath, model, tokenizer, device, options.MaxLength ?? limit, options);
    }

    /// <summary>Logits of pairs, (pairs) for one label, (pairs × labels) row by row for more.</summary>
    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
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

    /// <summary>Scores of pairs: <see cref="Activation"/> for one label, so mostly 0..1; softmax, row by row, for more.</summary>
    /// <param name="pairs">Queries and passages.</param>
    /// <param name="activation">Another function of a logit, for example <c>x => x</c>; null for the default.</param>
    /// <param name="progress">Receives the number of pairs done.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <remarks>The activation is computed in fp32, so that scores near 0 and 1 stay apart; rank by <see cref="Score"/>.</remarks>
    public float[] Predict(
        IReadOnlyList<TextPair> pairs, Func<float, float>? activation = null, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        var logits = Score(pairs, progress, cancellation);
        if (activation is not null) return Array.ConvertAll(logits, x => activation(x));
        if (Labels == 1) return Array.ConvertAll(logits, x => Activation(x));
        for (var start = 0; start < logits.Length; start += Labels)
        {
            var row = logits.AsSpan(start, Labels);
            System.Numerics.Tensors.TensorPrimitives.SoftMax(row, row);
        }

        return logits;
    }

    /// <summary>Ranks passages for a query, best first, by logit.</summary>
    /// <param name="query">The query.</param>
    /// <param name="passages">The candidates.</param>
    /// <param name="topK">How many to return; null for all.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public IReadOnlyList<RankedPassage> Rank(string query, IReadOnlyList<string> passages, int? topK = null, CancellationToken cancellation = default)
    {
        if (Labels != 1) throw new CrossEncoderException($"Ranking needs a model with one label; {Name} has {Labels}.");
        var logits = Score([.. passages.Select(passage => new TextPair(query, passage))], null, cancellation);
        return [.. Enumerable.Range(0, passages.Count).OrderByDescending(i => logits[i]).Take(topK ?? passages.Count)
            .Select(i => new RankedPassage(i, Activation(logits[i]), passages[i]))];
    }

    /// <summary>Tokenizes pairs to at most <see cref="MaxLength"/> tokens and reports the share that had to be truncated.</summary>
    public IReadOnlyList<TokenizedText> Tokenize(IReadOnlyList<TextPair> pairs, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var texts = Tokenizer.EncodePairs(pairs.Select(pair => (pair.Query.Trim(), pair.Passage.Trim())), MaxLength);
        var truncated = texts.Count(text => text.Truncated);
        if (truncated > 0)
            _options.Report(string.Create(CultureInfo.InvariantCulture,
                $"{truncated} of {pairs.Count} pairs ({100.0 * truncated / pairs.Count:0.#} %) are longer than {MaxLength} tokens and were truncated."));
        return texts;
    }

    /// <summary>Saves config, tokenizer and weights in Hugging Face layout; the folder appears whole or not at all.</summary>
    /// <param name="folder">The folder to write; in one that exists a model is replaced once the new one is complete, and other files stay.</param>
    /// <param name="type">The stored type: Float32, Float16 or BFloat16.</param>
    /// <param name="card">The text of README.md, a model card; null for a short one.</param>
    /// <exception cref="CrossEncoderException">The folder cannot be written, or the model has an adapter that is not merged.</exception>
    public void SavePretrained(string folder, ScalarType type = ScalarType.Float32, string? card = null)
    {
        if (Model.Adapter is not null)
            throw new CrossEncoderException("The model has an adapter. Save that alone (Adapter.Save), or merge it first (Adapter.Merge) to save the whole.");
        AtomicFolder.Write(folder, building =>
        {
            var config = Model.Config.ToJson(Model.Architecture, type switch { ScalarType.Float16 => "float16", ScalarType.BFloat16 => "bfloat16", _ => "float32" });
            File.WriteAllText(Path.Combine(building, "config.json"), config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
            Tokenizer.Save(building);
            using (NewDisposeScope())
                SafetensorsWriter.Write(Path.Combine(building, "model.safetensors"), Model.Parameters.Named().Select(entry => (entry.Name, entry.Tensor.to(type))));
            File.WriteAllText(Path.Combine(building, "README.md"), card ?? $"# {Name}\n\nA cross-encoder for re-ranking, saved from `{Source}`.\n", new UTF8Encoding(false));
        });
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    private static float Sigmoid(float logit) => 1f / (1f + MathF.Exp(-logit));
}
