using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>
/// Warner et al. 2024, "Smarter, Better, Faster, Longer" (ModernBERT): pre-normalized layers, rotary positions, gated feed-forward, and
/// attention to a window in all but every n-th layer.
/// </summary>
/// <remarks>Keys and computation follow transformers' <c>modeling_modernbert.py</c>.</remarks>
internal sealed class ModernBertEncoder : Encoder
{
    private readonly Embedding _words;
    private readonly Norm _embeddingNorm;
    private readonly Norm _finalNorm;
    private readonly Layer[] _layers;

    public ModernBertEncoder(ModelConfig config, Family family, ParameterSet parameters)
        : base(config, family, parameters)
    {
        _words = new(parameters, config.VocabularySize, config.HiddenSize, family.Prefix + "embeddings.tok_embeddings");
        _embeddingNorm = new(parameters, family.Prefix + "embeddings.norm", config.HiddenSize, config.LayerNormEpsilon, config.NormBias);
        _layers = [.. Enumerable.Range(0, config.Layers).Select(i => new Layer(parameters, $"{family.Prefix}layers.{i}.", i, config))];
        _finalNorm = new(parameters, family.Prefix + "final_norm", config.HiddenSize, config.LayerNormEpsilon, config.NormBias);
    }

    internal override IEncoderPass Begin(EncoderInput input) => new Pass(this, input, null);

    private protected override IEncoderPass? BeginUnpadded(EncoderInput input) =>
        Unpadded.Of(input, TrainsUnpadded) is { } texts ? new Pass(this, input, texts) : null;

    /// <summary>
    /// Keys at most half a window away; a token always sees itself, so that padding does not compute 0 / 0.
    /// (batch or 1, 1, sequence, sequence)
    /// </summary>
    private Tensor Window(long length, Device device, Tensor? everywhere)
    {
        var positions = Arithmetic.Range(0, length, ScalarType.Int64, device);
        var distance = (positions.unsqueeze(0) - positions.unsqueeze(1)).abs();
        var near = distance.le(tensor((long)Config.LocalAttention / 2, device: device)).view(1, 1, length, length);
        return everywhere is null ? near : near.logical_and(everywhere).logical_or(distance.logical_not()); // itself
    }

    /// <summary>Cosine and sine of each position's rotations, fp32 (…, sequence, head size).</summary>
    private (Tensor Cosine, Tensor Sine) Turns(Tensor positions, double theta) =>
        Rotary.Turns(positions, Config.HiddenSize / Config.Heads, theta);

    /// <summary>How fast each pair of a head's numbers is rotated, fp32 (head size / 2).</summary>
    internal static Tensor Speeds(ModelConfig config, double theta, Device device) =>
        Rotary.Speeds(config.HiddenSize / config.Heads, theta, device);

    private sealed class Pass : IEncoderPass
    {
        private readonly ModernBertEncoder _encoder;
        private readonly EncoderInput _input;
        private readonly Unpadded? _texts;
        private readonly Tensor? _everywhere; // (batch, 1, 1, sequence)
        private readonly Tensor? _nearby; // (batch or 1, 1, sequence, sequence)
        private readonly (Tensor, Tensor) _globalTurns;
        private readonly (Tensor, Tensor) _localTurns;

        public Pass(ModernBertEncoder encoder, EncoderInput input, Unpadded? texts)
        {
            (_encoder, _input, _texts) = (encoder, input, texts);
            var (length, device) = (input.Ids.size(1), input.Ids.device);
            if (texts is null)
            {
                _everywhere = input.Mask?.view(input.Mask.size(0), 1, 1, length);
                _nearby = encoder.Window(length, device, _everywhere);
            }

            var positions = texts?.Positions() ?? Arithmetic.Range(0, length, ScalarType.Float32, device);
            _globalTurns = encoder.Turns(positions, encoder.Config.GlobalRopeTheta);
            _localTurns = encoder.Turns(positions, encoder.Config.LocalRopeTheta);
        }

        public Tensor Embed()
        {
            using var scope = NewDisposeScope();
            var words = _encoder._words.Forward(_texts?.Row(_input.Ids) ?? _input.Ids).to_type(_encoder.Parameters.ComputeType);
            return Drop(_encoder._embeddingNorm.Forward(words), _input.Dropout).MoveToOuterDisposeScope(); // (batch, sequence, hidden)
        }

        public Tensor Layer(int index, Tensor states)
        {
            var everywhere = _encoder.Config.AttendsEverywhere(index);
            Tensor Attend(Tensor query, Tensor key, Tensor value) =>
                _texts is null ? Attention.Of(query, key, value, everywhere ? _everywhere : _nearby, _input.Dropout)
                : is_grad_enabled() || _input.Dropout is not null
                    ? _texts.Train(query, key, value, _input.Dropout, everywhere ? null : Near)
                : _texts.Attend(query, key, value, (queries, keys, values) =>
                    Attention.Of(queries, keys, values, everywhere ? null : Near(queries.size(2)), dropout: null)
                );
            return _encoder._layers[index].Forward(states, Attend, everywhere ? _globalTurns : _localTurns, _input.Dropout);
        }

        public Tensor Finish(Tensor states)
        {
            using var scope = NewDisposeScope();
            var wanted =
                !_input.FirstTokenOnly ? states
                : _texts is null ? states.narrow(1, 0, 1)
                : states.index_select(1, _texts.FirstTokens);
            var normalized = _encoder._finalNorm.Forward(wanted);
            return (_texts?.Padded(normalized, _input.FirstTokenOnly) ?? normalized).MoveToOuterDisposeScope();
        }

        /// <summary>The window of a text, or null for one that is no longer.</summary>
        private Tensor? Near(long length) => length <= _encoder.Config.LocalAttention / 2 + 1 ? null : _encoder.Window(length, CPU, null);
    }

    private sealed class Layer(ParameterSet parameters, string prefix, int index, ModelConfig config)
    {
        private readonly Norm? _attentionNorm =
            index == 0 ? null : new(parameters, prefix + "attn_norm", config.HiddenSize, config.LayerNormEpsilon, config.NormBias);
        private readonly Dense _queryKeyValue = new(
            parameters,
            3 * config.HiddenSize,
            config.HiddenSize,
            config.AttentionBias,
            prefix + "attn.Wqkv"
        );
        private readonly Dense _attentionOutput = new(
            parameters,
            config.HiddenSize,
            config.HiddenSize,
            config.AttentionBias,
            prefix + "attn.Wo"
        );
        private readonly Norm _feedForwardNorm = new(
            parameters,
            prefix + "mlp_norm",
            config.HiddenSize,
            config.LayerNormEpsilon,
            config.NormBias
        );
        private readonly Dense _inner = new(parameters, 2 * config.IntermediateSize, config.HiddenSize, config.MlpBias, prefix + "mlp.Wi");
        private readonly Dense _output = new(parameters, config.HiddenSize, config.IntermediateSize, config.MlpBias, prefix + "mlp.Wo");

        public Tensor Forward(
            Tensor states,
            Func<Tensor, Tensor, Tensor, Tensor> attend,
            (Tensor Cosine, Tensor Sine) turns,
            Dropout? dropout
        )
        {
            using var scope = NewDisposeScope();
            var normalized = _attentionNorm?.Forward(states) ?? states;
            var heads = _queryKeyValue
                .Forward(normalized)
                .view(states.size(0), states.size(1), 3, config.Heads, config.HiddenSize / config.Heads);
            var (query, key, value) = (
                Rotary.Turn(heads.select(2, 0).transpose(1, 2), turns),
                Rotary.Turn(heads.select(2, 1).transpose(1, 2), turns),
                heads.select(2, 2).transpose(1, 2)
            );
            var context = attend(query, key, value); // (batch, heads, sequence, head size)
            var joined = context.transpose(1, 2).reshape(states.size(0), -1, config.HiddenSize);
            var attended = Sum(_attentionOutput, joined, states, dropout);
            var halves = _inner.Forward(_feedForwardNorm.Forward(attended)).chunk(2, -1); // input and gate: (batch, sequence, intermediate)
            var gated = Drop(Activations.Apply(config.Activation, halves[0]) * halves[1], dropout);
            return Sum(_output, gated, attended, dropout: null).MoveToOuterDisposeScope();
        }
    }
}
