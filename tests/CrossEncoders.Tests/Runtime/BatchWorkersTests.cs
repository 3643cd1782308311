using System.Collections.Concurrent;
using CrossEncoders.Runtime;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Runtime;

/// <summary>Batches side by side: each once, in order, each on one thread, and nothing left behind.</summary>
[Collection(Alone.Name)]
public sealed class BatchWorkersTests : IDisposable
{
    private readonly int _threads = get_num_threads();

    public BatchWorkersTests() => set_num_threads(2);

    public void Dispose() => set_num_threads(_threads);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(37)]
    public void EachBatchIsComputedOnceAndInOrder(int batches)
    {
        var computed = new ConcurrentBag<int>();
        var results = BatchWorkers.Run(batches, CPU, Square, default).ToList();
        Assert.Equal(Enumerable.Range(0, batches).Select(batch => batch * batch), results);
        Assert.Equal(Enumerable.Range(0, batches), computed.Order());

        int Square(int batch)
        {
            computed.Add(batch);
            return batch * batch;
        }
    }

    [Fact]
    public void TwoBatchesRunSideBySideOnOneThreadEach()
    {
        using var meeting = new Barrier(2);
        var own = Environment.CurrentManagedThreadId;
        var seen = BatchWorkers.Run(2, CPU, Meet, default).ToList();
        Assert.Equal(2, seen.Select(each => each.Thread).Distinct().Count());
        Assert.All(seen, each => Assert.Equal((true, 1), (each.Met && each.Thread != own, each.Threads)));

        (bool Met, int Thread, int Threads) Meet(int batch) =>
            (meeting.SignalAndWait(TimeSpan.FromMinutes(1)), Environment.CurrentManagedThreadId, get_num_threads());
    }

    [Theory]
    [InlineData(2, 1)] // fewer batches than threads: each takes them all
    [InlineData(1, 3)]
    public void OtherwiseTheCallersThreadComputesWithAllItHas(int threads, int batches)
    {
        set_num_threads(threads);
        var own = Environment.CurrentManagedThreadId;
        Assert.All(BatchWorkers.Run(batches, CPU, _ => (Environment.CurrentManagedThreadId, get_num_threads()), default), seen =>
            Assert.Equal((own, threads), seen)
        );
    }

    [Fact]
    public void OtherThreadsKeepTheirNumberOfThreads()
    {
        _ = BatchWorkers.Run(4, CPU, batch => batch, default).Count();
        var other = 0;
        var thread = new Thread(() => other = get_num_threads());
        thread.Start();
        thread.Join();
        Assert.Equal((2, 2), (get_num_threads(), other));
    }

    [Fact]
    public void AFailureIsTheCallersAndNothingComputesOn()
    {
        var running = 0;
        var error = Assert.Throws<CrossEncoderException>(() => BatchWorkers.Run(50, CPU, Fail, default).Count());
        Assert.Equal(("batch 3", 0), (error.Message, Volatile.Read(ref running)));

        int Fail(int batch)
        {
            Interlocked.Increment(ref running);
            Thread.Sleep(batch == 4 ? 50 : 0); // still computing when its neighbour has failed
            Interlocked.Decrement(ref running);
            return batch == 3 ? throw new CrossEncoderException("batch 3") : batch;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void CancellationStopsBetweenTwoBatches(int threads)
    {
        set_num_threads(threads);
        using var source = new CancellationTokenSource();
        var (running, taken) = (0, 0);
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (var _ in BatchWorkers.Run(1000, CPU, Count, source.Token))
                if (++taken == 3)
                    source.Cancel();
        });
        Assert.Equal((3, 0), (taken, Volatile.Read(ref running)));

        int Count(int batch)
        {
            Interlocked.Increment(ref running);
            Thread.Yield();
            return Interlocked.Decrement(ref running);
        }
    }

    [Fact]
    public void WhoTakesOnlyTheFirstWaitsForWhatHasBegun()
    {
        var running = 0;
        Assert.Equal(0, BatchWorkers.Run(100, CPU, Slow, default).First());
        Assert.Equal(0, Volatile.Read(ref running));

        int Slow(int batch)
        {
            Interlocked.Increment(ref running);
            Thread.Sleep(10);
            Interlocked.Decrement(ref running);
            return batch;
        }
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("xlm-roberta")]
    [InlineData("modernbert")]
    public void ScoresAreTheSameToTheBitWhateverTheNumberOfThreads(string name)
    {
        using var model = ModelFolder.Load(Shared.Path($"golden/models/{name}"), new() { ComputeType = ScalarType.Float32 });
        TextPair[] pairs =
        [
            .. Enumerable
                .Range(0, 300)
                .Select(i => new TextPair($"question {i}", string.Join(' ', Enumerable.Repeat($"word {i}", 1 + i % 40)))),
        ];
        set_num_threads(1);
        var alone = model.Score(pairs);
        foreach (var threads in (int[])[2, 3])
        {
            set_num_threads(threads);
            Assert.Equal(alone, model.Score(pairs));
        }
    }

    [Fact]
    public async Task ManyCallersShareTheWorkers()
    {
        var sums = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(caller =>
                    Task.Factory.StartNew(
                        () => BatchWorkers.Run(20, CPU, batch => caller * batch, default).Sum(),
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                )
        );
        Assert.Equal(Enumerable.Range(0, 8).Select(caller => caller * 190), sums);
    }
}
