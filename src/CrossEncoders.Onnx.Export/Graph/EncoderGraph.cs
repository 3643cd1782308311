using CrossEncoders.Modeling;

namespace CrossEncoders.Onnx.Graph;

/// <summary>The inputs of a graph, int64 (batch, sequence), and what all layers make of them.</summary>
internal sealed class GraphInputs
{
    /// <summary>What hides a key: less than any product, and finite, so that a row of padding alone is no number divided by 0.</summary>
    public const float Hidden = -1e30f;

    public GraphInputs(GraphWriter graph, ModelConfig config)
    {
        Ids = graph.Input("input_ids");
        Mask = graph.Input("attention_mask");
        if (config.TypeVocabularySize > 1)
            TypeIds = graph.Input("token_type_ids");
        Length = graph.Length(Ids);
        MaskBias = graph.Unsqueeze(
            graph.Multiply(graph.Subtract(graph.Float(1), graph.Cast(Mask, ElementCode.Float)), graph.Float(Hidden)),
            1,
            2
        );
    }

    /// <summary>Token ids.</summary>
    public string Ids { get; }

    /// <summary>1 for a token, 0 for padding.</summary>
    public string Mask { get; }

    /// <summary>Token types; null where the model knows one at most.</summary>
    public string? TypeIds { get; }

    /// <summary>Tokens of a row, int64 without dimensions.</summary>
    public string Length { get; }

    /// <summary>0 for a token, <see cref="Hidden"/> for padding, fp32 (batch, 1, 1, sequence).</summary>
    public string MaskBias { get; }
}

/// <summary>The computation of a loaded encoder, as nodes: token ids to states.</summary>
internal static class EncoderGraph
{
    /// <summary>Adds an encoder.</summary>
    /// <param name="blocks">Where it is added.</param>
    /// <param name="model">The model.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="firstTokenOnly">Whether only the first token's state is wanted.</param>
    /// <returns>States, (batch, sequence or 1, hidden).</returns>
    /// <exception cref="CrossEncoderException">The architecture is not exported.</exception>
    public static string Add(GraphBlocks blocks, SequenceClassifier model, GraphInputs inputs, bool firstTokenOnly)
    {
        var (config, family) = (model.Config, Family.Of(model.Config));
        return model.Encoder switch
        {
            BertEncoder bert => BertGraph.Add(blocks, bert, config, family, inputs, firstTokenOnly),
            ModernBertEncoder => ModernBertGraph.Add(blocks, config, family, inputs, firstTokenOnly),
            DebertaEncoder deberta => DebertaGraph.Add(blocks, deberta, config, family, inputs, firstTokenOnly),
            NewEncoder encoder => NewGraph.Add(blocks, encoder, config, family, inputs, firstTokenOnly),
            Decoder => DecoderGraph.Add(blocks, config, family, inputs),
            _ => throw new CrossEncoderException($"The architecture '{model.Architecture}' is not exported to ONNX."),
        };
    }
}
