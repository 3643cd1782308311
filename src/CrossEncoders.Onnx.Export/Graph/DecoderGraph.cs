using CrossEncoders.Modeling;

namespace CrossEncoders.Onnx.Graph;

/// <summary><see cref="Decoder"/> as nodes: Qwen2 and Qwen3.</summary>
internal static class DecoderGraph
{
    public static string Add(GraphBlocks blocks, ModelConfig config, Family family, GraphInputs inputs)
    {
        var graph = blocks.Graph;
        var states = blocks.Lookup(family.Prefix + "embed_tokens", inputs.Ids); // (batch, sequence, hidden)
        var bias = Before(graph, inputs);
        var positions = graph.Unsqueeze(Positions(graph, inputs), 1); // (batch, 1, sequence)
        var turns = RotaryGraph.Turns(graph, "speeds", positions, device =>
            Rotary.Speeds(config.HeadSize, config.Decoder.RopeTheta, device)
        );
        for (var i = 0; i < config.Layers; i++)
            states = Layer(blocks, config, $"{family.Prefix}layers.{i}.", states, bias, turns);
        return blocks.RmsNorm(states, family.Prefix + "norm", config.LayerNormEpsilon);
    }

    /// <summary>Counted over real tokens from 0, on whichever side the padding is; int64 (batch, sequence).</summary>
    private static string Positions(GraphWriter graph, GraphInputs inputs)
    {
        var counted = graph.Node("CumSum", [inputs.Mask, graph.Long(1)]);
        return graph.Node("Max", [graph.Subtract(counted, graph.Long(1)), graph.Long(0)]);
    }

    /// <summary>Hides what is after a token, and padding, but a token from itself never. (batch, 1, sequence, sequence)</summary>
    private static string Before(GraphWriter graph, GraphInputs inputs)
    {
        var positions = graph.Range(0, inputs.Length);
        var (keys, queries) = (graph.Unsqueeze(positions, 0), graph.Unsqueeze(positions, 1));
        var after = graph.Node("Greater", [keys, queries]); // (sequence, sequence)
        var hidden = graph.Select(after, graph.Float(GraphInputs.Hidden), inputs.MaskBias);
        return graph.Select(graph.Node("Equal", [keys, queries]), graph.Float(0), hidden);
    }

    private static string Layer(
        GraphBlocks blocks,
        ModelConfig config,
        string prefix,
        string states,
        string bias,
        (string Cosine, string Sine) turns
    )
    {
        var (graph, size, attention) = (blocks.Graph, config.HeadSize, prefix + "self_attn.");
        var normalized = blocks.RmsNorm(states, prefix + "input_layernorm", config.LayerNormEpsilon);
        string Heads(string name, int heads) => blocks.Heads(blocks.Dense(normalized, attention + name), heads, size);
        string Turned(string name, string norm, int heads)
        {
            var projected = Heads(name, heads);
            if (blocks.Has(attention + norm + ".weight")) // Qwen3
                projected = blocks.RmsNorm(projected, attention + norm, config.LayerNormEpsilon);
            return RotaryGraph.Turn(graph, projected, size, turns);
        }

        var context = blocks.Attention(
            Turned("q_proj", "q_norm", config.Heads),
            Shared(graph, Turned("k_proj", "k_norm", config.KeyValueHeads), config),
            Shared(graph, Heads("v_proj", config.KeyValueHeads), config),
            bias,
            config.Heads,
            size
        ); // (batch, sequence, heads × head size)
        var attended = graph.Add(states, blocks.Dense(context, attention + "o_proj"));
        var ready = blocks.RmsNorm(attended, prefix + "post_attention_layernorm", config.LayerNormEpsilon);
        var gated = graph.Multiply(
            graph.Activate(config.Activation, blocks.Dense(ready, prefix + "mlp.gate_proj")),
            blocks.Dense(ready, prefix + "mlp.up_proj")
        ); // (batch, sequence, intermediate)
        return graph.Add(attended, blocks.Dense(gated, prefix + "mlp.down_proj"));
    }

    /// <summary>Each head of keys or values as often as heads of queries share it: to (batch, heads, sequence, head size).</summary>
    private static string Shared(GraphWriter graph, string heads, ModelConfig config)
    {
        var times = config.Heads / config.KeyValueHeads;
        if (times == 1)
            return heads;
        var repeated = graph.Node("Expand", [graph.Unsqueeze(heads, 2), graph.Longs(1, 1, times, 1, 1)]);
        return graph.Reshape(repeated, 0, config.Heads, -1, config.HeadSize);
    }
}
