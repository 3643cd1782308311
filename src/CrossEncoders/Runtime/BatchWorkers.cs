using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace CrossEncoders.Runtime;

/// <summary>
/// Batches side by side on a CPU, each computed by one thread alone: what every operation of a batch would lose by dividing itself between
/// threads and waiting for the last of them is gained, and the results do not depend on the number of threads.
/// </summary>
/// <remarks>
/// The threads are the process's, for libtorch keeps the number of threads that an operation takes for each thread, and takes for threads
/// yet to come what was set last. All that computes shares them, a batch in turn.
/// </remarks>
internal static class BatchWorkers
{
    private static readonly BlockingCollection<Task> Work = [];
    private static readonly Lock Gate = new();
    private static int _workers;

    /// <summary>
    /// What is computed of each batch, in their order: by this thread, one after the other, on a GPU, with one thread, or where there are
    /// fewer batches than threads; else side by side.
    /// </summary>
    /// <param name="batches">The number of batches.</param>
    /// <param name="device">Where they are computed.</param>
    /// <param name="compute">
    /// Computes a batch by its number. It brings its own dispose scope and says that no gradients are wanted, as both belong to a thread.
    /// </param>
    /// <param name="cancellation">Stops between two batches; those that have begun are finished first.</param>
    public static IEnumerable<T> Run<T>(int batches, Device device, Func<int, T> compute, CancellationToken cancellation)
    {
        var threads = device.type == TorchSharp.DeviceType.CPU ? get_num_threads() : 1;
        return threads > 1 && batches >= threads
            ? SideBySide(batches, threads, compute, cancellation)
            : Enumerable
                .Range(0, batches)
                .Select(batch =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    return compute(batch);
                });
    }

    private static IEnumerable<T> SideBySide<T>(int batches, int threads, Func<int, T> compute, CancellationToken cancellation)
    {
        Hire(threads);
        var (begun, stopped) = (0, false);
        var ahead = new Queue<Task<T>>();
        try
        {
            while (begun < batches || ahead.Count > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                while (begun < batches && ahead.Count < 2 * threads)
                    ahead.Enqueue(Begin(begun++));
                yield return ahead.Peek().GetAwaiter().GetResult();
                ahead.Dequeue();
            }
        }
        finally
        {
            Volatile.Write(ref stopped, true);
            foreach (var task in ahead)
                ((IAsyncResult)task).AsyncWaitHandle.WaitOne(); // what it threw, if anything, was not asked for
        }

        Task<T> Begin(int batch)
        {
            var task = new Task<T>(() => Volatile.Read(ref stopped) ? throw new OperationCanceledException() : compute(batch));
            Work.Add(task, CancellationToken.None);
            return task;
        }
    }

    /// <summary>Starts threads until there are as many as asked for.</summary>
    private static void Hire(int workers)
    {
        lock (Gate)
        {
            if (_workers >= workers)
                return;
            for (; _workers < workers; _workers++)
            {
                using var ready = new ManualResetEventSlim();
                var thread = new Thread(() => Serve(ready)) { IsBackground = true, Name = $"batches {_workers}" };
                thread.Start();
                ready.Wait();
            }

            set_num_threads(workers); // for threads to come, again
        }
    }

    private static void Serve(ManualResetEventSlim ready)
    {
        _ = get_num_threads(); // a thread's first look takes what was set last anywhere: before it is set, not after
        set_num_threads(1);
        ready.Set();
        foreach (var task in Work.GetConsumingEnumerable())
            task.RunSynchronously(TaskScheduler.Default); // what it throws is the task's
    }
}
