using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Onnx.Graph;

/// <summary><see cref="Rotary"/> as nodes.</summary>
internal static class RotaryGraph
{
    /// <summary>Cosine and sine of each position's rotations, fp32 (…, sequence, head size).</summary>
    /// <param name="graph">Where they are added.</param>
    /// <param name="name">What the stored speeds are called.</param>
    /// <param name="positions">int64 (…, sequence).</param>
    /// <param name="speeds">How fast each pair of a head's numbers is rotated, fp32 (head size / 2), as the encoder computes them.</param>
    public static (string Cosine, string Sine) Turns(GraphWriter graph, string name, string positions, Func<Device, Tensor> speeds)
    {
        using var scope = NewDisposeScope();
        var half = speeds(CPU).data<float>().ToArray();
        float[] doubled = [.. half, .. half];
        var stored = graph.Tensor(name, ElementCode.Float, [doubled.Length], doubled);
        var angles = graph.Multiply(graph.Unsqueeze(graph.Cast(positions, ElementCode.Float), -1), stored);
        return (graph.Node("Cos", [angles]), graph.Node("Sin", [angles]));
    }

    /// <summary>(batch, heads, sequence, head size) rotated by position.</summary>
    public static string Turn(GraphWriter graph, string states, int size, (string Cosine, string Sine) turns)
    {
        var first = graph.Slice(states, 3, 0, size / 2);
        var second = graph.Slice(states, 3, size / 2, size);
        var turned = graph.Joined([graph.Node("Neg", [second]), first]);
        return graph.Add(graph.Multiply(states, turns.Cosine), graph.Multiply(turned, turns.Sine));
    }
}
