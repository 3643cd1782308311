using System.Globalization;

namespace CrossEncoders.Display;

/// <summary>
/// Shows progress no more often than is useful: the first and the last report of an activity, and between them one an interval.
/// </summary>
/// <remarks>Thread-safe: reports may come from any thread; one that comes too early costs a lock and a comparison.</remarks>
internal abstract class ThrottledProgress : IProgress<WorkProgress>
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly TimeSpan _interval;
    private WorkProgress? _last;
    private long _startTime;
    private long _startDone;
    private long _shownTime;

    /// <summary>Progress shown at most once an interval by this clock.</summary>
    private protected ThrottledProgress(TimeSpan interval, TimeProvider? clock) =>
        (_interval, _clock) = (interval, clock ?? TimeProvider.System);

    /// <summary>Shows the report if it is due.</summary>
    public void Report(WorkProgress value)
    {
        lock (_lock)
        {
            var now = _clock.GetTimestamp();
            var isNew = _last is null || _last.Activity != value.Activity || value.Done < _last.Done;
            var wasFinished = !isNew && IsFinished(_last!);
            if (isNew)
                (_startTime, _startDone) = (now, value.Done);
            _last = value;
            var isLast = IsFinished(value);
            if (isLast && wasFinished)
                return;
            var state = new ProgressState(value, _clock.GetElapsedTime(_startTime, now), _startDone);
            if (!isNew && !isLast && _clock.GetElapsedTime(_shownTime, now) < _interval && !IsDue(state))
                return;
            _shownTime = now;
            Show(state, isNew, isLast);
        }
    }

    /// <summary>Whether a report is shown before the interval has passed.</summary>
    private protected virtual bool IsDue(ProgressState state) => false;

    /// <summary>Shows a report; called by one thread at a time.</summary>
    private protected abstract void Show(ProgressState state, bool isFirst, bool isLast);

    private static bool IsFinished(WorkProgress work) => work.Total > 0 && work.Done >= work.Total;
}

/// <summary>A report with the time it took so far.</summary>
internal readonly record struct ProgressState(WorkProgress Work, TimeSpan Elapsed, long StartDone)
{
    /// <summary>The part done, 0 to 1; null where the total is unknown.</summary>
    public double? Fraction => Work.Total > 0 ? Math.Clamp((double)Work.Done / Work.Total, 0, 1) : null;

    /// <summary>The time left at the speed so far; null where it cannot be told.</summary>
    public TimeSpan? Remaining =>
        Work.Total > Work.Done && Work.Done > StartDone && Elapsed > TimeSpan.Zero
            ? Elapsed * ((double)(Work.Total - Work.Done) / (Work.Done - StartDone))
            : null;

    /// <summary>"120 of 400 · loss 0.21 · 1:05 left".</summary>
    public string Words
    {
        get
        {
            var parts = new List<string>
            {
                Work.Total > 0 ? $"{CellFormat.Integer(Work.Done)} of {CellFormat.Integer(Work.Total)}" : CellFormat.Integer(Work.Done),
            };
            if (!string.IsNullOrEmpty(Work.Detail))
                parts.Add(Work.Detail.ReplaceLineEndings(" "));
            if (Remaining is { } remaining)
                parts.Add($"{Clock(remaining)} left");
            else if (Elapsed >= TimeSpan.FromSeconds(1))
                parts.Add(Clock(Elapsed));
            return string.Join(" · ", parts);
        }
    }

    /// <summary>"42 %", or nothing where the total is unknown. Never 100 before the end.</summary>
    public string Percent =>
        Fraction is { } fraction ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(fraction * 100):0} %") : "";

    private static string Clock(TimeSpan time) =>
        time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
}
