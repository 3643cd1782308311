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

    internal override IEncoderPass Begin(EncoderInput input) => new Pass(this, input);

    /// <summary>
    /// Keys at most half a window away; a token always sees itself, so that padding does not compute 0 / 0.
    /// (batch or 1, 1, sequence, sequence)
    /// </summary>
    private Tensor Window(Tensor ids, Tensor? everywhere)
    {
        var positions = arange(ids.size(1), ScalarType.Int64, ids.device);
        var distance = (positions.unsqueeze(0) - positions.unsqueeze(1)).abs();
        var near = (distance <= Config.LocalAttention / 2).view(1, 1, ids.size(1), ids.size(1));
        return everywhere is null ? near : near.logical_and(everywhere).logical_or(distance == 0);
    }

    /// <summary>Cosine and sine of each position's rotations, fp32 (sequence, head size).</summary>
    private (Tensor Cosine, Tensor Sine) Turns(Tensor ids, double theta) =>
        Rotary.Turns(arange(ids.size(1), ScalarType.Float32, ids.device), Config.HiddenSize / Config.Heads, theta);

    /// <summary>How fast each pair of a head's numbers is rotated, fp32 (head size / 2).</summary>
    internal static Tensor Speeds(ModelConfig config, double theta, Device device) =>
        Rotary.Speeds(config.HiddenSize / config.Heads, theta, device);

    private sealed class Pass : IEncoderPass
    {
        private readonly ModernBertEncoder _encoder;
        private readonly EncoderInput _input;
        private readonly Tensor? _everywhere; // (batch, 1, 1, sequence)
        private readonly Tensor _nearby;
        private readonly (Tensor, Tensor) _globalTurns;
        private readonly (Tensor, Tensor) _localTurns;

        public Pass(ModernBertEncoder encoder, EncoderInput input)
        {
            (_encoder, _input) = (encoder, input);
            _everywhere = input.Mask?.view(input.Mask.size(0), 1, 1, input.Mask.size(1));
            _nearby = encoder.Window(input.Ids, _everywhere);
            _globalTurns = encoder.Turns(input.Ids, encoder.Config.GlobalRopeTheta);
            _localTurns = encoder.Turns(input.Ids, encoder.Config.LocalRopeTheta);
        }

        public Tensor Embed()
        {
            using var scope = NewDisposeScope();
            var words = _encoder._words.Forward(_input.Ids).to_type(_encoder.Parameters.ComputeType);
            return Drop(_encoder._embeddingNorm.Forward(words), _input.Dropout).MoveToOuterDisposeScope(); // (batch, sequence, hidden)
        }

        public Tensor Layer(int index, Tensor states) =>
            _encoder.Config.AttendsEverywhere(index)
                ? _encoder._layers[index].Forward(states, _everywhere, _globalTurns, _input.Dropout)
                : _encoder._layers[index].Forward(states, _nearby, _localTurns, _input.Dropout);

        public Tensor Finish(Tensor states) => _encoder._finalNorm.Forward(_input.FirstTokenOnly ? states.narrow(1, 0, 1) : states);
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

        public Tensor Forward(Tensor states, Tensor? attendable, (Tensor Cosine, Tensor Sine) turns, Dropout? dropout)
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
            var context = Attention.Of(query, key, value, attendable, dropout);
            var attended =
                states + Drop(_attentionOutput.Forward(context.transpose(1, 2).reshape(states.size(0), -1, config.HiddenSize)), dropout);
            var halves = _inner.Forward(_feedForwardNorm.Forward(attended)).chunk(2, -1); // input and gate: (batch, sequence, intermediate)
            var gated = Drop(Activations.Apply(config.Activation, halves[0]) * halves[1], dropout);
            return (attended + _output.Forward(gated)).MoveToOuterDisposeScope();
        }
    }
}
