using System.Runtime.Intrinsics;

namespace CrossEncoders.Modeling;

/// <summary>Random bits, sixteen times sixteen of them at a time.</summary>
internal struct RandomBits
{
    private Vector256<ulong> _one;
    private Vector256<ulong> _two;

    public RandomBits(ulong seed)
    {
        _one = Vector256.Create(Mix(seed + 1), Mix(seed + 2), Mix(seed + 3), Mix(seed + 4));
        _two = Vector256.Create(Mix(~seed - 1), Mix(~seed - 2), Mix(~seed - 3), Mix(~seed - 4));
    }

    public Vector256<ushort> Next()
    {
        var (x, y) = (_one, _two);
        var sum = x + y;
        _one = y;
        x ^= x << 23;
        _two = x ^ y ^ (x >>> 18) ^ (y >>> 5);
        return sum.AsUInt16();
    }

    // Neighbouring seeds give unlike states.
    private static ulong Mix(ulong seed) => SplitMix64.Mix(unchecked(seed * 0x9E3779B97F4A7C15));
}
