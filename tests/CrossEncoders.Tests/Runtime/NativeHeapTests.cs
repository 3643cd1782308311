using System.Reflection;
using CrossEncoders.Runtime;

namespace CrossEncoders.Tests.Runtime;

[Collection(Alone.Name)] // The heap is the process's.
public sealed class NativeHeapTests
{
    private static readonly FieldInfo Next = typeof(NativeHeap).GetField("_next", BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>A trim that is due sets the time of the next; one that is not changes nothing, from however many threads.</summary>
    [Fact]
    public void TheHeapIsTrimmedOnceInFiveSeconds()
    {
        var before = Next.GetValue(null);
        try
        {
            Next.SetValue(null, 0L);
            var from = Environment.TickCount64;
            Parallel.For(0, 100, _ => NativeHeap.TrimNowAndThen());
            var next = (long)Next.GetValue(null)!;
            if (next != long.MaxValue) // where the C library cannot
                Assert.InRange(next, from + 5000, Environment.TickCount64 + 5000);
            NativeHeap.TrimNowAndThen();
            Assert.Equal(next, Next.GetValue(null));
        }
        finally
        {
            Next.SetValue(null, before);
        }
    }
}
