using static CrossEncoders.Onnx.Graph.GraphWriter;

namespace CrossEncoders.Onnx.Graph;

/// <summary>The operators that graphs are made of, as opset 17 defines them.</summary>
internal static class Operators
{
    /// <summary>The version of the operators.</summary>
    public const int Opset = 17;

    public static string Add(this GraphWriter graph, string a, string b) => graph.Node("Add", [a, b]);

    public static string Subtract(this GraphWriter graph, string a, string b) => graph.Node("Sub", [a, b]);

    public static string Multiply(this GraphWriter graph, string a, string b) => graph.Node("Mul", [a, b]);

    public static string Divide(this GraphWriter graph, string a, string b) => graph.Node("Div", [a, b]);

    public static string Product(this GraphWriter graph, string a, string b) => graph.Node("MatMul", [a, b]);

    public static string Select(this GraphWriter graph, string condition, string then, string otherwise) =>
        graph.Node("Where", [condition, then, otherwise]);

    public static string Cast(this GraphWriter graph, string value, ElementCode type) =>
        graph.Node("Cast", [value], Whole("to", (long)type));

    public static string Reshape(this GraphWriter graph, string value, params long[] shape) =>
        graph.Node("Reshape", [value, graph.Longs(shape)]);

    public static string Transpose(this GraphWriter graph, string value, params long[] order) =>
        graph.Node("Transpose", [value], Wholes("perm", order));

    public static string Unsqueeze(this GraphWriter graph, string value, params long[] axes) =>
        graph.Node("Unsqueeze", [value, graph.Longs(axes)]);

    public static string Rows(this GraphWriter graph, string table, string indices) =>
        graph.Node("Gather", [table, indices], Whole("axis", 0));

    public static string Softmax(this GraphWriter graph, string value) => graph.Node("Softmax", [value], Whole("axis", -1));

    public static string Sum(this GraphWriter graph, string value, long axis) =>
        graph.Node("ReduceSum", [value, graph.Longs(axis)], Whole("keepdims", 0));

    public static string Joined(this GraphWriter graph, IEnumerable<string> values) => graph.Node("Concat", values, Whole("axis", -1));

    /// <summary>A part of one dimension.</summary>
    public static string Slice(this GraphWriter graph, string value, long axis, long from, long to) =>
        graph.Node("Slice", [value, graph.Longs(from), graph.Longs(to), graph.Longs(axis)]);

    /// <summary>The size of the second dimension, int64 without dimensions.</summary>
    public static string Length(this GraphWriter graph, string value) =>
        graph.Node("Gather", [graph.Node("Shape", [value]), graph.Long(1)], Whole("axis", 0));

    /// <summary>from, from + 1 and so on, int64 (count).</summary>
    public static string Range(this GraphWriter graph, long from, string count) =>
        graph.Node("Range", [graph.Long(from), from == 0 ? count : graph.Add(count, graph.Long(from)), graph.Long(1)]);

    /// <summary>An activation by the name that configurations use.</summary>
    /// <exception cref="CrossEncoderException">It is not exported.</exception>
    public static string Activate(this GraphWriter graph, string name, string value) =>
        name switch
        {
            "gelu" => graph.Multiply(
                graph.Multiply(value, graph.Add(graph.Node("Erf", [graph.Divide(value, graph.Float(MathF.Sqrt(2)))]), graph.Float(1))),
                graph.Float(0.5f)
            ),
            "gelu_new" or "gelu_pytorch_tanh" => graph.GeluByTanh(value),
            "relu" => graph.Node("Relu", [value]),
            "sigmoid" => graph.Node("Sigmoid", [value]),
            "silu" => graph.Multiply(value, graph.Node("Sigmoid", [value])),
            "tanh" => graph.Node("Tanh", [value]),
            _ => throw new CrossEncoderException($"The activation '{name}' is not exported to ONNX."),
        };

    private static string GeluByTanh(this GraphWriter graph, string value)
    {
        var cube = graph.Multiply(graph.Multiply(value, value), value);
        var inner = graph.Multiply(graph.Add(value, graph.Multiply(cube, graph.Float(0.044715f))), graph.Float(MathF.Sqrt(2 / MathF.PI)));
        return graph.Multiply(graph.Multiply(value, graph.Add(graph.Node("Tanh", [inner]), graph.Float(1))), graph.Float(0.5f));
    }
}
