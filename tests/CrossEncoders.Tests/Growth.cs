using System.Diagnostics;

namespace CrossEncoders.Tests;

/// <summary>
/// How the cost of work grows with its size. Both sizes are measured on the same machine at the same time and compared with one another:
/// no time is asserted, so that a slow or busy machine changes nothing.
/// </summary>
internal static class Growth
{
    private const int Times = 8;
    private const int Most = 24; // eight times the work costs 8 times as much if it grows linearly, 64 times if quadratically
    private const int Rounds = 8; // one round may be disturbed

    /// <summary>Below this the large work costs too little to be measured, and too little to matter.</summary>
    private static readonly TimeSpan Negligible = TimeSpan.FromMilliseconds(50);

    /// <summary>Work of eight times the size costs about eight times as much, and not sixty-four times.</summary>
    /// <param name="size">The larger size, of a fraction of a second.</param>
    /// <param name="work">Works on an input of a size.</param>
    public static void IsLinear(int size, Action<int> work)
    {
        work(size / Times); // compiles
        var found = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var small = Enumerable.Range(0, 3).Min(_ => Cost(work, size / Times));
            var large = Cost(work, size);
            if (large < Negligible || large < Most * small)
                return;
            found.Add($"{small.TotalMilliseconds:0.0} → {large.TotalMilliseconds:0.0} ms");
        }

        Assert.Fail($"{Times} times the size costs more than {Most} times as much: {string.Join(", ", found)}");
    }

    private static TimeSpan Cost(Action<int> work, int size)
    {
        var from = Stopwatch.GetTimestamp();
        work(size);
        return Stopwatch.GetElapsedTime(from);
    }
}
