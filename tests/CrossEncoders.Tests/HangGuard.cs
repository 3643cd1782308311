namespace CrossEncoders.Tests;

/// <summary>Runs work that a defect could keep from ever ending. The limit is no measure of speed: what ends is far below it.</summary>
internal static class HangGuard
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs it; a <see cref="TimeoutException"/> where it does not end.</summary>
    /// <param name="work">The work, which gets a thread of its own.</param>
    /// <param name="mostBytes">What it may allocate there, whether it succeeds or not.</param>
    public static T Run<T>(Func<T> work, long mostBytes = long.MaxValue) =>
        Task.Run(() =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    return work();
                }
                finally
                {
                    Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, mostBytes);
                }
            })
            .WaitAsync(Limit)
            .GetAwaiter()
            .GetResult();

    /// <inheritdoc cref="Run{T}"/>
    public static void Run(Action work, long mostBytes = long.MaxValue) =>
        Run<object?>(
            () =>
            {
                work();
                return null;
            },
            mostBytes
        );
}
