using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>Rotary positions. Su et al. 2021, "RoFormer".</summary>
internal static class Rotary
{
    /// <summary>Cosine and sine of each position's rotations, fp32 (…, sequence, head size).</summary>
    /// <param name="positions">fp32 (…, sequence).</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="theta">Base of the rotations.</param>
    public static (Tensor Cosine, Tensor Sine) Turns(Tensor positions, int headSize, double theta) =>
        Turns(positions, Speeds(headSize, theta, positions.device));

    /// <summary>The same at given speeds, fp32 (head size / 2).</summary>
    public static (Tensor Cosine, Tensor Sine) Turns(Tensor positions, Tensor speeds)
    {
        var angles = positions.unsqueeze(-1) * speeds; // (…, sequence, head size / 2)
        var doubled = cat([angles, angles], -1);
        return (doubled.cos(), doubled.sin());
    }

    /// <summary>How fast each pair of a head's numbers is rotated, fp32 (head size / 2).</summary>
    public static Tensor Speeds(int headSize, double theta, Device device) =>
        pow(theta, Arithmetic.Range(0, (headSize + 1) / 2, ScalarType.Float32, device, step: 2).Over(-headSize));

    /// <summary>(batch, heads, sequence, head size), rotated by position; in fp32 and back.</summary>
    public static Tensor Turn(Tensor heads, (Tensor Cosine, Tensor Sine) turns)
    {
        var states = heads.to_type(ScalarType.Float32);
        var halves = states.chunk(2, -1);
        return (states * turns.Cosine).Plus(cat([-halves[1], halves[0]], -1) * turns.Sine).to_type(heads.dtype);
    }
}
