namespace CrossEncoders.LanguageModels;

/// <summary>Chooses the endpoint of each call, and waits where none may be sent one. Thread-safe.</summary>
/// <param name="gates">The endpoints.</param>
/// <param name="time">The clock.</param>
internal sealed class FleetGates(EndpointGate[] gates, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private double _turn;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Waits for an endpoint that may be sent a call.</summary>
    /// <param name="failed">Those that have failed this call; not all of them.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Which, and the time by the fleet's clock, both for the end of the call.</returns>
    public async Task<(int Endpoint, TimeSpan Began)> TakeAsync(IReadOnlyCollection<int> failed, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            Task changed;
            TimeSpan? pause;
            lock (_lock)
            {
                var now = Now;
                if (Choose(failed, now) is { } endpoint)
                {
                    _turn = Math.Max(_turn, gates[endpoint].Pass);
                    gates[endpoint].Begin(_turn);
                    return (endpoint, now);
                }

                changed = _changed.Task;
                pause = gates
                    .Where((gate, i) => !failed.Contains(i) && gate.NotBefore > now)
                    .Min(gate => (TimeSpan?)(gate.NotBefore - now));
            }

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var timer = Task.Delay(pause is { } wait ? wait + TimeSpan.FromMilliseconds(1) : Timeout.InfiniteTimeSpan, time, stop.Token);
            await Task.WhenAny(changed, timer).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A call was answered.</summary>
    public void Succeeded(int endpoint, TimeSpan began) => Change(() => gates[endpoint].Succeeded(began, Now));

    /// <summary>A call was refused or failed.</summary>
    public void Failed(int endpoint, Exception error, TimeSpan began) => Change(() => gates[endpoint].Failed(error, began, Now));

    /// <summary>A call ended that says nothing about its endpoint.</summary>
    public void End(int endpoint) => Change(() => gates[endpoint].End());

    /// <summary>How the endpoints fare.</summary>
    public IReadOnlyList<FleetState> States(IReadOnlyList<string> names)
    {
        lock (_lock)
            return
            [
                .. gates.Select((gate, i) => new FleetState(names[i], gate.Counts.Answered, gate.Counts.Failed, gate.Limit, gate.IsOut)),
            ];
    }

    /// <summary>
    /// The endpoint that was sent least for its share. Where all that are left are out, none is waited for: the one that comes back first
    /// is tried, so that a run whose endpoints are all gone ends as soon as with one.
    /// </summary>
    private int? Choose(IReadOnlyCollection<int> failed, TimeSpan now)
    {
        int[] left = [.. Enumerable.Range(0, gates.Length).Where(i => !failed.Contains(i))];
        int[] free = [.. left.Where(i => gates[i].IsFree(now))];
        if (free.Length > 0)
            return free.MinBy(i => Math.Max(_turn, gates[i].Pass));
        return left.All(i => gates[i].IsOut)
            ? left.Where(i => gates[i].InFlight == 0).Cast<int?>().MinBy(i => gates[i!.Value].NotBefore)
            : null;
    }

    private void Change(Action change)
    {
        TaskCompletionSource before;
        lock (_lock)
        {
            change();
            (before, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        before.SetResult();
    }
}
