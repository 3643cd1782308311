using System.Threading.Channels;
using CrossEncoders;

namespace RerankServer;

/// <summary>
/// Lets one scorer serve many requests: what waits is scored together, so that short requests share a batch and the processor does one
/// thing at a time. A request that is given up while it waits is never scored.
/// </summary>
public sealed class RequestBatcher : IAsyncDisposable
{
    private readonly IPassageScorer _scorer;
    private readonly int _batchPairs;
    private readonly int _most;
    private readonly Channel<Waiting> _channel = Channel.CreateUnbounded<Waiting>(new() { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private int _pairs;

    /// <summary>Starts to serve.</summary>
    /// <param name="scorer">Scores; called by one thread at a time.</param>
    /// <param name="batchPairs">The most pairs of a batch that several requests share; 0 for one request at a time.</param>
    /// <param name="maxWaitingPairs">The most pairs that wait.</param>
    public RequestBatcher(IPassageScorer scorer, int batchPairs, int maxWaitingPairs)
    {
        (_scorer, _batchPairs, _most) = (scorer, batchPairs, maxWaitingPairs);
        _loop = Task.Run(ServeAsync);
    }

    /// <summary>Pairs that wait or are being scored.</summary>
    public int Pairs => Volatile.Read(ref _pairs);

    /// <summary>Scores pairs when it is their turn; null where too many wait already.</summary>
    /// <exception cref="OperationCanceledException">The request was given up, or the server stops.</exception>
    public Task<float[]>? TryScore(IReadOnlyList<TextPair> pairs, CancellationToken cancellation)
    {
        if (pairs.Count == 0)
            return Task.FromResult<float[]>([]);
        if (Interlocked.Add(ref _pairs, pairs.Count) is var waiting && waiting > _most && waiting > pairs.Count)
        {
            Interlocked.Add(ref _pairs, -pairs.Count);
            return null;
        }

        var item = new Waiting(pairs, new(TaskCreationOptions.RunContinuationsAsynchronously), cancellation);
        if (!_channel.Writer.TryWrite(item))
            item.Result.TrySetCanceled(CancellationToken.None);
        return item.Result.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _channel.Writer.TryComplete();
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (await _channel.Reader.WaitToReadAsync())
            Serve(Next());
    }

    /// <summary>The requests that wait, up to a batch; those given up are left out.</summary>
    private List<Waiting> Next()
    {
        var (batch, size) = (new List<Waiting>(), 0);
        while (_channel.Reader.TryPeek(out var next) && (batch.Count == 0 || size + next.Pairs.Count <= _batchPairs))
        {
            _channel.Reader.TryRead(out _);
            if (next.Cancellation.IsCancellationRequested || _stop.IsCancellationRequested)
                End(next, () => next.Result.TrySetCanceled(next.Cancellation));
            else
                batch.Add(next);
            size += next.Pairs.Count;
        }

        return batch;
    }

    private void Serve(List<Waiting> batch)
    {
        if (batch.Count == 0)
            return;
        // A batch is given up when all of its requests are.
        using var given = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var left = batch.Count;
        var registrations = batch
            .Select(item => item.Cancellation.Register(() => _ = Interlocked.Decrement(ref left) == 0 && Cancel(given)))
            .ToList();
        try
        {
            var scores = _scorer.Score([.. batch.SelectMany(item => item.Pairs)], null, given.Token);
            var start = 0;
            foreach (var item in batch)
            {
                var own = scores[start..(start += item.Pairs.Count)];
                End(item, () => item.Result.TrySetResult(own));
            }
        }
        catch (Exception error)
        {
            foreach (var item in batch.Where(item => !item.Result.Task.IsCompleted))
                End(item, () =>
                    _ = error is OperationCanceledException ? item.Result.TrySetCanceled() : item.Result.TrySetException(error)
                );
        }
        finally
        {
            registrations.ForEach(registration => registration.Dispose());
        }
    }

    private static bool Cancel(CancellationTokenSource source)
    {
        source.Cancel();
        return true;
    }

    private void End(Waiting item, Action end)
    {
        Interlocked.Add(ref _pairs, -item.Pairs.Count);
        end();
    }

    private sealed record Waiting(IReadOnlyList<TextPair> Pairs, TaskCompletionSource<float[]> Result, CancellationToken Cancellation);
}
