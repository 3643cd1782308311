using CrossEncoders.Modeling;

namespace CrossEncoders.Onnx.Graph;

/// <summary><see cref="NewEncoder"/> as nodes.</summary>
internal static class NewGraph
{
    public static string Add(GraphBlocks blocks, NewEncoder encoder, ModelConfig config, Family family, GraphInputs inputs, bool first)
    {
        var (graph, prefix) = (blocks.Graph, family.Prefix + "embeddings.");
        var sum = blocks.Lookup(prefix + "word_embeddings", inputs.Ids);
        if (config.TypeVocabularySize > 0)
            sum = graph.Add(sum, blocks.Lookup(prefix + "token_type_embeddings", inputs.TypeIds ?? graph.Longs(0)));
        var states = blocks.Norm(sum, prefix + "LayerNorm", config.LayerNormEpsilon); // (batch, sequence, hidden)
        var turns = RotaryGraph.Turns(graph, "speeds", graph.Range(0, inputs.Length), encoder.Speeds);
        var isPacked = NewConfig.Of(config).IsPacked;
        for (var i = 0; i < config.Layers; i++)
            states = Layer(blocks, config, $"{family.Prefix}encoder.layer.{i}.", isPacked, states, inputs.MaskBias, turns);
        return first ? blocks.FirstToken(states) : states;
    }

    private static string Layer(
        GraphBlocks blocks,
        ModelConfig config,
        string prefix,
        bool isPacked,
        string states,
        string bias,
        (string Cosine, string Sine) turns
    )
    {
        var (graph, size, attention) = (blocks.Graph, config.HeadSize, prefix + "attention.");
        string Heads(int part, string name)
        {
            var projected = isPacked ? blocks.Dense(states, attention + "qkv_proj", part, 3) : blocks.Dense(states, attention + name);
            return blocks.Heads(projected, config.Heads, size);
        }

        var context = blocks.Attention(
            RotaryGraph.Turn(graph, Heads(0, "q_proj"), size, turns),
            RotaryGraph.Turn(graph, Heads(1, "k_proj"), size, turns),
            Heads(2, "v_proj"),
            bias,
            config.Heads,
            size
        );
        var sum = graph.Add(states, blocks.Dense(context, attention + "o_proj"));
        var attended = blocks.Norm(sum, prefix + "attn_ln", config.LayerNormEpsilon);
        var gated = graph.Multiply(
            blocks.Dense(attended, prefix + "mlp.up_gate_proj", 0, 2),
            graph.Activate(config.Activation, blocks.Dense(attended, prefix + "mlp.up_gate_proj", 1, 2))
        ); // (batch, sequence, intermediate)
        return blocks.Norm(graph.Add(attended, blocks.Dense(gated, prefix + "mlp.down_proj")), prefix + "mlp_ln", config.LayerNormEpsilon);
    }
}
