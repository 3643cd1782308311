using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>The change beside one matrix, or beside several that are fused.</summary>
internal sealed record LowRank(Parameter Down, Parameter Up, double Scale, int Parts)
{
    /// <summary>(…, inputs) to (…, count × outputs), of the fused parts from <paramref name="first"/> on.</summary>
    public Tensor Forward(Tensor states, int first, int count)
    {
        var parts = Enumerable
            .Range(first, count)
            .Select(part =>
            {
                var (down, up) = Part(part, states.dtype);
                return nn.functional.linear(nn.functional.linear(states, down), up);
            })
            .ToList();
        return (count == 1 ? parts[0] : cat(parts, -1)) * Scale;
    }

    /// <summary>The change as a matrix, fp32 (parts × outputs, inputs).</summary>
    public Tensor Product() =>
        cat([
            .. Enumerable
                .Range(0, Parts)
                .Select(part =>
                {
                    var (rank, rows) = (Down.PartShape[0], Up.PartShape[0]);
                    return Up.Master.narrow(0, part * rows, rows).matmul(Down.Master.narrow(0, part * rank, rank));
                }),
        ]) * Scale;

    private (Tensor Down, Tensor Up) Part(int part, ScalarType type)
    {
        var (rank, rows) = (Down.PartShape[0], Up.PartShape[0]);
        return (Down.Value.narrow(0, part * rank, rank).to_type(type), Up.Value.narrow(0, part * rows, rows).to_type(type));
    }
}
