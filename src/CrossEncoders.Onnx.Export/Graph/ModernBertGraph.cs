using CrossEncoders.Modeling;

namespace CrossEncoders.Onnx.Graph;

/// <summary><see cref="ModernBertEncoder"/> as nodes.</summary>
internal static class ModernBertGraph
{
    public static string Add(GraphBlocks blocks, ModelConfig config, Family family, GraphInputs inputs, bool firstTokenOnly)
    {
        var graph = blocks.Graph;
        var words = blocks.Lookup(family.Prefix + "embeddings.tok_embeddings", inputs.Ids);
        var states = blocks.Norm(words, family.Prefix + "embeddings.norm", config.LayerNormEpsilon); // (batch, sequence, hidden)
        var (everywhere, nearby) = (inputs.MaskBias, Window(graph, config, inputs));
        var positions = graph.Range(0, inputs.Length);
        (string, string) Turns(double theta) =>
            RotaryGraph.Turns(graph, FormattableString.Invariant($"speeds_{theta}"), positions, device =>
                ModernBertEncoder.Speeds(config, theta, device)
            );
        var (globalTurns, localTurns) = (Turns(config.GlobalRopeTheta), Turns(config.LocalRopeTheta));
        for (var i = 0; i < config.Layers; i++)
            states = config.AttendsEverywhere(i)
                ? Layer(blocks, config, family, i, states, everywhere, globalTurns)
                : Layer(blocks, config, family, i, states, nearby, localTurns);
        return blocks.Norm(firstTokenOnly ? blocks.FirstToken(states) : states, family.Prefix + "final_norm", config.LayerNormEpsilon);
    }

    /// <summary>
    /// Hides keys more than half a window away, and padding, but a token from itself never. (batch, 1, sequence, sequence)
    /// </summary>
    private static string Window(GraphWriter graph, ModelConfig config, GraphInputs inputs)
    {
        var positions = graph.Range(0, inputs.Length);
        var distance = graph.Node("Abs", [graph.Subtract(graph.Unsqueeze(positions, 0), graph.Unsqueeze(positions, 1))]);
        var far = graph.Node("Greater", [distance, graph.Long(config.LocalAttention / 2)]); // (sequence, sequence)
        var itself = graph.Node("Equal", [distance, graph.Long(0)]);
        var hidden = graph.Select(far, graph.Float(GraphInputs.Hidden), inputs.MaskBias); // (batch, 1, sequence, sequence)
        return graph.Select(itself, graph.Float(0), hidden);
    }

    private static string Layer(
        GraphBlocks blocks,
        ModelConfig config,
        Family family,
        int index,
        string states,
        string bias,
        (string Cosine, string Sine) turns
    )
    {
        var (graph, prefix) = (blocks.Graph, $"{family.Prefix}layers.{index}.");
        var size = config.HiddenSize / config.Heads;
        var normalized = index == 0 ? states : blocks.Norm(states, prefix + "attn_norm", config.LayerNormEpsilon);
        string Heads(int part) => blocks.Heads(blocks.Dense(normalized, prefix + "attn.Wqkv", part, 3), config.Heads, size);
        var context = blocks.Attention(
            RotaryGraph.Turn(graph, Heads(0), size, turns),
            RotaryGraph.Turn(graph, Heads(1), size, turns),
            Heads(2),
            bias,
            config.Heads,
            size
        );
        var attended = graph.Add(states, blocks.Dense(context, prefix + "attn.Wo"));
        var ready = blocks.Norm(attended, prefix + "mlp_norm", config.LayerNormEpsilon);
        var gated = graph.Multiply(
            graph.Activate(config.Activation, blocks.Dense(ready, prefix + "mlp.Wi", 0, 2)),
            blocks.Dense(ready, prefix + "mlp.Wi", 1, 2)
        ); // (batch, sequence, intermediate)
        return graph.Add(attended, blocks.Dense(gated, prefix + "mlp.Wo"));
    }
}
