using CrossEncoders.Modeling;
using static CrossEncoders.Onnx.Graph.GraphWriter;

namespace CrossEncoders.Onnx.Graph;

/// <summary>
/// <see cref="ClassificationHead"/>, <see cref="ModularHead"/>, <see cref="LogitHead"/> and <see cref="LastTokenHead"/> as nodes: states to
/// logits, in fp32.
/// </summary>
/// <param name="blocks">Where they are added.</param>
/// <param name="inputs">The graph's inputs.</param>
internal sealed class HeadGraph(GraphBlocks blocks, GraphInputs inputs)
{
    private readonly GraphWriter _graph = blocks.Graph;

    /// <summary>Adds the head of a model: (batch, sequence or 1, hidden) to (batch, labels).</summary>
    public string Add(ModelConfig config, string states)
    {
        var family = Family.Of(config);
        if (config.Modules is { Logits: { } logits })
        {
            var output = config.Decoder.TiedEmbeddings ? family.Prefix + "embed_tokens" : "lm_head";
            return blocks.RowProduct(Pool(Pooling.LastToken, states), output, logits.TrueId, logits.FalseId);
        }

        if (config.Modules is { } modules)
            return modules.Modules.Aggregate(Pooled(modules.Pooling, states), Step);
        if (family.IsDecoder)
            return blocks.DenseInFull(Pool(Pooling.LastToken, states), family.HeadOutput);
        var pooled = Pooled([config.ClassifierPooling == "mean" ? Pooling.Mean : Pooling.Cls], states);
        pooled = _graph.Activate(config.HeadActivation ?? family.HeadActivation, blocks.DenseInFull(pooled, family.HeadDense));
        if (family.HeadNorm is { } norm)
            pooled = blocks.Norm(pooled, norm, config.LayerNormEpsilon);
        return blocks.DenseInFull(pooled, family.HeadOutput);
    }

    private string Step(string vectors, Module module)
    {
        if (module is LayerNormModule norm)
            return blocks.Norm(vectors, $"{norm.Path}/norm", 1e-5);
        if (module is not DenseModule dense)
        {
            var length = _graph.Node("ReduceL2", [vectors], Wholes("axes", -1), Whole("keepdims", 1));
            return _graph.Divide(vectors, _graph.Node("Max", [length, _graph.Float(1e-12f)]));
        }

        var product = blocks.DenseInFull(vectors, $"{dense.Path}/linear");
        if (dense.Activation != DenseModule.Identity)
            product = _graph.Activate(dense.Activation, product);
        if (!dense.Residual)
            return product;
        return _graph.Add(product, dense.Inputs == dense.Outputs ? vectors : blocks.DenseInFull(vectors, $"{dense.Path}/residual"));
    }

    /// <summary>The tokens' states to one vector of a text, (batch, modes × hidden).</summary>
    private string Pooled(IReadOnlyList<Pooling> modes, string states)
    {
        var pooled = modes.Select(mode => Pool(mode, states)).ToArray();
        return pooled.Length == 1 ? pooled[0] : _graph.Joined(pooled);
    }

    private string Pool(Pooling mode, string states)
    {
        string Weights() => _graph.Unsqueeze(_graph.Cast(inputs.Mask, ElementCode.Float), 2); // (batch, sequence, 1)
        string Weighted(string weights, Func<string, string>? divisor = null)
        {
            var count = _graph.Sum(weights, 1);
            return _graph.Divide(_graph.Sum(_graph.Multiply(states, weights), 1), divisor is null ? count : divisor(count));
        }

        return mode switch
        {
            Pooling.Cls => _graph.Node("Squeeze", [blocks.FirstToken(states), _graph.Longs(1)]),
            Pooling.Max => _graph.Node(
                "ReduceMax",
                [
                    _graph.Select(
                        _graph.Unsqueeze(_graph.Cast(inputs.Mask, ElementCode.Bool), 2),
                        states,
                        _graph.Float(float.NegativeInfinity)
                    ),
                ],
                Wholes("axes", 1),
                Whole("keepdims", 0)
            ),
            Pooling.Mean => Weighted(Weights()),
            Pooling.MeanSqrtLenTokens => Weighted(Weights(), count => _graph.Node("Sqrt", [count])),
            Pooling.WeightedMean => Weighted(_graph.Multiply(Weights(), Positions())),
            Pooling.LastToken => _graph.Node(
                "GatherND",
                [
                    states,
                    _graph.Node("ArgMax", [_graph.Multiply(Weights(), Positions())], Whole("axis", 1), Whole("keepdims", 0)), // (batch, 1)
                ],
                Whole("batch_dims", 1)
            ),
            _ => throw new CrossEncoderException($"The pooling '{mode}' is not exported to ONNX."),
        };
    }

    /// <summary>1, 2, 3 and so on, fp32 (sequence, 1).</summary>
    private string Positions() => _graph.Unsqueeze(_graph.Cast(_graph.Range(1, inputs.Length), ElementCode.Float), 1);
}
