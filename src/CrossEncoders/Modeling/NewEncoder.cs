using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>
/// Zhang et al. 2024, "mGTE: Generalized Long-Context Text Representation and Reranking Models": BERT's layers with rotary positions and a
/// gated feed-forward. Re-rankers and embedders of the name gte-multilingual have it.
/// </summary>
/// <remarks>
/// Keys and computation follow <c>modeling.py</c> of Alibaba-NLP/new-impl, none of which is run. Texts are turned at the speeds that NTK
/// scaling gives, however short they are, as there.
/// </remarks>
internal sealed class NewEncoder : Encoder
{
    private readonly NewConfig _own;
    private readonly Embedding _words;
    private readonly Embedding? _types;
    private readonly Norm _embeddingNorm;
    private readonly Layer[] _layers;

    public NewEncoder(ModelConfig config, Family family, ParameterSet parameters)
        : base(config, family, parameters)
    {
        var prefix = family.Prefix + "embeddings.";
        _own = NewConfig.Of(config);
        _words = new(parameters, config.VocabularySize, config.HiddenSize, prefix + "word_embeddings");
        if (config.TypeVocabularySize > 0)
            _types = new(parameters, config.TypeVocabularySize, config.HiddenSize, prefix + "token_type_embeddings");
        _embeddingNorm = new(parameters, prefix + "LayerNorm", config.HiddenSize, config.LayerNormEpsilon);
        _layers =
        [
            .. Enumerable
                .Range(0, config.Layers)
                .Select(i => new Layer(parameters, $"{family.Prefix}encoder.layer.{i}.", config, _own.IsPacked)),
        ];
    }

    internal override IEncoderPass Begin(EncoderInput input) => new Pass(this, input, null);

    private protected override IEncoderPass? BeginUnpadded(EncoderInput input) =>
        Unpadded.Of(input, TrainsUnpadded) is { } texts ? new Pass(this, input, texts) : null;

    /// <summary>How fast each pair of a head's numbers is rotated, fp32 (head size / 2).</summary>
    internal Tensor Speeds(Device device) =>
        Rotary.Speeds(Config.HeadSize, _own.RopeTheta * _own.Factor, device).Over(Math.Pow(_own.Factor, 2.0 / Config.HeadSize));

    private sealed class Pass(NewEncoder encoder, EncoderInput input, Unpadded? texts) : IEncoderPass
    {
        private readonly Tensor? _attendable = input.Mask?.view(input.Mask.size(0), 1, 1, input.Mask.size(1)); // (batch, 1, 1, sequence)
        private readonly (Tensor, Tensor) _turns = Rotary.Turns(
            texts?.Positions() ?? Arithmetic.Range(0, input.Ids.size(1), ScalarType.Float32, input.Ids.device),
            encoder.Speeds(input.Ids.device)
        ); // (…, sequence, head size)

        public Tensor Embed()
        {
            using var scope = NewDisposeScope();
            var sum = encoder._words.Forward(Row(input.Ids)); // (batch, sequence, hidden)
            if (encoder._types is not null)
                sum = sum.Plus(encoder._types.Forward(Row(input.TypeIds)));
            var states = encoder._embeddingNorm.Forward(sum.to_type(encoder.Parameters.ComputeType));
            return Drop(states, input.Dropout).MoveToOuterDisposeScope();
        }

        public Tensor Layer(int index, Tensor states) => encoder._layers[index].Forward(states, Attend, _turns, input.Dropout);

        public Tensor Finish(Tensor states) =>
            texts is null ? (input.FirstTokenOnly ? states.narrow(1, 0, 1) : states)
            : input.FirstTokenOnly ? texts.Padded(states.index_select(1, texts.FirstTokens), firstTokenOnly: true)
            : texts.Padded(states, firstTokenOnly: false);

        private Tensor Row(Tensor padded) => texts?.Row(padded) ?? padded;

        private Tensor Attend(Tensor query, Tensor key, Tensor value) =>
            texts is null ? Attention.Of(query, key, value, _attendable, input.Dropout)
            : is_grad_enabled() || input.Dropout is not null ? texts.Train(query, key, value, input.Dropout)
            : texts.Attend(query, key, value, (queries, keys, values) => Attention.Of(queries, keys, values, null, null));
    }

    private sealed class Layer(ParameterSet parameters, string prefix, ModelConfig config, bool isPacked)
    {
        private readonly Dense _queryKeyValue = isPacked
            ? new(parameters, 3 * config.HiddenSize, config.HiddenSize, prefix + "attention.qkv_proj")
            : new(
                parameters,
                config.HiddenSize,
                config.HiddenSize,
                prefix + "attention.q_proj",
                prefix + "attention.k_proj",
                prefix + "attention.v_proj"
            );
        private readonly Dense _attentionOutput = new(parameters, config.HiddenSize, config.HiddenSize, prefix + "attention.o_proj");
        private readonly Norm _attentionNorm = new(parameters, prefix + "attn_ln", config.HiddenSize, config.LayerNormEpsilon);
        private readonly Dense _inner = new(
            parameters,
            2 * config.IntermediateSize,
            config.HiddenSize,
            hasBias: false,
            prefix + "mlp.up_gate_proj"
        );
        private readonly Dense _output = new(parameters, config.HiddenSize, config.IntermediateSize, prefix + "mlp.down_proj");
        private readonly Norm _norm = new(parameters, prefix + "mlp_ln", config.HiddenSize, config.LayerNormEpsilon);

        public Tensor Forward(
            Tensor states,
            Func<Tensor, Tensor, Tensor, Tensor> attend,
            (Tensor Cosine, Tensor Sine) turns,
            Dropout? dropout
        )
        {
            using var scope = NewDisposeScope();
            var heads = _queryKeyValue.Forward(states).view(states.size(0), states.size(1), 3, config.Heads, config.HeadSize);
            var (query, key, value) = (
                Rotary.Turn(heads.select(2, 0).transpose(1, 2), turns), // (batch, heads, sequence, head size)
                Rotary.Turn(heads.select(2, 1).transpose(1, 2), turns),
                heads.select(2, 2).transpose(1, 2)
            );
            var context = attend(query, key, value).transpose(1, 2).reshape(states.size(0), -1, config.HiddenSize);
            var attended = _attentionNorm.Forward(Sum(_attentionOutput, context, states, dropout));
            var halves = _inner.Forward(attended).chunk(2, -1); // value and gate: (batch, sequence, intermediate)
            var gated = Drop(halves[0] * Activations.Apply(config.Activation, halves[1]), dropout);
            return _norm.Forward(Sum(_output, gated, attended, dropout)).MoveToOuterDisposeScope();
        }
    }
}
