using CrossEncoders.Files;
using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>
/// A model that was trained for late interaction: a vector for each token that counts, compared by MaxSim
/// (<c>LateInteraction</c> takes it). Safe for concurrent use.
/// </summary>
/// <remarks>
/// Khattab and Zaharia 2020, "ColBERT". Read from the layouts of sentence-transformers 6 (<c>MultiVectorEncoder</c>), of PyLate and of
/// ColBERT's own code. A query may be lengthened by [MASK] tokens, which count; in passages the words of a skip list, as a rule
/// punctuation, are read and do not count.
/// </remarks>
public sealed class MultiVectorEncoder : ITokenEmbedder, IDisposable
{
    private readonly TextEncoder _model;
    private readonly MultiVectorReader _reader;
    private readonly MultiVectorSettings _settings;
    private readonly ModelConfig _config;
    private readonly TextTokenizer _tokenizer;
    private readonly DeviceChoice _device;
    private readonly Lifetime _lifetime;

    private MultiVectorEncoder(
        string name,
        TextEncoder model,
        MultiVectorReader reader,
        MultiVectorSettings settings,
        ModelConfig config,
        TextTokenizer tokenizer,
        DeviceChoice device
    )
    {
        (Name, _model, _reader, _settings, _device) = (name, model, reader, settings, device);
        (_config, _tokenizer) = (config, tokenizer);
        _lifetime = new(this, model);
    }

    /// <summary>A short name for tables and charts.</summary>
    public string Name { get; }

    /// <summary>Numbers in a token's vector.</summary>
    public int Width => _model.Width;

    /// <summary>Where passages are cut, in tokens, special ones and mark counted.</summary>
    public int MaxPassageTokens => _reader.MaxPassageTokens;

    string ITokenEmbedder.Settings =>
        $"{MaxPassageTokens} tokens, passages after '{_settings.DocumentPrompt}', without '"
        + $"{string.Join(' ', _settings.Mask?.Skips(false) == true ? _settings.Mask.SkippedWords ?? [] : [])}', only "
        + $"'{string.Join(' ', _settings.Mask?.OnlyTokens ?? [])}'";

    bool ITokenEmbedder.IsLateInteraction => true;

    bool ITokenEmbedder.ScoresByMean => _settings.ScoresByMean;

    /// <summary>Loads a late-interaction model by hub id or from a folder.</summary>
    /// <param name="idOrPath">The id or the folder.</param>
    /// <param name="options">How it is loaded; null for the defaults.</param>
    /// <param name="progress">Told of a download; null for a line to <c>options.Report</c> now and then.</param>
    /// <param name="cancellation">Ends a download; what has arrived is kept for the next.</param>
    /// <exception cref="CrossEncoderException">
    /// The model cannot be found, is broken, is of another kind, or asks for something that the kit does not support.
    /// </exception>
    public static MultiVectorEncoder FromPretrained(
        string idOrPath,
        MultiVectorEncoderOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new();
        var (folder, config, tokenizer, _) = Pretrained.Open(
            idOrPath,
            options.Revision,
            Judged,
            pairs: false,
            ownLength: false,
            report: options.Report,
            progress: progress,
            cancellation: cancellation
        );
        var settings = MultiVectorSettings.Read(config, folder);
        settings = settings.WithPrompts(options.QueryPrefix, options.PassagePrefix);
        var device = Devices.Choose(options.Device);
        var modules = TokenModules.Of(settings.Modules ?? ColBertFile.Modules(folder), settings.Mask).List;
        var type = Devices.TypeOf(device.Device, options.ComputeType);
        var model = TextEncoder.Load(folder, device.Device, config, modules);
        try
        {
            model.Parameters.SetComputeType(type);
            if (Pretrained.Unexpected(idOrPath, model.Parameters.Unexpected) is { } note)
                options.Report(note);
            var reader = new MultiVectorReader(tokenizer, config, settings, model.MaxLength, folder);
            var name = options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(idOrPath));
            return new(name, model, reader, settings, config, tokenizer, device);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The vectors of the tokens that count, [token][<see cref="Width"/>] for each query.</summary>
    public float[][][] EmbedQueries(IReadOnlyList<string> queries, CancellationToken cancellation = default) =>
        Embed(queries, true, cancellation);

    /// <summary>The vectors of the tokens that count, [token][<see cref="Width"/>] for each passage.</summary>
    public float[][][] EmbedPassages(IReadOnlyList<string> passages, CancellationToken cancellation = default) =>
        Embed(passages, false, cancellation);

    int ITokenEmbedder.UsualTokens(bool queries) => int.MaxValue;

    IEnumerable<(int Text, TokenStates States)> ITokenEmbedder.EmbedTokens(
        IReadOnlyList<string> texts,
        bool queries,
        int maxTokens,
        CancellationToken cancellation
    ) => EmbedTokens(texts, queries, maxTokens, cancellation);

    /// <summary>
    /// Saves the model in the layout that it was loaded from, so that sentence-transformers 6 computes the same vectors; the folder appears
    /// whole or not at all.
    /// </summary>
    /// <param name="folder">
    /// The folder to write; in one that exists a model is replaced once the new one is complete, and other files stay.
    /// </param>
    /// <param name="type">The stored type: Float32, Float16 or BFloat16.</param>
    /// <param name="card">The text of README.md, a model card; null for a short one.</param>
    /// <exception cref="CrossEncoderException">
    /// The folder cannot be written, the type is another, or the layout has no place for a prefix that was set when it was loaded.
    /// </exception>
    public void SavePretrained(string folder, ScalarType type = ScalarType.Float32, string? card = null)
    {
        using var use = _lifetime.Begin();
        MultiVectorSaving.Save(_model, _config, _settings, _tokenizer, folder, type, card ?? MultiVectorSaving.Card(Name, Width));
    }

    /// <inheritdoc/>
    public void Dispose() => _lifetime.Dispose();

    private static ModelConfig Judged(string folder)
    {
        var config = ModelConfig.Load(folder);
        if (MultiVectorSettings.Describes(config))
            _ = MultiVectorSettings.Read(config, folder);
        else if (ModelFiles.Tokenizer.Any(name => File.Exists(Path.Combine(folder, name)))) // all but the weights is here
            throw new CrossEncoderException(
                $"{folder} does not hold a late-interaction model: it is neither a MultiVectorEncoder of sentence-transformers, nor of "
                    + "PyLate, nor of ColBERT (HF_ColBERT). Load it as a BiEncoder, which LateInteraction takes, too."
            );
        return config;
    }

    private float[][][] Embed(IReadOnlyList<string> texts, bool queries, CancellationToken cancellation)
    {
        var vectors = new float[texts.Count][][];
        foreach (var (text, states) in EmbedTokens(texts, queries, int.MaxValue, cancellation))
            vectors[text] = [.. Enumerable.Range(0, states.Count).Select(token => states[token].ToArray())];
        return vectors;
    }

    private IEnumerable<(int Text, TokenStates States)> EmbedTokens(
        IReadOnlyList<string> texts,
        bool queries,
        int maxTokens,
        CancellationToken cancellation
    )
    {
        using var use = _lifetime.Begin();
        var read = texts.Select(text => _reader.Read(text, queries, maxTokens)).ToList();
        TokenizedText[] tokens = [.. read.Select(text => text.Text)];
        var results = TextBatches.Compute(tokens, maxTexts: 64, maxTokens: 8192, _device.Device, Vectors, cancellation);
        foreach (var (batch, (values, longest)) in results)
        {
            for (var row = 0; row < batch.Length; row++)
            {
                var text = read[batch[row]];
                var kept = new float[text.Scored.Length * Width];
                for (var i = 0; i < text.Scored.Length; i++)
                    Array.Copy(values, (row * longest + text.Scored[i]) * Width, kept, i * Width, Width);
                yield return (batch[row], new(kept, Width, text.OwnStart, text.OwnCount));
            }

            NativeHeap.TrimNowAndThen();
        }
    }

    /// <summary>A batch's vectors, (batch × sequence × width), and the length of its sequences.</summary>
    private (float[] Values, int Longest) Vectors(TokenizedText[] texts)
    {
        var (ids, types, mask) = BatchTensors.Pad(texts, _tokenizer.PaddingId, _device.Device);
        var unattended = mask is not null && mask.sum().item<long>() < texts.Sum(text => (long)text.Ids.Length);
        var values = _model.TokenVectors(ids, types, mask, unattended).cpu().data<float>().ToArray();
        return (values, (int)ids.size(1));
    }
}
