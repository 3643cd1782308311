using System.Runtime.InteropServices;

namespace CrossEncoders.Runtime;

/// <summary>
/// Gives freed memory back to the system. Batches of varying sizes leave glibc's heap full of holes, so that a training's memory would
/// grow with every step although its tensors do not.
/// </summary>
internal static partial class NativeHeap
{
    private const long Milliseconds = 5_000;
    private static long _next = Environment.TickCount64 + Milliseconds; // the heap is the process's, and so is when it was last trimmed

    /// <summary>
    /// Trims the heap if it has not been for five seconds; a trim takes about a tenth of a second. Does nothing except on Linux with glibc.
    /// </summary>
    public static void TrimNowAndThen()
    {
        var (now, next) = (Environment.TickCount64, Interlocked.Read(ref _next));
        if (now < next || Interlocked.CompareExchange(ref _next, now + Milliseconds, next) != next || !OperatingSystem.IsLinux())
            return;
        try
        {
            _ = Trim(0);
        }
        catch (Exception error) when (error is EntryPointNotFoundException or DllNotFoundException)
        {
            Interlocked.Exchange(ref _next, long.MaxValue); // another C library, which has no such function
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
