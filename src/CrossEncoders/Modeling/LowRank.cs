using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>The change beside one matrix.</summary>
internal sealed record LowRank(Parameter Down, Parameter Up, double Scale)
{
    /// <summary>(…, inputs) to (…, outputs).</summary>
    public Tensor Forward(Tensor states) =>
        nn.functional.linear(nn.functional.linear(states, Down.Value.to_type(states.dtype)).Times(Scale), Up.Value.to_type(states.dtype));

    /// <summary>The change as a matrix, fp32 (outputs, inputs).</summary>
    public Tensor Product() => Up.Master.matmul(Down.Master).Times(Scale);
}
