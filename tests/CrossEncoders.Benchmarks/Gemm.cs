using System.Diagnostics;
using CrossEncoders.Runtime;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>What this machine's matrix products reach: the yardstick beside every figure, as machines differ.</summary>
internal static class Gemm
{
    /// <summary>The best rate of (4096, 384) × (384, 1536), in GFLOP/s; in 8 bits with what puts the states into them.</summary>
    public static double Rate(ScalarType type)
    {
        const int Rows = 4096,
            Inner = 384,
            Columns = 1536,
            Times = 20;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var stateType = type == ScalarType.Int8 ? ScalarType.BFloat16 : type;
        var (left, right) = (randn(Rows, Inner).to(stateType), randn(Columns, Inner).to(stateType));
        using var quantized = type == ScalarType.Int8 ? QuantizedWeight.Of(right) : null;
        var best = double.MaxValue;
        for (var i = 0; i < Times; i++)
        {
            var clock = Stopwatch.StartNew();
            (quantized?.Linear(left, bias: null) ?? nn.functional.linear(left, right)).Dispose();
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }

        return 2.0 * Rows * Inner * Columns / best / 1e9;
    }
}
