using System.Globalization;

namespace CrossEncoders.Display;

/// <summary>A bar below the running cell, updated in place at most four times a second.</summary>
internal sealed class NotebookProgress : ThrottledProgress
{
    private readonly INotebookCell _cell;
    private Action<object>? _update;
    private object? _context;

    /// <summary>A bar below the cell that is running now, and below later ones that report to it.</summary>
    /// <exception cref="CrossEncoderException">The program does not run inside .NET Interactive.</exception>
    public NotebookProgress()
        : this(
            InteractiveCell.TryFind()
                ?? throw new CrossEncoderException(
                    "Progress below a cell needs .NET Interactive, which does not run this program. "
                        + "Use Progress.ForHere(), which picks what fits."
                )
        ) { }

    internal NotebookProgress(INotebookCell cell, TimeProvider? clock = null)
        : base(TimeSpan.FromSeconds(0.25), clock) => _cell = cell;

    private protected override void Show(ProgressState state, bool isFirst, bool isLast)
    {
        var view = new ProgressView(state);
        // A bar belongs to one cell: its context takes no updates once the cell has ended, and between cells there is no place for one.
        var context = _cell.Current ?? _context;
        if (context is null)
            return;
        if (isFirst || _update is null || !ReferenceEquals(context, _context))
            _update = _cell.Display(context, view);
        else
            _update(view);
        _context = context;
    }
}

/// <summary>What the bar looks like.</summary>
[TypeFormatterSource(typeof(HtmlViewFormatters), PreferredMimeTypes = [MimeTypes.Html, MimeTypes.Text])]
internal sealed class ProgressView(ProgressState state) : IHtmlView
{
    /// <summary>A progress element with the words beside it.</summary>
    public string ToHtml()
    {
        var value = state.Fraction is { } fraction
            ? string.Create(CultureInfo.InvariantCulture, $" value=\"{fraction:0.####}\" max=\"1\"")
            : "";
        var activity = Html.Encode(state.Work.Activity);
        return $"<div style=\"font-variant-numeric:tabular-nums\">{activity} "
            + $"<progress{value} aria-label=\"{activity}\" style=\"width:16em;vertical-align:middle\"></progress> "
            + $"{state.Percent} <span style=\"opacity:.75\">{Html.Encode(state.Words)}</span></div>";
    }

    /// <summary>The same in words.</summary>
    public override string ToString() => $"{state.Work.Activity}: {state.Percent} {state.Words}";
}

/// <summary>The cell that is running, as far as progress needs it.</summary>
internal interface INotebookCell
{
    /// <summary>The running cell's context; null between cells.</summary>
    object? Current { get; }

    /// <summary>Shows a value below the cell and returns what replaces it.</summary>
    Action<object> Display(object context, object value);
}

/// <summary>Picks the progress that fits where the program runs.</summary>
public static class Progress
{
    /// <summary>A bar below the cell in a notebook, few lines in Verso, a bar on a terminal, a line now and then elsewhere.</summary>
    public static IProgress<WorkProgress> ForHere() =>
        InteractiveCell.TryFind() is { Current: not null } cell ? new NotebookProgress(cell)
        : RunningCell.Display is { } display ? new SparseProgress(display)
        : Console.IsErrorRedirected ? new LineProgress()
        : new ConsoleProgress();
}
