using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>An encoder with a head: token ids in, logits out.</summary>
internal sealed class SequenceClassifier : IDisposable
{
    private readonly Family _family;
    private readonly IHead _head;

    private SequenceClassifier(ModelConfig config)
    {
        Config = config;
        _family = Family.Of(config);
        Encoder = Encoder.Of(config, Parameters);
        _head = config.Modules switch
        {
            { Logits: { } logits } => new LogitHead((Decoder)Encoder, config, logits, Parameters),
            { } modules => new ModularHead(config.HiddenSize, modules, Parameters),
            null when _family.IsDecoder => new LastTokenHead(config, _family, Parameters),
            null => new ClassificationHead(config, _family, Parameters),
        };
    }

    /// <summary>The shape of the model.</summary>
    public ModelConfig Config { get; }

    /// <summary>The weights.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>The low-rank change on top of the weights; null without one.</summary>
    public LoraAdapter? Adapter => Parameters.Adapter;

    /// <summary>What a training changes: the adapter's weights where there is one, else all.</summary>
    public ParameterSet Trained => Adapter?.Parameters ?? Parameters;

    /// <summary>The encoder below the head.</summary>
    public Encoder Encoder { get; }

    /// <summary>Whether the head reads the first token's state alone.</summary>
    public bool FirstTokenOnly => _head.FirstTokenOnly;

    /// <summary>The transformers class that loads what <see cref="ParameterSet.Named"/> gives.</summary>
    public string Architecture => _family.Classifier;

    /// <summary>The transformers class for what lies below an adapter; null where modules or code of another library come to it.</summary>
    public PythonClass? PythonClass =>
        Config.Modules switch
        {
            _ when Config.ModelType == NewConfig.ModelType => null,
            null => Modeling.PythonClass.Of(Config.ModelType, Architecture),
            { Logits: not null } => Modeling.PythonClass.Of(
                Config.ModelType,
                Architecture.Replace("ForSequenceClassification", "ForCausalLM", StringComparison.Ordinal)
            ),
            _ => null,
        };

    /// <summary>The tensors by file in the folder ("model.safetensors", "2_Dense/model.safetensors") and by name in it.</summary>
    public IEnumerable<IGrouping<string, (string Name, Tensor Tensor)>> NamedByFile() =>
        Parameters.NamedByFile(Config.Modules is { Logits: null } ? _family.Prefix : ""); // below a pooling the encoder is saved bare

    /// <summary>Loads a checkpoint folder; a bare encoder gets a freshly initialized head.</summary>
    /// <param name="folder">A folder in Hugging Face layout.</param>
    /// <param name="device">Where the weights go.</param>
    /// <param name="config">The folder's configuration, possibly with another number of labels or fewer layers.</param>
    /// <param name="fresh">The parameters that the checkpoint lacked and that were initialized at random.</param>
    /// <exception cref="CrossEncoderException">
    /// The architecture is not supported, or the folder's weights do not fit its configuration.
    /// </exception>
    public static SequenceClassifier Load(string folder, Device device, ModelConfig config, out IReadOnlyList<string> fresh)
    {
        var model = new SequenceClassifier(config);
        try
        {
            using var weights = ModelWeights.Open(folder, config.Modules);
            var family = model._family;
            var lacked =
                fresh =
                model.Parameters.Fresh =
                    model.Parameters.Load(
                        weights,
                        device,
                        family.NameIn(weights),
                        mayLack: name => !config.HasHead && family.IsHead(name),
                        mayIgnore: name => family.IsUnused(name, config.Layers)
                    );
            ParameterSet.Initialize(
                config.InitializerRange,
                model.Parameters.Parameters.Where(parameter => parameter.Names.Any(lacked.Contains))
            );
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Makes a model with fresh weights, to be trained from nothing or to measure speed and memory.</summary>
    /// <exception cref="CrossEncoderException">The architecture is not supported.</exception>
    public static SequenceClassifier Create(ModelConfig config, Device device)
    {
        var model = new SequenceClassifier(config);
        model.Parameters.Allocate(device);
        ParameterSet.Initialize(config.InitializerRange, model.Parameters.Parameters);
        return model;
    }

    /// <summary>Computes the logits of a batch.</summary>
    /// <param name="ids">Token ids, int64 (batch, sequence).</param>
    /// <param name="typeIds">Token types, int64 (batch, sequence).</param>
    /// <param name="mask">True where there is a token, bool (batch, sequence); null where nothing is padded.</param>
    /// <param name="dropout">Dropout to apply, in training only.</param>
    /// <returns>Logits, fp32 (batch, labels).</returns>
    public Tensor Forward(Tensor ids, Tensor typeIds, Tensor? mask, Dropout? dropout = null)
    {
        using var states = Encoder.Forward(ids, typeIds, mask, firstTokenOnly: _head.FirstTokenOnly, dropout);
        return _head.Forward(states, mask, dropout);
    }

    /// <summary>
    /// The decoder, if tokens that texts have in common can be read once: its head reads the last token alone. Null for other models.
    /// </summary>
    public Decoder? PrefixReader => _head is LogitHead or LastTokenHead ? Encoder as Decoder : null;

    /// <summary>The same for what follows a prefix, which <see cref="PrefixReader"/> has read.</summary>
    public Tensor ForwardAfter(PrefixKeys prefix, Tensor ids, Tensor? mask)
    {
        using var states = PrefixReader!.ForwardAfter(prefix, ids, mask);
        return _head.Forward(states, mask, dropout: null);
    }

    /// <summary>The same with the embeddings changed on their way into the first layer.</summary>
    /// <param name="ids">Token ids, int64 (batch, sequence).</param>
    /// <param name="typeIds">Token types, int64 (batch, sequence).</param>
    /// <param name="change">Embeddings to what the layers read instead, (batch, sequence, hidden) both.</param>
    /// <returns>Logits, fp32 (batch, labels), in the caller's dispose scope.</returns>
    public Tensor ForwardChanged(Tensor ids, Tensor typeIds, Func<Tensor, Tensor> change)
    {
        var pass = Encoder.Begin(new(ids, typeIds, Mask: null, FirstTokenOnly: _head.FirstTokenOnly, Dropout: null));
        var states = change(pass.Embed());
        for (var i = 0; i < Config.Layers; i++)
            states = pass.Layer(i, states);
        return _head.Forward(pass.Finish(states), mask: null, dropout: null);
    }

    /// <summary>The same in training with little memory: layers are computed again in the backward pass.</summary>
    /// <param name="ids">Token ids, int64 (batch, sequence).</param>
    /// <param name="typeIds">Token types, int64 (batch, sequence).</param>
    /// <param name="mask">True where there is a token, bool (batch, sequence); null where nothing is padded.</param>
    /// <param name="dropout">Dropout to apply.</param>
    /// <param name="seed">Seed of this batch's dropout.</param>
    public CheckpointedPass ForwardCheckpointed(Tensor ids, Tensor typeIds, Tensor? mask, Dropout? dropout, long seed) =>
        new(this, _head, new(ids, typeIds, mask, FirstTokenOnly: _head.FirstTokenOnly, dropout), seed);

    /// <inheritdoc cref="ParameterSet.SetComputeType"/>
    public void SetComputeType(ScalarType type)
    {
        Parameters.SetComputeType(type);
        Adapter?.Parameters.SetComputeType(Parameters.ComputeType);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Adapter?.Dispose();
        Parameters.Dispose();
    }
}
