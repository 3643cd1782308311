using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>The encoder of Devlin et al. 2018 (BERT) and of those that share its layers: RoBERTa, XLM-R, DistilBERT, ELECTRA.</summary>
/// <remarks>Keys and computation follow transformers' <c>modeling_bert.py</c> and its relatives.</remarks>
internal sealed class BertEncoder : Encoder
{
    private readonly Embedding _words;
    private readonly Embedding _positions;
    private readonly Embedding? _types;
    private readonly Norm _embeddingNorm;
    private readonly Dense? _projection;
    private readonly Layer[] _layers;

    public BertEncoder(ModelConfig config, Family family, ParameterSet parameters)
        : base(config, family, parameters)
    {
        var prefix = family.Prefix + "embeddings.";
        var width = config.EmbeddingSize ?? config.HiddenSize;
        _words = new(parameters, config.VocabularySize, width, prefix + "word_embeddings");
        _positions = new(parameters, config.MaxPositions, width, prefix + "position_embeddings");
        if (config.TypeVocabularySize > 0)
            _types = new(parameters, config.TypeVocabularySize, width, prefix + "token_type_embeddings");
        _embeddingNorm = new(parameters, prefix + "LayerNorm", width, config.LayerNormEpsilon);
        if (width != config.HiddenSize)
            _projection = new(parameters, config.HiddenSize, width, family.Prefix + "embeddings_project");
        _layers =
        [
            .. Enumerable
                .Range(0, config.Layers)
                .Select(i => new Layer(parameters, $"{family.Prefix}{family.Layer.Prefix}{i}.", family.Layer, config)),
        ];
    }

    /// <summary>The position of a text's first token.</summary>
    internal int FirstPosition => Family.FirstPosition(Config);

    internal override IEncoderPass Begin(EncoderInput input) => new Pass(this, input, null);

    private protected override IEncoderPass? BeginUnpadded(EncoderInput input) =>
        Unpadded.Of(input, TrainsUnpadded) is { } texts ? new Pass(this, input, texts) : null;

    private sealed class Pass(BertEncoder encoder, EncoderInput input, Unpadded? texts) : IEncoderPass
    {
        private readonly Tensor? _attendable = input.Mask?.view(input.Mask.size(0), 1, 1, input.Mask.size(1)); // (batch, 1, 1, sequence)

        public Tensor Embed()
        {
            using var scope = NewDisposeScope();
            // (batch, sequence, embedding)
            var sum = encoder._words.Forward(Row(input.Ids)).Plus(encoder._positions.Forward(Row(Positions())));
            if (encoder._types is not null)
                sum = sum.Plus(encoder._types.Forward(Row(input.TypeIds)));
            var states = Drop(encoder._embeddingNorm.Forward(sum.to_type(encoder.Parameters.ComputeType)), input.Dropout);
            return (encoder._projection?.Forward(states) ?? states).MoveToOuterDisposeScope(); // (batch, sequence, hidden)
        }

        public Tensor Layer(int index, Tensor states) =>
            encoder
                ._layers[index]
                .Forward(states, _attendable, texts, input.FirstTokenOnly && index == encoder._layers.Length - 1, input.Dropout);

        public Tensor Finish(Tensor states) => texts?.Padded(states, input.FirstTokenOnly && encoder._layers.Length > 0) ?? states;

        private Tensor Row(Tensor padded) => texts?.Row(padded) ?? padded;

        /// <summary>Counted from 0, or fairseq's way: over all that is not the padding id, which stays at that position.</summary>
        private Tensor Positions()
        {
            if (input.Mask is null || !encoder.Family.PositionsAfterPadding)
                return Arithmetic.Range(encoder.FirstPosition, input.Ids.size(1), ScalarType.Int64, input.Ids.device).expand_as(input.Ids);
            var padding = encoder.Config.PaddingId ?? 1;
            var real = input.Ids.ne(tensor((long)padding, device: input.Ids.device)).to_type(ScalarType.Int64);
            return real.cumsum(1).mul(real).Plus((long)padding);
        }
    }

    private sealed class Layer(ParameterSet parameters, string prefix, LayerNames names, ModelConfig config)
    {
        private readonly Dense _queryKeyValue = new(
            parameters,
            config.HiddenSize,
            config.HiddenSize,
            prefix + names.Query,
            prefix + names.Key,
            prefix + names.Value
        );
        private readonly Dense _attentionOutput = new(parameters, config.HiddenSize, config.HiddenSize, prefix + names.AttentionOutput);
        private readonly Norm _attentionNorm = new(parameters, prefix + names.AttentionNorm, config.HiddenSize, config.LayerNormEpsilon);
        private readonly FeedForward _feedForward = new(parameters, prefix, names, config);

        public Tensor Forward(Tensor states, Tensor? attendable, Unpadded? texts, bool firstTokenOnly, Dropout? dropout)
        {
            using var scope = NewDisposeScope();
            var residual =
                !firstTokenOnly ? states
                : texts is null ? states.narrow(1, 0, 1) // (batch, 1, hidden)
                : states.index_select(1, texts.FirstTokens); // (1, batch, hidden)
            // (batch, sequence or 1, hidden)
            var joined = texts is null ? Attend(states, residual, attendable, dropout) : AttendUnpadded(states, residual, texts, dropout);
            var attended = _attentionNorm.Forward(Sum(_attentionOutput, joined, residual, dropout));
            return _feedForward.Forward(attended, dropout).MoveToOuterDisposeScope();
        }

        private Tensor Attend(Tensor states, Tensor asking, Tensor? attendable, Dropout? dropout)
        {
            Tensor[] heads = ReferenceEquals(states, asking) // query, key, value: (batch, heads, sequence, head size)
                ? Split(_queryKeyValue.Forward(states), 3)
                : [.. Split(_queryKeyValue.Forward(asking, 0, 1), 1), .. Split(_queryKeyValue.Forward(states, 1, 2), 2)];
            var context = Attention.Of(heads[0], heads[1], heads[2], attendable, dropout);
            return context.transpose(1, 2).reshape(states.size(0), -1, config.HiddenSize);
        }

        private Tensor AttendUnpadded(Tensor states, Tensor asking, Unpadded texts, Dropout? dropout)
        {
            var trains = is_grad_enabled() || dropout is not null;
            if (!ReferenceEquals(states, asking))
            {
                var (queries, keysAndValues) = (_queryKeyValue.Forward(asking, 0, 1), _queryKeyValue.Forward(states, 1, 2));
                return trains
                    ? texts.Train(queries, keysAndValues, config.Heads, dropout)
                    : texts.Attend(queries, keysAndValues, config.Heads);
            }

            var projected = _queryKeyValue.Forward(states);
            return trains
                ? texts.Train(null, projected, config.Heads, dropout)
                : texts.Attend(
                    projected.narrow(2, 0, config.HiddenSize),
                    projected.narrow(2, config.HiddenSize, 2 * config.HiddenSize),
                    config.Heads
                );
        }

        private Tensor[] Split(Tensor projected, int parts)
        {
            var shaped = projected.view(projected.size(0), projected.size(1), parts, config.Heads, config.HiddenSize / config.Heads);
            return [.. Enumerable.Range(0, parts).Select(part => shaped.select(2, part).transpose(1, 2))];
        }
    }

    /// <summary>The second half of a layer: widen, activate, narrow, add, normalize.</summary>
    internal sealed class FeedForward(ParameterSet parameters, string prefix, LayerNames names, ModelConfig config)
    {
        private readonly Dense _inner = new(parameters, config.IntermediateSize, config.HiddenSize, prefix + names.Inner);
        private readonly Dense _output = new(parameters, config.HiddenSize, config.IntermediateSize, prefix + names.Output);
        private readonly Norm _norm = new(parameters, prefix + names.OutputNorm, config.HiddenSize, config.LayerNormEpsilon);

        public Tensor Forward(Tensor states, Dropout? dropout) =>
            _norm.Forward(Sum(_output, _inner.Activated(states, config.Activation), states, dropout));
    }
}
