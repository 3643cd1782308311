using static CrossEncoders.Onnx.Graph.GraphWriter;

namespace CrossEncoders.Onnx.Graph;

/// <summary>
/// In 8 bits: tables with a scale for each row, matrices with one for each column, and what they are multiplied with, as it comes, with one
/// for each token. One scale for a whole batch of states, as is usual, ruins the order of passages where a model has a channel far larger
/// than the others.
/// </summary>
internal sealed class QuantizedForm : IWeightForm
{
    private const byte Middle = 128;

    private readonly Dictionary<string, (string Values, string Scale)> _quantized = []; // queries, keys and values read the same states

    public string Lookup(GraphWriter graph, string name, ModelTensor table, string rows)
    {
        var (count, width) = (table.Shape[0], table.Shape[1]);
        var (values, scales) = Quantized(table.Values, count, width, width, 1);
        var stored = graph.Tensor(name + " int8", ElementCode.Int8, table.Shape, values);
        var scale = graph.Tensor(name + " scales", ElementCode.Float, [count, 1], scales);
        return graph.Multiply(graph.Cast(graph.Rows(stored, rows), ElementCode.Float), graph.Rows(scale, rows));
    }

    public string Product(GraphWriter graph, string name, ModelTensor matrix, ModelTensor? bias, string states, float? least)
    {
        var (inputs, outputs) = (matrix.Shape[0], matrix.Shape[1]);
        var (values, scales) = Quantized(matrix.Values, outputs, inputs, 1, outputs);
        var stored = graph.Tensor(name + " int8", ElementCode.Int8, matrix.Shape, values);
        var scale = graph.Tensor(name + " scales", ElementCode.Float, [outputs], scales);
        var (quantized, tokenScale) = least is { } low ? Shifted(graph, states, inputs, low) : Symmetric(graph, states, inputs);
        var product = graph.Node(
            "MatMulInteger",
            least is null ? [quantized, stored, graph.Tensor("middle", ElementCode.UInt8, [], new[] { Middle })] : [quantized, stored]
        );
        var result = graph.Multiply(graph.Multiply(graph.Cast(product, ElementCode.Float), tokenScale), scale);
        var added = bias?.Values ?? new float[outputs];
        if (least is { } shift)
            added = [.. added.Select((value, column) => value + shift * scales[column] * Sum(values, outputs, column))];
        return bias is null && least is null
            ? result
            : graph.Add(result, graph.Tensor(name + " bias", ElementCode.Float, [outputs], added));
    }

    /// <summary>States from the token's largest number to its negative, as 1 to 255.</summary>
    private (string Values, string Scale) Symmetric(GraphWriter graph, string states, long width)
    {
        if (_quantized.TryGetValue(states, out var done))
            return done;
        var most = graph.Node("Max", [Extreme(graph, "ReduceMax", states), graph.Node("Neg", [Extreme(graph, "ReduceMin", states)])]);
        return _quantized[states] = Quantize(graph, states, width, most, 127, Middle);
    }

    /// <summary>States from the least that they can be to the token's largest, as 0 to 255: twice as fine.</summary>
    private static (string Values, string Scale) Shifted(GraphWriter graph, string states, long width, float least)
    {
        var shifted = graph.Add(states, graph.Float(-least));
        return Quantize(graph, shifted, width, Extreme(graph, "ReduceMax", shifted), 255, 0);
    }

    private static string Extreme(GraphWriter graph, string operation, string states) =>
        graph.Node(operation, [states], Wholes("axes", -1), Whole("keepdims", 1)); // (batch, sequence, 1)

    private static (string Values, string Scale) Quantize(GraphWriter graph, string states, long width, string most, int steps, byte zero)
    {
        var scale = graph.Node("Max", [graph.Multiply(most, graph.Float(1f / steps)), graph.Float(1e-12f)]);
        var flat = graph.Reshape(scale, -1); // (batch × sequence)
        var zeros = graph.Node(
            "Expand",
            [graph.Tensor($"zero_{zero}", ElementCode.UInt8, [], new[] { zero }), graph.Node("Shape", [flat])]
        );
        var rounded = graph.Node("QuantizeLinear", [graph.Reshape(states, -1, width), flat, zeros], Whole("axis", 0));
        return (graph.Node("Reshape", [rounded, graph.Node("Shape", [states])]), scale);
    }

    /// <summary>Lines of numbers as whole numbers from -127 to 127, and what each line has to be multiplied by.</summary>
    private static (sbyte[] Values, float[] Scales) Quantized(float[] numbers, long lines, long length, long lineStep, long step)
    {
        var (values, scales) = (new sbyte[numbers.Length], new float[lines]);
        for (var line = 0L; line < lines; line++)
        {
            var most = 0f;
            for (var i = 0L; i < length; i++)
                most = Math.Max(most, Math.Abs(numbers[line * lineStep + i * step]));
            scales[line] = most == 0 ? 1 : most / 127;
            for (var i = 0L; i < length; i++)
            {
                var at = line * lineStep + i * step;
                values[at] = (sbyte)MathF.Round(numbers[at] / scales[line]);
            }
        }

        return (values, scales);
    }

    private static long Sum(sbyte[] values, long columns, long column)
    {
        var sum = 0L;
        for (var at = column; at < values.Length; at += columns)
            sum += values[at];
        return sum;
    }
}
