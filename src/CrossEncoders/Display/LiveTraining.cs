using System.Globalization;
using System.Text;
using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Display;

/// <summary>
/// The loss, the evaluations and the alarms of a training below the running cell, drawn anew at most once a second. A plain SVG: light
/// enough to be sent again and again, and it stays readable where no script runs.
/// </summary>
/// <example><code>new CrossEncoderTrainer(model, arguments, loss, evaluator) { Live = LiveTraining.ForHere() }</code></example>
public sealed class LiveTraining : IProgress<TrainingRun>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly INotebookCell _cell;
    private readonly TimeProvider _clock;
    private readonly AlarmLanguage _language;
    private Action<object>? _update;
    private object? _context;
    private (int Evaluations, int Alarms) _shown;
    private long _shownTime;

    internal LiveTraining(INotebookCell cell, AlarmLanguage language = default, TimeProvider? clock = null) =>
        (_cell, _language, _clock) = (cell, language, clock ?? TimeProvider.System);

    /// <summary>A chart below the cell in a notebook; null, so nothing, elsewhere.</summary>
    /// <param name="language">The language of the words below it; that of the alarms is <see cref="CrossEncoderTrainer.Language"/>.</param>
    public static LiveTraining? ForHere(AlarmLanguage language = AlarmLanguage.English) =>
        InteractiveCell.TryFind() is { Current: not null } cell ? new LiveTraining(cell, language) : null;

    /// <summary>Draws the training so far, if it is time.</summary>
    public void Report(TrainingRun value)
    {
        var news = (value.Evaluations.Count, value.Alarms.Count);
        var isLast = value.Completed;
        if (!isLast && _update is not null && news == _shown && _clock.GetElapsedTime(_shownTime) < Interval)
            return;
        if (_cell.Current is not { } context)
            return; // between cells there is no place for it
        (_shown, _shownTime) = (news, _clock.GetTimestamp());
        var view = new LiveTrainingView(value, _language);
        if (_update is null || !ReferenceEquals(context, _context))
            _update = _cell.Display(context, view);
        else
            _update(view);
        _context = context;
    }
}

/// <summary>A training so far as a small picture with words below it.</summary>
[TypeFormatterSource(typeof(HtmlViewFormatters), PreferredMimeTypes = [MimeTypes.Html, MimeTypes.Text])]
internal sealed class LiveTrainingView(TrainingRun run, AlarmLanguage language = default) : IHtmlView
{
    private const int Width = 640;
    private const int Height = 160;
    private const int MaxPoints = 300;
    private readonly string _metric = run.PrimaryMetric ?? "";

    /// <summary>An SVG with two lines, each on its own scale, and the alarms.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder(
            $"<figure style=\"margin:0 0 1em\"><svg role=\"img\" viewBox=\"0 0 {Width} {Height}\" "
                + $"style=\"width:100%;max-width:{Width}px\" aria-label=\"{Html.Encode(ToString())}\">"
        );
        html.Append($"<path d=\"M0 {Height - 1}H{Width}\" stroke=\"currentColor\" opacity=\".3\"/>");
        var smoothed = Charts.Smoothed([.. run.Steps.Select(step => step.Loss)]);
        html.Append(Line(Charts.Thinned(smoothed.Length, MaxPoints).Select(i => (run.Steps[i].Step + 1.0, smoothed[i])), "#0072B2", false));
        if (Main() is { Count: > 0 } main)
            html.Append(Line(main.Select(point => ((double)point.Step, Value(point))), "#D55E00", true));
        html.Append($"</svg><figcaption style=\"font-size:.85em\">{Html.Encode(ToString())}</figcaption>");
        foreach (var alarm in run.Alarms)
            html.Append("<div role=\"alert\" style=\"font-size:.85em;border-left:4px solid #D55E00;padding-left:.6em\">")
                .Append($"⚠ {Html.Encode(alarm.ToString())}</div>");
        return html.Append("</figure>").ToString();
    }

    /// <summary>The same in words.</summary>
    public override string ToString()
    {
        var (done, all) = (run.Steps.Count == 0 ? 0 : run.Steps[^1].Step + 1, run.TotalSteps);
        var words = new List<Words> { new($"step {done} of {all}", $"第 {done} 步，共 {all} 步") };
        if (run.Steps.Count > 0)
        {
            var (loss, speed) = (Charts.Smoothed([.. run.Steps.Select(step => step.Loss)])[^1], run.Steps[^1].TokensPerSecond);
            words.Add(new($"loss {loss:0.000} (blue), {speed:0} tokens a second", $"损失 {loss:0.000}（蓝色），每秒 {speed:0} 个词元"));
        }

        if (Main() is { Count: > 0 } main)
            words.Add(
                new(
                    $"{_metric} {Value(main[0]):0.0000} → {Value(main[^1]):0.0000} (orange)",
                    $"{_metric} {Value(main[0]):0.0000} → {Value(main[^1]):0.0000}（橙色）"
                )
            );
        return string.Join(language == AlarmLanguage.Chinese ? "；" : "; ", words.Select(part => part.In(language)));
    }

    /// <summary>The first evaluator's evaluations.</summary>
    private List<EvaluationPoint> Main() => [.. run.Evaluations.GroupBy(point => point.Step).Select(group => group.First())];

    private double Value(EvaluationPoint point) => point.Result.Metrics.GetValueOrDefault(_metric, double.NaN);

    private string Line(IEnumerable<(double X, double Y)> points, string color, bool dots)
    {
        var finite = points.Where(point => double.IsFinite(point.Y)).ToList();
        if (finite.Count == 0)
            return "";
        var (low, high) = (finite.Min(point => point.Y), finite.Max(point => point.Y));
        var range = Math.Max(high - low, 1e-12);
        var places = finite
            .Select(point => (X: point.X / Math.Max(1, run.TotalSteps) * Width, Y: 6 + (high - point.Y) / range * (Height - 12)))
            .ToList();
        var line = string.Join(' ', places.Select(place => string.Create(CultureInfo.InvariantCulture, $"{place.X:0.#},{place.Y:0.#}")));
        var circles = !dots
            ? ""
            : string.Concat(
                places.Select(place =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"<circle cx=\"{place.X:0.#}\" cy=\"{place.Y:0.#}\" r=\"3\" fill=\"{color}\"/>"
                    )
                )
            );
        return $"<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" points=\"{line}\"/>{circles}";
    }
}
