namespace CrossEncoders.LanguageModels;

/// <summary>
/// How many calls an endpoint is sent at a time, and whether it is sent any. The number goes up by one for a number of good answers, and
/// down by half when the endpoint says that it has too much to do (429, 503), fails, or by a fifth when it becomes slow: additive increase
/// and multiplicative decrease, as in TCP (Chiu and Jain 1989). Not thread-safe: the fleet's lock is held.
/// </summary>
/// <param name="weight">Its share of the calls.</param>
/// <param name="most">The most calls at a time.</param>
/// <param name="counts">Where its calls are counted, beside those of other runs; null for a count of its own.</param>
internal sealed class EndpointGate(double weight, int most, EndpointCounts? counts = null)
{
    private const int FailuresInRow = 3; // take it out
    private const int Samples = 10; // before its times say anything
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly EndpointCounts _counts = counts ?? new();
    private double _limit = Math.Min(most, 4);
    private TimeSpan _notBefore; // on the fleet's clock
    private TimeSpan _decreased = TimeSpan.MinValue;
    private TimeSpan _pause = FirstPause;
    private int _failuresInRow;
    private int _samples;
    private int _peak; // calls under way at a time since it was last sent less
    private (double Recent, double Usual) _seconds;

    /// <summary>Calls under way.</summary>
    public int InFlight { get; private set; }

    /// <summary>
    /// When it was given enough for its share, in the fleet's turns. Who comes first by it is next, as in start-time fair queueing (Goyal,
    /// Vin and Cheng 1996), so that one that was away does not catch up on what it missed.
    /// </summary>
    public double Pass { get; private set; }

    /// <summary>Whether it is left alone for a while.</summary>
    public bool IsOut { get; private set; }

    /// <summary>Calls that it is sent at a time.</summary>
    public int Limit => IsOut ? 1 : (int)_limit;

    /// <summary>Calls that it answered, and that it refused or failed.</summary>
    public (int Answered, int Failed) Counts => (_counts.Answered, _counts.Failed);

    /// <summary>From when on it may be sent a call; in the past where it may now.</summary>
    public TimeSpan NotBefore => _notBefore;

    /// <summary>Whether a call would be the next one for it now. One that was out is tried with one call.</summary>
    public bool IsFree(TimeSpan now) => now >= _notBefore && InFlight < Limit;

    /// <summary>A call begins.</summary>
    /// <param name="turn">The turn of the call.</param>
    public void Begin(double turn)
    {
        _peak = Math.Max(_peak, ++InFlight);
        Pass = turn + 1 / weight;
    }

    /// <summary>A call ended that says nothing about the endpoint.</summary>
    public void End() => InFlight--;

    /// <summary>A call was answered.</summary>
    public void Succeeded(TimeSpan began, TimeSpan now)
    {
        InFlight--;
        Interlocked.Increment(ref _counts.Answered);
        (_failuresInRow, _pause) = (0, FirstPause);
        if (IsOut)
        {
            (IsOut, _limit, _decreased, _samples) = (false, 1, now, 0);
            return;
        }

        var seconds = (now - began).TotalSeconds;
        _seconds =
            _samples++ == 0
                ? (seconds, seconds)
                : (_seconds.Recent + (seconds - _seconds.Recent) / 5, _seconds.Usual + (seconds - _seconds.Usual) / 50);
        if (_samples > Samples && _seconds.Recent > 2 * _seconds.Usual)
            Decrease(0.8, began, now);
        else if (_limit < 2 * _peak) // more than it was ever sent at a time says nothing
            _limit = Math.Min(most, _limit + 1 / _limit);
    }

    /// <summary>A call was refused or failed.</summary>
    /// <param name="error">How.</param>
    /// <param name="began">When it began.</param>
    /// <param name="now">When it ended.</param>
    public void Failed(Exception error, TimeSpan began, TimeSpan now)
    {
        InFlight--;
        Interlocked.Increment(ref _counts.Failed);
        var isNews = began >= _decreased;
        Decrease(0.5, began, now);
        var isFatal = CallErrors.IsFatal(error);
        if (!CallErrors.IsOverload(error) && (++_failuresInRow >= FailuresInRow || isFatal))
            IsOut = true;
        if (CallErrors.Wait(error) is { } asked)
            Rest(asked, now);
        else if (isFatal)
            Rest(CallErrors.LongestWait, now);
        else if (isNews && (IsOut || CallErrors.IsOverload(error)))
            Rest(NextPause(), now);
    }

    private void Rest(TimeSpan pause, TimeSpan now) => _notBefore = now + pause > _notBefore ? now + pause : _notBefore;

    /// <summary>The calls that were under way when the number went down say nothing new.</summary>
    private void Decrease(double factor, TimeSpan began, TimeSpan now)
    {
        if (began < _decreased)
            return;
        (_limit, _decreased, _peak) = (Math.Max(1, _limit * factor), now, InFlight);
    }

    private TimeSpan NextPause()
    {
        var pause = _pause;
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        return pause;
    }
}

/// <summary>The calls of an endpoint in all runs of its fleet.</summary>
internal sealed class EndpointCounts
{
    /// <summary>Calls that it answered; changed by <see cref="Interlocked"/>.</summary>
    public int Answered;

    /// <summary>Calls that it refused or failed; likewise.</summary>
    public int Failed;
}
