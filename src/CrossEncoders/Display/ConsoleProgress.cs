namespace CrossEncoders.Display;

/// <summary>A bar on one line of a terminal, drawn over itself.</summary>
internal sealed class ConsoleProgress : ThrottledProgress
{
    private readonly TextWriter? _writer;
    private readonly Func<int> _width;
    private bool _lineOpen;

    /// <summary>A bar drawn at most four times a second.</summary>
    /// <param name="writer">
    /// A terminal's writer; if null the console's error stream, so that output can be redirected without it. It is asked for at each
    /// report: some hosts of notebooks give each cell a stream of its own.
    /// </param>
    /// <param name="clock">The clock; the system's if null.</param>
    /// <param name="width">Columns of the terminal; asked from the console if null.</param>
    public ConsoleProgress(TextWriter? writer = null, TimeProvider? clock = null, Func<int>? width = null)
        : base(TimeSpan.FromSeconds(0.25), clock) => (_writer, _width) = (writer, width ?? (() => Console.BufferWidth));

    private protected override void Show(ProgressState state, bool isFirst, bool isLast)
    {
        var writer = _writer ?? Console.Error;
        if (isFirst && _lineOpen)
            writer.WriteLine();
        var width = Math.Max(20, _width()) - 1;
        var bar = state.Fraction is { } fraction ? $"[{new string('#', (int)(fraction * 20)).PadRight(20, '.')}] {state.Percent, 5} " : "";
        var line = Html.Clip($"{state.Work.Activity} {bar}{state.Words}", width);
        writer.Write('\r' + line + new string(' ', Math.Max(0, width - Html.Width(line))));
        _lineOpen = !isLast;
        if (isLast)
            writer.WriteLine();
        writer.Flush();
    }
}

/// <summary>A line of progress now and then, for logs: whenever ten more percent are done or ten seconds have passed.</summary>
internal sealed class LineProgress : ThrottledProgress
{
    private readonly TextWriter? _writer;
    private int _tenth;

    /// <summary>Lines to this writer; if null to what is the console's error stream at each report.</summary>
    public LineProgress(TextWriter? writer = null, TimeProvider? clock = null)
        : base(TimeSpan.FromSeconds(10), clock) => _writer = writer;

    private protected override bool IsDue(ProgressState state) => Tenth(state) > _tenth;

    private protected override void Show(ProgressState state, bool isFirst, bool isLast)
    {
        _tenth = Tenth(state);
        var writer = _writer ?? Console.Error;
        writer.WriteLine(LineOf(state));
        writer.Flush();
    }

    internal static string LineOf(ProgressState state) =>
        state.Fraction is null ? $"{state.Work.Activity}: {state.Words}" : $"{state.Work.Activity}: {state.Percent}, {state.Words}";

    private static int Tenth(ProgressState state) => (int)((state.Fraction ?? 0) * 10);
}

/// <summary>
/// Few lines, for a host that shows what a cell displays, but cannot change it: the first after five seconds, then each when twice the time
/// has passed, and the end of what took as long. What is done sooner says nothing.
/// </summary>
internal sealed class SparseProgress(Action<string> display, TimeProvider? clock = null) : ThrottledProgress(TimeSpan.FromSeconds(1), clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private TimeSpan _next;

    private protected override void Show(ProgressState state, bool isFirst, bool isLast)
    {
        if (isFirst)
            _next = Patience;
        if (state.Elapsed < (isLast ? Patience : _next))
            return;
        while (_next <= state.Elapsed)
            _next *= 2;
        display(LineProgress.LineOf(state));
    }
}
