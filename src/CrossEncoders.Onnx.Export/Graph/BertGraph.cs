using CrossEncoders.Modeling;

namespace CrossEncoders.Onnx.Graph;

/// <summary><see cref="BertEncoder"/> as nodes: BERT, RoBERTa, XLM-R, DistilBERT, ELECTRA.</summary>
internal static class BertGraph
{
    public static string Add(
        GraphBlocks blocks,
        BertEncoder encoder,
        ModelConfig config,
        Family family,
        GraphInputs inputs,
        bool firstTokenOnly
    )
    {
        var states = Embed(blocks, encoder, config, family, inputs);
        for (var i = 0; i < config.Layers; i++)
            states = Layer(blocks, config, family, i, states, inputs.MaskBias, firstTokenOnly && i == config.Layers - 1);
        return states;
    }

    private static string Embed(GraphBlocks blocks, BertEncoder encoder, ModelConfig config, Family family, GraphInputs inputs)
    {
        var (graph, prefix) = (blocks.Graph, family.Prefix + "embeddings.");
        var sum = graph.Add(
            blocks.Lookup(prefix + "word_embeddings", inputs.Ids),
            blocks.Lookup(prefix + "position_embeddings", Positions(graph, encoder, family, inputs))
        ); // (batch, sequence, embedding)
        if (config.TypeVocabularySize > 0)
            sum = graph.Add(sum, blocks.Lookup(prefix + "token_type_embeddings", inputs.TypeIds ?? graph.Longs(0)));
        var states = blocks.Norm(sum, prefix + "LayerNorm", config.LayerNormEpsilon);
        return (config.EmbeddingSize ?? config.HiddenSize) == config.HiddenSize
            ? states
            : blocks.Dense(states, family.Prefix + "embeddings_project");
    }

    /// <summary>Counted from 0, or fairseq's way: over real tokens, and padding stays at the padding id.</summary>
    private static string Positions(GraphWriter graph, BertEncoder encoder, Family family, GraphInputs inputs)
    {
        if (!family.PositionsAfterPadding)
            return graph.Range(0, inputs.Length); // (sequence)
        var counted = graph.Multiply(graph.Node("CumSum", [inputs.Mask, graph.Long(1)]), inputs.Mask);
        return graph.Add(counted, graph.Long(encoder.FirstPosition - 1)); // (batch, sequence)
    }

    private static string Layer(
        GraphBlocks blocks,
        ModelConfig config,
        Family family,
        int index,
        string states,
        string bias,
        bool firstTokenOnly
    )
    {
        var (names, prefix) = (family.Layer, $"{family.Prefix}{family.Layer.Prefix}{index}.");
        var size = config.HiddenSize / config.Heads;
        var residual = firstTokenOnly ? blocks.FirstToken(states) : states;
        string Heads(string of, string name) => blocks.Heads(blocks.Dense(of, prefix + name), config.Heads, size);
        var context = blocks.Attention(
            Heads(residual, names.Query),
            Heads(states, names.Key),
            Heads(states, names.Value),
            bias,
            config.Heads,
            size
        );
        var attended = blocks.Norm(
            blocks.Graph.Add(blocks.Dense(context, prefix + names.AttentionOutput), residual),
            prefix + names.AttentionNorm,
            config.LayerNormEpsilon
        );
        return blocks.FeedForward(attended, prefix, names, config);
    }
}
