using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>Turns texts into vectors of unit length, (width): the first, dense stage of retrieval. Safe for concurrent use.</summary>
/// <remarks>
/// Reimers and Gurevych 2019, "Sentence-BERT"; read from the layout of sentence-transformers. Wang et al. 2022, "Text Embeddings by
/// Weakly-Supervised Contrastive Pre-training" (E5) for folders that do not say how they are read.
/// </remarks>
public sealed partial class BiEncoder : ITextEmbedder, IVectorWidth, IDisposable
{
    private readonly TextEncoder _model;
    private readonly ModelConfig _config;
    private readonly BiEncoderChoice _choice;
    private readonly TextTokenizer _tokenizer;
    private readonly DeviceChoice _device;
    private readonly Lifetime _lifetime;

    private BiEncoder(
        string name,
        TextEncoder model,
        ModelConfig config,
        BiEncoderChoice choice,
        TextTokenizer tokenizer,
        DeviceChoice device,
        int maxLength
    )
    {
        (Name, MaxLength) = (name, maxLength);
        (_model, _config, _choice, _tokenizer, _device) = (model, config, choice, tokenizer, device);
        _lifetime = new(this, model);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The longest text in tokens; longer ones are truncated.</summary>
    public int MaxLength { get; }

    /// <summary>Numbers in a vector.</summary>
    public int Dimensions => _model.Width;

    /// <summary>Loads an encoder by hub id or from a folder in Hugging Face or sentence-transformers layout.</summary>
    /// <param name="idOrPath">The id or the folder.</param>
    /// <param name="options">How it is loaded; null for the defaults.</param>
    /// <param name="progress">Told of a download; null for a line to <c>options.Report</c> now and then.</param>
    /// <param name="cancellation">Ends a download; what has arrived is kept for the next.</param>
    /// <exception cref="CrossEncoderException">
    /// The model cannot be found, is broken, or is of an architecture the kit does not support.
    /// </exception>
    public static BiEncoder FromPretrained(
        string idOrPath,
        BiEncoderOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new();
        var (folder, config, tokenizer, _) = Pretrained.Open(
            idOrPath,
            options.Revision,
            folder => BiEncoderChoice.Config(ModelConfig.Load(folder), folder),
            pairs: false,
            ownLength: options.MaxLength is not null,
            report: options.Report,
            progress: progress,
            cancellation: cancellation
        );
        var choice = BiEncoderChoice.Of(config.Settings, folder, idOrPath, options);
        var device = Devices.Choose(options.Device);
        var name = options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(idOrPath));
        var type = Devices.TypeOf(device.Device, options.ComputeType);
        var model = TextEncoder.Load(folder, device.Device, config, choice.Modules);
        try
        {
            model.Parameters.SetComputeType(type);
            foreach (var note in (string?[])[Pretrained.Unexpected(idOrPath, model.Parameters.Unexpected), choice.Note])
            {
                if (note is not null)
                    options.Report(note);
            }

            var asked = options.MaxLength ?? config.Settings.Texts.MaxLength ?? tokenizer.ModelMaxLength ?? int.MaxValue;
            return new(name, model, config, choice, tokenizer, device, Math.Min(asked, model.MaxLength));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public float[][] EmbedQueries(
        IReadOnlyList<string> queries,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => Embed(queries, _choice.QueryPrefix, progress, cancellation);

    /// <inheritdoc/>
    public float[][] EmbedPassages(
        IReadOnlyList<string> passages,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => Embed(passages, _choice.PassagePrefix, progress, cancellation);

    /// <summary>
    /// Saves the model in the layout that it was loaded from, with pooling, prompts and maximum length as they are now, so that
    /// sentence-transformers computes the same vectors; the folder appears whole or not at all.
    /// </summary>
    /// <param name="folder">
    /// The folder to write; in one that exists a model is replaced once the new one is complete, and other files stay.
    /// </param>
    /// <param name="type">The stored type: Float32, Float16 or BFloat16.</param>
    /// <param name="card">The text of README.md, a model card; null for a short one.</param>
    /// <exception cref="CrossEncoderException">The folder cannot be written, or the type is another.</exception>
    public void SavePretrained(string folder, ScalarType type = ScalarType.Float32, string? card = null)
    {
        using var use = _lifetime.Begin();
        card ??= BiEncoderSaving.Card(Name, Dimensions);
        BiEncoderSaving.Save(_model, _config, _choice, _tokenizer, MaxLength, folder, type, card);
    }

    /// <inheritdoc/>
    public void Dispose() => _lifetime.Dispose();

    private float[][] Embed(IReadOnlyList<string> texts, string prefix, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        using var use = _lifetime.Begin();
        var tokenized = Tokenize(texts, prefix);
        var unpooled = Unpooled(prefix);
        var vectors = new float[texts.Count][];
        var done = 0;
        foreach (var (batch, unit) in Compute(tokenized, Vectors, cancellation))
        {
            var width = unit.Length / batch.Length;
            for (var row = 0; row < batch.Length; row++)
                vectors[batch[row]] = unit[(row * width)..((row + 1) * width)];
            NativeHeap.TrimNowAndThen();
            done += batch.Length;
            progress?.Report(new WorkProgress("embedding texts", done, texts.Count));
        }

        return vectors;

        float[] Vectors(TokenizedText[] batch) // (batch × width)
        {
            var (ids, types, mask) = BatchTensors.Pad(batch, _tokenizer.PaddingId, _device.Device);
            return _model.Forward(ids, types, mask, unpooled).cpu().data<float>().ToArray();
        }
    }

    private IEnumerable<(int[] Batch, T Result)> Compute<T>(
        IReadOnlyList<TokenizedText> texts,
        Func<TokenizedText[], T> compute,
        CancellationToken cancellation
    ) => TextBatches.Compute(texts, maxTexts: 64, maxTokens: 8192, _device.Device, compute, cancellation);

    private List<TokenizedText> Tokenize(IReadOnlyList<string> texts, string prefix)
    {
        if (_choice.Template is not { } template)
            return [.. texts.Select(text => _tokenizer.Encode(prefix + text, MaxLength))];
        var reader = new ChatReader(_tokenizer, template, prefix, _config.Settings.Texts.Chat, ChatReader.TextRoles);
        return [.. texts.Select(text => reader.Read(MaxLength, text))];
    }

    /// <summary>Tokens at the front that a vector leaves out, as the reference does.</summary>
    private int Unpooled(string prefix) => _choice.Modules.IncludePrompt || _choice.Template is not null ? 0 : LengthOf(prefix);

    /// <summary>Tokens of a prompt at the front of a text: a special token before it counts, one after it does not.</summary>
    private int LengthOf(string prompt)
    {
        if (prompt.Length == 0)
            return 0;
        var (whole, plain) = (_tokenizer.Encode(prompt).Ids, _tokenizer.EncodeToIds(prompt));
        return plain.Count > 0 && whole[^1] == plain[^1] ? whole.Length : whole.Length - 1;
    }
}
