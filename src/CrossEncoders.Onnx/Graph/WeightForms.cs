namespace CrossEncoders.Onnx.Graph;

/// <summary>How tables and matrices are stored, and computed with.</summary>
internal interface IWeightForm
{
    /// <summary>Rows of a table, int64 (…) to fp32 (…, width).</summary>
    string Lookup(GraphWriter graph, string name, ModelTensor table, string rows);

    /// <summary>A product with a matrix of (inputs, outputs), fp32 (…, inputs) to fp32 (…, outputs).</summary>
    string Product(GraphWriter graph, string name, ModelTensor matrix, string states);
}

/// <summary>As they are.</summary>
internal sealed class FullForm : IWeightForm
{
    public string Lookup(GraphWriter graph, string name, ModelTensor table, string rows) =>
        graph.Rows(graph.Tensor(name, ElementCode.Float, table.Shape, table.Values), rows);

    public string Product(GraphWriter graph, string name, ModelTensor matrix, string states) =>
        graph.Product(states, graph.Tensor(name, ElementCode.Float, matrix.Shape, matrix.Values));
}

/// <summary>
/// Stored in half precision and computed with in fp32: a processor has no fast products in fp16, and a checkpoint in fp16 loses nothing.
/// </summary>
internal sealed class HalfForm : IWeightForm
{
    public string Lookup(GraphWriter graph, string name, ModelTensor table, string rows) =>
        graph.Cast(graph.Rows(Stored(graph, name, table), rows), ElementCode.Float);

    public string Product(GraphWriter graph, string name, ModelTensor matrix, string states) =>
        graph.Product(states, graph.Cast(Stored(graph, name, matrix), ElementCode.Float));

    private static string Stored(GraphWriter graph, string name, ModelTensor tensor) =>
        graph.Tensor(name + " fp16", ElementCode.Float16, tensor.Shape, Array.ConvertAll(tensor.Values, value => (Half)value));
}
