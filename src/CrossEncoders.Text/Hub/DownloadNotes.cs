using System.Diagnostics;

namespace CrossEncoders.Hub;

/// <summary>Progress of a download as lines of text: words at once, numbers every few seconds.</summary>
/// <param name="report">Takes a line.</param>
/// <param name="pause">The time between two lines of numbers; null for five seconds.</param>
internal sealed class DownloadNotes(Action<string> report, TimeSpan? pause = null) : IProgress<WorkProgress>
{
    private const double Megabyte = 1e6;

    private readonly TimeSpan _pause = pause ?? TimeSpan.FromSeconds(5);
    private readonly Stopwatch _since = Stopwatch.StartNew();

    /// <inheritdoc/>
    public void Report(WorkProgress value)
    {
        if (value.Total == 0)
        {
            // That the hub is asked is worth a line only where its answer takes long; then the failure says so.
            if (value.Detail?.StartsWith("asking ", StringComparison.Ordinal) == false)
                report($"{value.Activity}: {value.Detail}");
            return;
        }

        if (_since.Elapsed < _pause)
            return;
        _since.Restart();
        report(FormattableString.Invariant($"{value.Activity} {value.Detail}: {value.Done / Megabyte:0} of {value.Total / Megabyte:0} MB"));
    }
}
