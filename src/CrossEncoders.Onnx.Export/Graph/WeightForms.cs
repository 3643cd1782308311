namespace CrossEncoders.Onnx.Graph;

/// <summary>How tables and matrices are stored, and computed with.</summary>
internal interface IWeightForm
{
    /// <summary>Rows of a table, int64 (…) to fp32 (…, width).</summary>
    string Lookup(GraphWriter graph, string name, ModelTensor table, string rows);

    /// <summary>A product with a matrix and its bias, fp32 (…, inputs) to fp32 (…, outputs).</summary>
    /// <param name="graph">Where it is added.</param>
    /// <param name="name">What the stored tensors are called by.</param>
    /// <param name="matrix">(inputs, outputs).</param>
    /// <param name="bias">(outputs); null for none.</param>
    /// <param name="states">What is multiplied.</param>
    /// <param name="least">The least that its numbers can be; null where that is not known.</param>
    string Product(GraphWriter graph, string name, ModelTensor matrix, ModelTensor? bias, string states, float? least);
}

/// <summary>As they are.</summary>
internal sealed class FullForm : IWeightForm
{
    public string Lookup(GraphWriter graph, string name, ModelTensor table, string rows) =>
        graph.Rows(graph.Tensor(name, ElementCode.Float, table.Shape, table.Values), rows);

    public string Product(GraphWriter graph, string name, ModelTensor matrix, ModelTensor? bias, string states, float? least) =>
        Biased(graph, name, graph.Product(states, graph.Tensor(name, ElementCode.Float, matrix.Shape, matrix.Values)), bias);

    /// <summary>Adds a bias, which is stored as it is in every form.</summary>
    internal static string Biased(GraphWriter graph, string name, string product, ModelTensor? bias) =>
        bias is null ? product : graph.Add(product, graph.Tensor(name + " bias", ElementCode.Float, bias.Shape, bias.Values));
}

/// <summary>
/// Stored in half precision and computed with in fp32: a processor has no fast products in fp16, and a checkpoint in fp16 loses nothing.
/// </summary>
internal sealed class HalfForm : IWeightForm
{
    public string Lookup(GraphWriter graph, string name, ModelTensor table, string rows) =>
        graph.Cast(graph.Rows(Stored(graph, name, table), rows), ElementCode.Float);

    public string Product(GraphWriter graph, string name, ModelTensor matrix, ModelTensor? bias, string states, float? least) =>
        FullForm.Biased(graph, name, graph.Product(states, graph.Cast(Stored(graph, name, matrix), ElementCode.Float)), bias);

    private static string Stored(GraphWriter graph, string name, ModelTensor tensor) =>
        graph.Tensor(name + " fp16", ElementCode.Float16, tensor.Shape, Array.ConvertAll(tensor.Values, value => (Half)value));
}
