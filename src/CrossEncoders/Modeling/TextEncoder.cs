using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>An encoder with the modules that make one vector of a text: token ids in, vectors out.</summary>
internal sealed class TextEncoder : IDisposable
{
    private readonly Encoder _encoder;
    private readonly ModularHead _head;
    private readonly bool _normalizes;
    private readonly string _prefix;

    private TextEncoder(ModelConfig config, ModuleList modules)
    {
        var family = Family.Of(config);
        (_encoder, _prefix) = (Encoder.Of(config, Parameters), family.Prefix);
        _head = new(config.HiddenSize, modules, Parameters);
        _normalizes = modules.Modules is [.., NormalizeModule];
    }

    /// <summary>The weights.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>The longest sequence the model takes, in tokens.</summary>
    public int MaxLength => _encoder.MaxLength;

    /// <summary>Numbers in a vector.</summary>
    public int Width => _head.Outputs;

    /// <summary>The tensors by file in the folder and by name in it.</summary>
    /// <param name="bare">Whether the encoder's names are without the prefix that they have below a head.</param>
    public IEnumerable<IGrouping<string, (string Name, Tensor Tensor)>> NamedByFile(bool bare) =>
        Parameters.NamedByFile(bare ? _prefix : "");

    /// <summary>Loads a checkpoint folder, with or without a transformers head in it.</summary>
    /// <exception cref="CrossEncoderException">The folder's weights do not fit its configuration.</exception>
    public static TextEncoder Load(string folder, Device device, ModelConfig config, ModuleList modules)
    {
        var model = new TextEncoder(config, modules);
        try
        {
            var family = Family.Of(config);
            using var weights = ModelWeights.Open(folder, modules);
            model.Parameters.Load(
                weights,
                device,
                family.NameIn(weights),
                mayLack: _ => false,
                mayIgnore: name => family.IsUnused(name, config.Layers) || family.IsHead(name)
            );
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The state of each token, in the compute type, (batch, sequence, hidden).</summary>
    /// <param name="ids">Token ids, int64 (batch, sequence).</param>
    /// <param name="typeIds">Token types, int64 (batch, sequence).</param>
    /// <param name="mask">True where there is a token, bool (batch, sequence); null where nothing is padded.</param>
    public Tensor States(Tensor ids, Tensor typeIds, Tensor? mask) => _encoder.Forward(ids, typeIds, mask, firstTokenOnly: false);

    /// <summary>What the modules make of each token's state, fp32 (batch, sequence, <see cref="Width"/>).</summary>
    /// <param name="ids">Token ids, int64 (batch, sequence).</param>
    /// <param name="typeIds">Token types, int64 (batch, sequence).</param>
    /// <param name="mask">True where there is a token to attend to, bool (batch, sequence); null for everywhere.</param>
    /// <param name="everyPlace">Whether there are tokens that none attends to: masks that lengthen a query.</param>
    public Tensor TokenVectors(Tensor ids, Tensor typeIds, Tensor? mask, bool everyPlace)
    {
        using var scope = NewDisposeScope();
        var states = _encoder
            .Forward(ids, typeIds, mask, firstTokenOnly: false, everyPlace: everyPlace)
            .to_type(ScalarType.Float32)
            .flatten(0, 1); // (batch × sequence, hidden)
        return _head.AfterPooling(states).view(ids.size(0), ids.size(1), Width).MoveToOuterDisposeScope();
    }

    /// <summary>Vectors of unit length, fp32 (batch, width).</summary>
    /// <param name="ids">Token ids, int64 (batch, sequence).</param>
    /// <param name="typeIds">Token types, int64 (batch, sequence).</param>
    /// <param name="mask">True where there is a token, bool (batch, sequence); null where nothing is padded.</param>
    /// <param name="unpooled">Tokens at the front that are read but not pooled.</param>
    public Tensor Forward(Tensor ids, Tensor typeIds, Tensor? mask, int unpooled) =>
        Vectors(_encoder.Forward(ids, typeIds, mask, firstTokenOnly: _head.FirstTokenOnly && unpooled == 0), mask, unpooled);

    /// <summary>Vectors of unit length from the states of texts, fp32 (batch, width).</summary>
    /// <param name="states">What <see cref="States"/> gave.</param>
    /// <param name="mask">True where there is a token, bool (batch, sequence); null where nothing is padded.</param>
    /// <param name="unpooled">Tokens at the front that are read but not pooled.</param>
    public Tensor Vectors(Tensor states, Tensor? mask, int unpooled)
    {
        if (unpooled > 0)
        {
            var pooled = Arithmetic
                .Range(0, states.size(1), ScalarType.Int64, states.device)
                .ge(tensor((long)unpooled, device: states.device))
                .unsqueeze(0)
                .expand(states.size(0), states.size(1));
            mask = mask is null ? pooled : mask.logical_and(pooled);
        }

        var vectors = _head.Forward(states, mask, dropout: null);
        return _normalizes ? vectors : nn.functional.normalize(vectors, dim: 1);
    }

    /// <inheritdoc/>
    public void Dispose() => Parameters.Dispose();
}
