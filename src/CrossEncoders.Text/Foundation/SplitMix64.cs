namespace CrossEncoders;

/// <summary>
/// A generator of random numbers that takes a few multiplications a draw, for work that draws tens of millions. Source: Steele, Lea and
/// Flood, "Fast splittable pseudorandom number generators", 2014.
/// </summary>
internal struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next number, at least 0 and below a limit.</summary>
    public int Below(int limit) => (int)Math.BigMul(Mix(_state += 0x9E3779B97F4A7C15), (ulong)limit, out _);

    /// <summary>Scatters the bits of a number, so that neighbouring numbers give unlike results.</summary>
    public static ulong Mix(ulong value)
    {
        value = unchecked((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9);
        value = unchecked((value ^ (value >> 27)) * 0x94D049BB133111EB);
        return value ^ (value >> 31);
    }
}
