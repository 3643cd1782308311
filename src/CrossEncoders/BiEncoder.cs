using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>Turns texts into vectors of unit length, (hidden): the first, dense stage of retrieval. Safe for concurrent use.</summary>
/// <remarks>Wang et al. 2022, "Text Embeddings by Weakly-Supervised Contrastive Pre-training" (E5): prefixes, mean pooling, cosine.</remarks>
public sealed partial class BiEncoder : ITextEmbedder, IDisposable
{
    private readonly Encoder _encoder;
    private readonly ParameterSet _parameters;
    private readonly TextTokenizer _tokenizer;
    private readonly DeviceChoice _device;
    private readonly BiEncoderOptions _options;
    private readonly int _maxLength;
    private readonly Lifetime _lifetime;

    private BiEncoder(string name, (Encoder, ParameterSet) model, TextTokenizer tokenizer, DeviceChoice device, BiEncoderOptions options)
    {
        Name = name;
        (_encoder, _parameters) = model;
        _lifetime = new(this, _parameters);
        (_tokenizer, _device, _options) = (tokenizer, device, options);
        _maxLength = Math.Min(options.MaxLength ?? int.MaxValue, Math.Min(_encoder.MaxLength, tokenizer.ModelMaxLength ?? int.MaxValue));
        _parameters.SetComputeType(options.ComputeType ?? Devices.FastType(device.Device));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Loads an encoder by hub id or from a folder in Hugging Face layout.</summary>
    /// <exception cref="CrossEncoderException">The model cannot be found, is broken, or is of an architecture the kit does not support.</exception>
    public static BiEncoder FromPretrained(string idOrPath, BiEncoderOptions? options = null)
    {
        options ??= new();
        var (folder, config, tokenizer) = Pretrained.Open(idOrPath, options.Revision, ModelConfig.Load, pairs: false, ownLength: false);
        var device = Devices.Choose(options.Device);
        var name = options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(idOrPath));
        var model = Encoder.Load(folder, device.Device, config);
        if (model.Parameters.Unexpected.Count > 0)
            options.Report(Pretrained.Unexpected(idOrPath, model.Parameters));
        return new(name, model, tokenizer, device, options);
    }

    /// <inheritdoc/>
    public float[][] EmbedQueries(
        IReadOnlyList<string> queries,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => Embed(queries, _options.QueryPrefix, progress, cancellation);

    /// <inheritdoc/>
    public float[][] EmbedPassages(
        IReadOnlyList<string> passages,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => Embed(passages, _options.PassagePrefix, progress, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _lifetime.Dispose();

    private float[][] Embed(IReadOnlyList<string> texts, string prefix, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        using var use = _lifetime.Begin();
        var tokenized = texts.Select(text => _tokenizer.Encode(prefix + text, _maxLength)).ToList();
        var vectors = new float[texts.Count][];
        var done = 0;
        foreach (var batch in TokenBatches.ByLength(tokenized, maxTexts: 64, maxTokens: 8192))
        {
            cancellation.ThrowIfCancellationRequested();
            using (no_grad())
            using (NewDisposeScope())
            {
                var (ids, types, mask) = BatchTensors.Pad([.. batch.Select(i => tokenized[i])], _tokenizer.PaddingId, _device.Device);
                var pooled = Pool(ids, types, mask);
                var unit = nn.functional.normalize(pooled, dim: 1).cpu().data<float>().ToArray(); // (batch × hidden)
                var width = unit.Length / batch.Length;
                for (var row = 0; row < batch.Length; row++)
                    vectors[batch[row]] = unit[(row * width)..((row + 1) * width)];
            }

            NativeHeap.TrimNowAndThen();
            done += batch.Length;
            progress?.Report(new WorkProgress("embedding texts", done, texts.Count));
        }

        return vectors;
    }

    private Tensor Pool(Tensor ids, Tensor types, Tensor? mask)
    {
        var first = _options.Pooling == Pooling.Cls;
        var states = _encoder.Forward(ids, types, mask, firstTokenOnly: first).to_type(ScalarType.Float32); // (batch, sequence or 1, hidden)
        if (first)
            return states.squeeze(1);
        if (mask is null)
            return states.mean([1L]);
        var weights = mask.to_type(ScalarType.Float32).unsqueeze(2); // (batch, sequence, 1)
        return (states * weights).sum(1) / weights.sum(1);
    }
}
