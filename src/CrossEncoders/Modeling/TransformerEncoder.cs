using CrossEncoders.Weights;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CrossEncoders.Modeling;

/// <summary>Dropout probabilities of a training step; none are applied otherwise.</summary>
/// <param name="Hidden">On states after embeddings, attention and feed-forward.</param>
/// <param name="Attention">On attention weights.</param>
/// <param name="Classifier">In the head.</param>
public sealed record Dropout(double Hidden, double Attention, double Classifier);

/// <summary>The encoder of Devlin et al. 2018 (BERT) with the variations that its relatives make.</summary>
/// <remarks>Keys and computation follow transformers' <c>modeling_bert.py</c> and <c>modeling_xlm_roberta.py</c>.</remarks>
public sealed class TransformerEncoder
{
    private readonly ModelConfig _config;
    private readonly Family _family;
    private readonly Parameter _words;
    private readonly Parameter _positions;
    private readonly Parameter? _types;
    private readonly Norm _embeddingNorm;
    private readonly Layer[] _layers;
    private readonly ParameterSet _parameters;

    internal TransformerEncoder(ModelConfig config, Family family, ParameterSet parameters)
    {
        (_config, _family, _parameters) = (config, family, parameters);
        var prefix = family.Prefix + "embeddings.";
        _words = parameters.Add(ParameterKind.Embedding, [config.VocabularySize, config.HiddenSize], prefix + "word_embeddings.weight");
        _positions = parameters.Add(ParameterKind.Embedding, [config.MaxPositions, config.HiddenSize], prefix + "position_embeddings.weight");
        if (config.TypeVocabularySize > 0)
            _types = parameters.Add(ParameterKind.Embedding, [config.TypeVocabularySize, config.HiddenSize], prefix + "token_type_embeddings.weight");
        _embeddingNorm = new Norm(parameters, prefix + "LayerNorm", config);
        _layers = [.. Enumerable.Range(0, config.Layers).Select(i => new Layer(parameters, $"{family.Prefix}encoder.layer.{i}.", config))];
    }

    /// <summary>The longest sequence the position embeddings allow, in tokens.</summary>
    public int MaxLength => _config.MaxPositions - FirstPosition;

    private int FirstPosition => _family.PositionsAfterPadding ? (_config.PaddingId ?? 1) + 1 : 0;

    /// <summary>Loads a bare encoder, with or without a head in the checkpoint.</summary>
    /// <exception cref="CrossEncoderException">The folder's weights do not fit its configuration.</exception>
    public static (TransformerEncoder Encoder, ParameterSet Parameters) Load(string folder, Device device, ModelConfig config)
    {
        var family = Family.Of(config);
        var parameters = new ParameterSet();
        try
        {
            var encoder = new TransformerEncoder(config, family, parameters);
            parameters.Allocate(device);
            using var weights = CheckpointWeights.Open(folder);
            var prefix = family.PrefixIn(weights);
            parameters.Load(weights, name => prefix + name[family.Prefix.Length..], _ => false,
                name => family.IsUnused(name, config.Layers) || name.StartsWith("classifier.", StringComparison.Ordinal));
            return (encoder, parameters);
        }
        catch
        {
            parameters.Dispose();
            throw;
        }
    }

    /// <summary>Parameters below layer <paramref name="layer"/>: the embeddings and the layers before it.</summary>
    public IEnumerable<Parameter> Below(int layer) => _parameters.Parameters.Where(parameter =>
        parameter.Names[0].StartsWith(_family.Prefix + "embeddings.", StringComparison.Ordinal)
        || (parameter.Names[0].StartsWith(_family.Prefix + "encoder.layer.", StringComparison.Ordinal)
            && int.Parse(parameter.Names[0][(_family.Prefix.Length + "encoder.layer.".Length)..].Split('.')[0]) < layer));

    /// <summary>Computes the states of a batch.</summary>
    /// <param name="ids">Token ids, int64 (batch, sequence).</param>
    /// <param name="typeIds">Token types, int64 (batch, sequence).</param>
    /// <param name="mask">True where there is a token, bool (batch, sequence); null where nothing is padded.</param>
    /// <param name="firstTokenOnly">Whether the last layer is computed for the first token only, which is all a head reads.</param>
    /// <param name="dropout">Dropout to apply, in training only.</param>
    /// <returns>States in the compute type, (batch, sequence or 1, hidden).</returns>
    public Tensor Forward(Tensor ids, Tensor typeIds, Tensor? mask, bool firstTokenOnly, Dropout? dropout = null)
    {
        using var scope = NewDisposeScope();
        var states = Embed(ids, typeIds, mask, dropout);
        var attendable = mask?.view(mask.size(0), 1, 1, mask.size(1)); // (batch, 1, 1, sequence)
        for (var i = 0; i < _layers.Length; i++)
        {
            var next = _layers[i].Forward(states, attendable, firstTokenOnly && i == _layers.Length - 1, dropout);
            states.Dispose();
            states = next;
        }

        return states.MoveToOuterDisposeScope();
    }

    private Tensor Embed(Tensor ids, Tensor typeIds, Tensor? mask, Dropout? dropout)
    {
        using var scope = NewDisposeScope();
        var positions = mask is null || !_family.PositionsAfterPadding
            ? arange(FirstPosition, FirstPosition + ids.size(1), ScalarType.Int64, ids.device).expand_as(ids)
            : mask.to_type(ScalarType.Int64).cumsum(1).mul(mask).add(_config.PaddingId ?? 1); // fairseq: padding stays at the padding id
        var sum = Lookup(_words, ids) + Lookup(_positions, positions); // (batch, sequence, hidden)
        if (_types is not null) sum += Lookup(_types, typeIds);
        return Drop(_embeddingNorm.Forward(sum.to_type(_parameters.ComputeType)), dropout).MoveToOuterDisposeScope();
    }

    private static Tensor Lookup(Parameter table, Tensor rows) =>
        table.Value.index_select(0, rows.reshape(-1)).view(rows.size(0), rows.size(1), -1); // (batch, sequence, hidden)

    private static Tensor Drop(Tensor states, Dropout? dropout) =>
        dropout is { Hidden: > 0 } ? functional.dropout(states, dropout.Hidden, training: true) : states;

    private sealed class Norm(ParameterSet parameters, string name, ModelConfig config)
    {
        private readonly Parameter _weight = parameters.Add(ParameterKind.Vector, [config.HiddenSize], name + ".weight");
        private readonly Parameter _bias = parameters.Add(ParameterKind.Vector, [config.HiddenSize], name + ".bias");

        public Tensor Forward(Tensor states) =>
            functional.layer_norm(states, [config.HiddenSize], _weight.Value, _bias.Value, config.LayerNormEpsilon);
    }

    private sealed class Dense(ParameterSet parameters, long outputs, long inputs, params string[] names)
    {
        private readonly Parameter _weight = parameters.Add(ParameterKind.Matrix, [outputs, inputs], [.. names.Select(name => name + ".weight")]);
        private readonly Parameter _bias = parameters.Add(ParameterKind.Vector, [outputs], [.. names.Select(name => name + ".bias")]);

        public Tensor Forward(Tensor states) => functional.linear(states, _weight.Value, _bias.Value);

        /// <summary>Only the stacked parts from <paramref name="first"/> on, <paramref name="count"/> of them.</summary>
        public Tensor Forward(Tensor states, int first, int count) => functional.linear(
            states, _weight.Value.narrow(0, first * outputs, count * outputs), _bias.Value.narrow(0, first * outputs, count * outputs));
    }

    private sealed class Layer(ParameterSet parameters, string prefix, ModelConfig config)
    {
        private readonly Dense _queryKeyValue = new(parameters, config.HiddenSize, config.HiddenSize,
            prefix + "attention.self.query", prefix + "attention.self.key", prefix + "attention.self.value");

        private readonly Dense _attentionOutput = new(parameters, config.HiddenSize, config.HiddenSize, prefix + "attention.output.dense");
        private readonly Norm _attentionNorm = new(parameters, prefix + "attention.output.LayerNorm", config);
        private readonly Dense _intermediate = new(parameters, config.IntermediateSize, config.HiddenSize, prefix + "intermediate.dense");
        private readonly Dense _output = new(parameters, config.HiddenSize, config.IntermediateSize, prefix + "output.dense");
        private readonly Norm _outputNorm = new(parameters, prefix + "output.LayerNorm", config);

        public Tensor Forward(Tensor states, Tensor? attendable, bool firstTokenOnly, Dropout? dropout)
        {
            using var scope = NewDisposeScope();
            Tensor[] heads; // query, key, value: (batch, heads, sequence, head size)
            var residual = states;
            if (firstTokenOnly)
            {
                residual = states.narrow(1, 0, 1); // (batch, 1, hidden)
                heads = [.. Split(_queryKeyValue.Forward(residual, 0, 1), 1), .. Split(_queryKeyValue.Forward(states, 1, 2), 2)];
            }
            else
            {
                heads = Split(_queryKeyValue.Forward(states), 3);
            }

            var context = functional.scaled_dot_product_attention(heads[0], heads[1], heads[2], attendable, dropout?.Attention ?? 0);
            var joined = context.transpose(1, 2).reshape(states.size(0), -1, config.HiddenSize); // (batch, sequence or 1, hidden)
            var attended = _attentionNorm.Forward(Drop(_attentionOutput.Forward(joined), dropout) + residual);
            var inner = Activate(_intermediate.Forward(attended)); // (batch, sequence or 1, intermediate)
            return _outputNorm.Forward(Drop(_output.Forward(inner), dropout) + attended).MoveToOuterDisposeScope();
        }

        private Tensor[] Split(Tensor projected, int parts)
        {
            var shaped = projected.view(projected.size(0), projected.size(1), parts, config.Heads, config.HiddenSize / config.Heads);
            return [.. Enumerable.Range(0, parts).Select(part => shaped.select(2, part).transpose(1, 2))];
        }

        private Tensor Activate(Tensor states) => config.Activation switch
        {
            "relu" => functional.relu(states),
            "gelu_new" or "gelu_pytorch_tanh" => GeluTanh(states),
            _ => functional.gelu(states),
        };

        private static Tensor GeluTanh(Tensor x) => 0.5 * x * (1 + (Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x.pow(3))).tanh());
    }
}
