using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>
/// He et al. 2021, "DeBERTa" and "DeBERTaV3": attention adds to content-to-content what content says to relative positions and positions to
/// content; distances fall into buckets that widen logarithmically.
/// </summary>
/// <remarks>Keys and computation follow transformers' <c>modeling_deberta_v2.py</c>.</remarks>
internal sealed class DebertaEncoder : Encoder
{
    private readonly Embedding _words;
    private readonly Embedding? _positions;
    private readonly Embedding? _types;
    private readonly Norm _embeddingNorm;
    private readonly Embedding _relative;
    private readonly Norm? _relativeNorm;
    private readonly Layer[] _layers;

    public DebertaEncoder(ModelConfig config, Family family, ParameterSet parameters)
        : base(config, family, parameters)
    {
        if (!config.RelativeAttention || config.ConvolutionKernel > 0 || (config.EmbeddingSize ?? config.HiddenSize) != config.HiddenSize)
            throw new CrossEncoderException(
                "This DeBERTa variant is not supported: it needs relative_attention, no convolution (conv_kernel_size) and embedding_size "
                    + "equal to hidden_size, as DeBERTa-v3 has."
            );
        var prefix = family.Prefix + "embeddings.";
        _words = new(parameters, config.VocabularySize, config.HiddenSize, prefix + "word_embeddings");
        if (config.PositionBiasedInput)
            _positions = new(parameters, config.MaxPositions, config.HiddenSize, prefix + "position_embeddings");
        if (config.TypeVocabularySize > 0)
            _types = new(parameters, config.TypeVocabularySize, config.HiddenSize, prefix + "token_type_embeddings");
        _embeddingNorm = new(parameters, prefix + "LayerNorm", config.HiddenSize, config.LayerNormEpsilon);
        _relative = new(parameters, 2 * Span, config.HiddenSize, family.Prefix + "encoder.rel_embeddings");
        if (config.RelativeNorm?.Contains("layer_norm", StringComparison.Ordinal) ?? false)
            _relativeNorm = new(parameters, family.Prefix + "encoder.LayerNorm", config.HiddenSize, config.LayerNormEpsilon);
        _layers =
        [
            .. Enumerable
                .Range(0, config.Layers)
                .Select(i => new Layer(parameters, $"{family.Prefix}{family.Layer.Prefix}{i}.", family.Layer, config, Span)),
        ];
    }

    private int MaxDistance => Config.MaxRelativePositions > 0 ? Config.MaxRelativePositions : Config.MaxPositions;

    /// <summary>Half the number of relative positions that have an embedding.</summary>
    internal int Span => Config.PositionBuckets > 0 ? Config.PositionBuckets : MaxDistance;

    /// <summary>Whether relative embeddings are normalized.</summary>
    internal bool NormalizesRelative => _relativeNorm is not null;

    internal override IEncoderPass Begin(EncoderInput input) => new Pass(this, input, null);

    private protected override IEncoderPass? BeginUnpadded(EncoderInput input) =>
        Unpadded.Of(input) is { } texts ? new Pass(this, input, texts) : null;

    /// <summary>The row of the relative embeddings for a query and a key that it is so far behind, and for the reverse.</summary>
    internal (long Forth, long Back) Bucket(int distance)
    {
        var bucket = Config.PositionBuckets > 0 ? LogBucket(distance) : distance;
        return (Math.Clamp(bucket + Span, 0, 2 * Span - 1), Math.Clamp(-bucket + Span, 0, 2 * Span - 1));
    }

    /// <summary>The row of the relative embeddings for query i and key j, and for the reverse, int64 (sequence, sequence) each.</summary>
    private (Tensor Forth, Tensor Back) Buckets(int length, Device device)
    {
        var (forth, back) = (new long[length * length], new long[length * length]);
        for (var i = 0; i < length; i++)
        {
            for (var j = 0; j < length; j++)
                (forth[i * length + j], back[i * length + j]) = Bucket(i - j);
        }

        return (tensor(forth, [length, length], device: device), tensor(back, [length, length], device: device));
    }

    /// <summary>Distances up to half the buckets as they are, beyond that in wider and wider buckets.</summary>
    private int LogBucket(int distance)
    {
        var middle = Config.PositionBuckets / 2;
        var size = Math.Abs(distance);
        if (size <= middle)
            return distance;
        // In single precision, as transformers computes it: a bucket's edge must not move.
        var log = MathF.Ceiling(MathF.Log((float)size / middle) / MathF.Log((float)(MaxDistance - 1) / middle) * (middle - 1));
        return Math.Sign(distance) * ((int)log + middle);
    }

    private sealed class Pass(DebertaEncoder encoder, EncoderInput input, Unpadded? texts) : IEncoderPass
    {
        private readonly (Tensor Forth, Tensor Back) _buckets = encoder.Buckets((int)input.Ids.size(1), input.Ids.device);

        // (batch, 1, 1, sequence)
        private readonly Tensor? _hidden = input.Mask?.view(input.Mask.size(0), 1, 1, input.Mask.size(1)).logical_not();

        public Tensor Embed()
        {
            using var scope = NewDisposeScope();
            var sum = encoder._words.Forward(Row(input.Ids));
            if (encoder._positions is not null)
                sum = sum.Plus(
                    encoder._positions.Forward(
                        Row(Arithmetic.Range(0, input.Ids.size(1), ScalarType.Int64, input.Ids.device).expand_as(input.Ids))
                    )
                );
            if (encoder._types is not null)
                sum = sum.Plus(encoder._types.Forward(Row(input.TypeIds)));
            var states = encoder._embeddingNorm.Forward(sum.to_type(encoder.Parameters.ComputeType)); // (batch, sequence, hidden)
            return Drop(states, input.Dropout).MoveToOuterDisposeScope();
        }

        public Tensor Layer(int index, Tensor states)
        {
            using var scope = NewDisposeScope();
            var relative = encoder._relative.Table.to_type(encoder.Parameters.ComputeType); // (2 × span, hidden)
            if (encoder._relativeNorm is not null)
                relative = encoder._relativeNorm.Forward(relative);
            return encoder._layers[index].Forward(states, relative, _buckets, _hidden, texts, input.Dropout).MoveToOuterDisposeScope();
        }

        public Tensor Finish(Tensor states) =>
            texts is null ? (input.FirstTokenOnly ? states.narrow(1, 0, 1) : states)
            : input.FirstTokenOnly ? texts.Padded(states.index_select(1, texts.FirstTokens), firstTokenOnly: true)
            : texts.Padded(states, firstTokenOnly: false);

        private Tensor Row(Tensor padded) => texts?.Row(padded) ?? padded;
    }

    private sealed class Layer
    {
        private readonly ModelConfig _config;
        private readonly int _span;
        private readonly Dense _queryKeyValue;
        private readonly Dense? _positionKey;
        private readonly Dense? _positionQuery;
        private readonly Dense _attentionOutput;
        private readonly Norm _attentionNorm;
        private readonly BertEncoder.FeedForward _feedForward;

        public Layer(ParameterSet parameters, string prefix, LayerNames names, ModelConfig config, int span)
        {
            var width = config.HiddenSize;
            (_config, _span) = (config, span);
            _queryKeyValue = new(parameters, width, width, prefix + names.Query, prefix + names.Key, prefix + names.Value);
            if (!config.ShareAttentionKey && ContentToPosition)
                _positionKey = new(parameters, width, width, prefix + "attention.self.pos_key_proj");
            if (!config.ShareAttentionKey && PositionToContent)
                _positionQuery = new(parameters, width, width, prefix + "attention.self.pos_query_proj");
            _attentionOutput = new(parameters, width, width, prefix + names.AttentionOutput);
            _attentionNorm = new(parameters, prefix + names.AttentionNorm, width, config.LayerNormEpsilon);
            _feedForward = new(parameters, prefix, names, config);
        }

        private bool ContentToPosition => _config.PositionAttention.Contains("c2p");

        private bool PositionToContent => _config.PositionAttention.Contains("p2c");

        public Tensor Forward(
            Tensor states,
            Tensor relative,
            (Tensor Forth, Tensor Back) buckets,
            Tensor? hidden,
            Unpadded? texts,
            Dropout? dropout
        )
        {
            using var scope = NewDisposeScope();
            var (batch, length, width) = (states.size(0), states.size(1), _config.HiddenSize);
            var parts = _queryKeyValue.Forward(states).view(batch, length, 3, _config.Heads, width / _config.Heads);
            var (query, key, value) = (
                parts.select(2, 0).transpose(1, 2),
                parts.select(2, 1).transpose(1, 2),
                parts.select(2, 2).transpose(1, 2)
            );
            var positionKey = ContentToPosition ? Heads(_positionKey?.Forward(relative) ?? _queryKeyValue.Forward(relative, 1, 1)) : null;
            var positionQuery = PositionToContent
                ? Heads(_positionQuery?.Forward(relative) ?? _queryKeyValue.Forward(relative, 0, 1))
                : null;
            Tensor Attend(Tensor queries, Tensor keys, Tensor values)
            {
                var weights = Scores(queries, keys, (positionKey, positionQuery), buckets);
                weights = (hidden is null || texts is not null ? weights : weights.Without(hidden)).softmax(-1);
                if (dropout is { Attention: > 0 })
                    weights = Dropping.Apply(weights, dropout.Attention);
                return weights.to_type(values.dtype).matmul(values);
            }

            var context = texts?.Attend(query, key, value, Attend) ?? Attend(query, key, value); // (batch, heads, sequence, head size)
            var joined = context.transpose(1, 2).reshape(batch, length, width);
            var attended = _attentionNorm.Forward(Sum(_attentionOutput, joined, states, dropout));
            return _feedForward.Forward(attended, dropout).MoveToOuterDisposeScope();
        }

        /// <summary>
        /// Products of queries and keys, (batch, heads, sequence, sequence): of contents, and of contents and positions, (heads, 2 × span,
        /// head size). A sum that half precision would coarsen, so in fp32.
        /// </summary>
        private Tensor Scores(Tensor query, Tensor key, (Tensor? Key, Tensor? Query) positions, (Tensor Forth, Tensor Back) buckets)
        {
            var (batch, length) = (query.size(0), query.size(2));
            var terms = 1 + (positions.Key is null ? 0 : 1) + (positions.Query is null ? 0 : 1);
            var scale = 1 / Math.Sqrt((double)_config.HiddenSize / _config.Heads * terms);
            var scores = InFp32(query.matmul(key.transpose(2, 3))).Times(scale);
            if (positions.Key is not null)
                scores = scores.Plus(
                    InFp32(query.matmul(positions.Key.transpose(1, 2)).gather(3, Each(buckets.Forth, batch, length))).Times(scale)
                );
            if (positions.Query is null)
                return scores;
            var back = key.matmul(positions.Query.transpose(1, 2)).gather(3, Each(buckets.Back, batch, length));
            return scores.Plus(InFp32(back.transpose(2, 3)).Times(scale));
        }

        private static Tensor InFp32(Tensor scores) => scores.to_type(ScalarType.Float32);

        private Tensor Heads(Tensor relative) =>
            relative.view(2 * _span, _config.Heads, _config.HiddenSize / _config.Heads).transpose(0, 1);

        /// <summary>The corner of the buckets that texts of a length need: a distance's is the same in every length.</summary>
        private Tensor Each(Tensor buckets, long batch, long length) =>
            buckets.narrow(0, 0, length).narrow(1, 0, length).expand(batch, _config.Heads, length, length);
    }
}
