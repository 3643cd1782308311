using CrossEncoders.Modeling;
using static CrossEncoders.Onnx.Graph.GraphWriter;

namespace CrossEncoders.Onnx.Graph;

/// <summary><see cref="DebertaEncoder"/> as nodes.</summary>
/// <param name="blocks">Where they are added.</param>
/// <param name="encoder">The encoder.</param>
/// <param name="config">Its shape.</param>
/// <param name="family">Its names.</param>
internal sealed class DebertaGraph(GraphBlocks blocks, DebertaEncoder encoder, ModelConfig config, Family family)
{
    private readonly GraphWriter _graph = blocks.Graph;
    private readonly int _headSize = config.HiddenSize / config.Heads;

    public static string Add(
        GraphBlocks blocks,
        DebertaEncoder encoder,
        ModelConfig config,
        Family family,
        GraphInputs inputs,
        bool firstTokenOnly
    )
    {
        var states = new DebertaGraph(blocks, encoder, config, family).Add(inputs);
        return firstTokenOnly ? blocks.FirstToken(states) : states;
    }

    private string Add(GraphInputs inputs)
    {
        var prefix = family.Prefix + "embeddings.";
        var sum = blocks.Lookup(prefix + "word_embeddings", inputs.Ids);
        if (config.PositionBiasedInput)
            sum = _graph.Add(sum, blocks.Lookup(prefix + "position_embeddings", _graph.Range(0, inputs.Length)));
        if (config.TypeVocabularySize > 0)
            sum = _graph.Add(sum, blocks.Lookup(prefix + "token_type_embeddings", inputs.TypeIds ?? _graph.Longs(0)));
        var states = blocks.Norm(sum, prefix + "LayerNorm", config.LayerNormEpsilon); // (batch, sequence, hidden)
        var relative = blocks.Table(family.Prefix + "encoder.rel_embeddings"); // (2 × span, hidden)
        if (encoder.NormalizesRelative)
            relative = blocks.Norm(relative, family.Prefix + "encoder.LayerNorm", config.LayerNormEpsilon);
        var buckets = Buckets(inputs.Length);
        for (var i = 0; i < config.Layers; i++)
            states = Layer($"{family.Prefix}{family.Layer.Prefix}{i}.", states, relative, buckets, inputs.MaskBias);
        return states;
    }

    /// <summary>
    /// The row of the relative embeddings for query i and key j, and for the reverse, int64 (1, 1, sequence, sequence) each.
    /// </summary>
    private (string Forth, string Back) Buckets(string length)
    {
        var most = encoder.MaxLength - 1;
        var all = Enumerable.Range(-most, 2 * most + 1).Select(encoder.Bucket).ToArray();
        var positions = _graph.Range(0, length);
        var distance = _graph.Subtract(_graph.Unsqueeze(positions, 1), _graph.Unsqueeze(positions, 0)); // i - j, (sequence, sequence)
        var place = _graph.Add(distance, _graph.Long(most));
        string Of(string name, IEnumerable<long> rows) =>
            _graph.Unsqueeze(_graph.Rows(_graph.Tensor(name, ElementCode.Int64, [all.Length], rows.ToArray()), place), 0, 1);
        return (Of("buckets_forth", all.Select(bucket => bucket.Forth)), Of("buckets_back", all.Select(bucket => bucket.Back)));
    }

    private string Layer(string prefix, string states, string relative, (string Forth, string Back) buckets, string bias)
    {
        var names = family.Layer;
        var (toPosition, toContent) = (config.PositionAttention.Contains("c2p"), config.PositionAttention.Contains("p2c"));
        string Heads(string name) => blocks.Heads(blocks.Dense(states, prefix + name), config.Heads, _headSize);
        var (query, key, value) = (Heads(names.Query), Heads(names.Key), Heads(names.Value));
        var scores = _graph.Product(query, _graph.Transpose(key, 0, 1, 3, 2)); // (batch, heads, sequence, sequence)
        var shape = _graph.Node("Shape", [scores]);
        if (toPosition)
        {
            var positions = Relative(relative, prefix, config.ShareAttentionKey ? names.Key : "attention.self.pos_key_proj");
            scores = _graph.Add(scores, At(_graph.Product(query, positions), buckets.Forth, shape));
        }

        if (toContent)
        {
            var positions = Relative(relative, prefix, config.ShareAttentionKey ? names.Query : "attention.self.pos_query_proj");
            scores = _graph.Add(scores, _graph.Transpose(At(_graph.Product(key, positions), buckets.Back, shape), 0, 1, 3, 2));
        }

        var terms = 1 + (toPosition ? 1 : 0) + (toContent ? 1 : 0);
        var scaled = _graph.Multiply(scores, _graph.Float(1 / MathF.Sqrt(_headSize * terms)));
        var context = blocks.Context(_graph.Add(scaled, bias), value, config.HiddenSize);
        var attended = blocks.Norm(
            _graph.Add(blocks.Dense(context, prefix + names.AttentionOutput), states),
            prefix + names.AttentionNorm,
            config.LayerNormEpsilon
        );
        return blocks.FeedForward(attended, prefix, names, config);
    }

    /// <summary>The relative embeddings as keys or queries, (heads, head size, 2 × span): of weights alone.</summary>
    private string Relative(string relative, string prefix, string name) =>
        _graph.Transpose(_graph.Reshape(blocks.DenseInFull(relative, prefix + name), 2 * encoder.Span, config.Heads, _headSize), 1, 2, 0);

    private string At(string products, string buckets, string shape) =>
        _graph.Node("GatherElements", [products, _graph.Node("Expand", [buckets, shape])], Whole("axis", 3));
}
