using CrossEncoders.Modeling;
using static CrossEncoders.Onnx.Graph.GraphWriter;

namespace CrossEncoders.Onnx.Graph;

/// <summary>The blocks that architectures share, as nodes and stored weights.</summary>
internal sealed class GraphBlocks(GraphWriter graph, ModelTensors tensors, IWeightForm form)
{
    /// <summary>The least value of the exact GELU, rounded down.</summary>
    private const float LeastOfGelu = -0.17f;

    private static readonly FullForm Fp32 = new();

    /// <summary>The graph that the blocks are added to.</summary>
    public GraphWriter Graph => graph;

    /// <summary>Rows of a table: int64 (…) to fp32 (…, width).</summary>
    public string Lookup(string name, string rows) => form.Lookup(graph, name + ".weight", tensors.Read(name + ".weight"), rows);

    /// <summary>A whole table in fp32, (rows, width).</summary>
    public string Table(string name) => Full(name + ".weight", tensors.Read(name + ".weight"));

    /// <summary>Whether the model has a tensor of that name.</summary>
    public bool Has(string name) => tensors.Has(name);

    /// <summary>A product in fp32 with one row of a table, less that with another, if one is given: (…, width) to (…, 1).</summary>
    public string RowProduct(string states, string table, int row, int? other)
    {
        var values = tensors.ReadRow(table + ".weight", row).Values;
        if (other is { } less)
            values = [.. values.Zip(tensors.ReadRow(table + ".weight", less).Values, (a, b) => a - b)];
        return graph.Product(states, Full($"{table}[{row}]", new(values, [values.Length, 1])));
    }

    /// <summary>A product with a matrix and its bias, (…, inputs) to (…, outputs).</summary>
    /// <param name="states">What is multiplied.</param>
    /// <param name="name">The name of the layer in the checkpoint.</param>
    /// <param name="part">Which part of a matrix that holds several.</param>
    /// <param name="parts">How many it holds.</param>
    /// <param name="least">The least that the states can be; null where that is not known.</param>
    public string Dense(string states, string name, int part = 0, int parts = 1, float? least = null) =>
        Dense(form, states, name, part, parts, least);

    /// <summary>The same in fp32 whatever form the weights are in: for heads, and for what depends on weights alone.</summary>
    public string DenseInFull(string states, string name) => Dense(Fp32, states, name, 0, 1, null);

    /// <summary>Layer normalization over the last dimension.</summary>
    public string Norm(string states, string name, double epsilon)
    {
        var bias = name + ".bias";
        string[] inputs = [states, Full(name + ".weight", tensors.Read(name + ".weight"))];
        return graph.Node(
            "LayerNormalization",
            tensors.Has(bias) ? [.. inputs, Full(bias, tensors.Read(bias))] : inputs,
            Whole("axis", -1),
            Number("epsilon", epsilon)
        );
    }

    /// <summary>Root mean square normalization over the last dimension; the operators of opset 17 have none of their own.</summary>
    public string RmsNorm(string states, string name, double epsilon)
    {
        var squares = graph.Node("Pow", [states, graph.Float(2)]);
        var mean = graph.Node("ReduceMean", [squares], Wholes("axes", -1), Whole("keepdims", 1));
        var root = graph.Node("Sqrt", [graph.Add(mean, graph.Float((float)epsilon))]);
        return graph.Multiply(graph.Divide(states, root), Full(name + ".weight", tensors.Read(name + ".weight")));
    }

    /// <summary>(batch, sequence, hidden) to (batch, heads, sequence, head size).</summary>
    public string Heads(string states, int heads, int size) => graph.Transpose(graph.Reshape(states, 0, 0, heads, size), 0, 2, 1, 3);

    /// <summary>Scaled dot-product attention: (batch, heads, sequence, head size) each to (batch, sequence, hidden).</summary>
    /// <param name="query">Queries.</param>
    /// <param name="key">Keys.</param>
    /// <param name="value">Values.</param>
    /// <param name="bias">Added to the products of queries and keys; hides what is not to be attended to.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="size">The size of a head.</param>
    public string Attention(string query, string key, string value, string bias, int heads, int size)
    {
        var scores = graph.Product(graph.Multiply(query, graph.Float(1 / MathF.Sqrt(size))), graph.Transpose(key, 0, 1, 3, 2));
        return Context(graph.Add(scores, bias), value, heads * size);
    }

    /// <summary>Attention's products to the sums of values that they weigh, (batch, sequence, hidden).</summary>
    public string Context(string scores, string value, int width) =>
        graph.Reshape(graph.Transpose(graph.Product(graph.Softmax(scores), value), 0, 2, 1, 3), 0, 0, width);

    /// <summary>Widen, activate, narrow, add, normalize.</summary>
    public string FeedForward(string states, string prefix, LayerNames names, ModelConfig config)
    {
        var widened = graph.Activate(config.Activation, Dense(states, prefix + names.Inner)); // (batch, sequence, intermediate)
        var narrowed = Dense(widened, prefix + names.Output, least: config.Activation == "gelu" ? LeastOfGelu : null);
        return Norm(graph.Add(narrowed, states), prefix + names.OutputNorm, config.LayerNormEpsilon);
    }

    /// <summary>The state of the first token, (batch, 1, hidden).</summary>
    public string FirstToken(string states) => graph.Slice(states, 1, 0, 1);

    private string Dense(IWeightForm by, string states, string name, int part, int parts, float? least)
    {
        var matrix = tensors.ReadTransposed(name + ".weight", part, parts);
        var bias = tensors.Has(name + ".bias") ? tensors.ReadPart(name + ".bias", part, parts) : null;
        return by.Product(graph, parts == 1 ? name : $"{name}[{part}]", matrix, bias, states, least);
    }

    private string Full(string name, ModelTensor tensor) => graph.Tensor(name, ElementCode.Float, tensor.Shape, tensor.Values);
}
