using System.Globalization;
using CrossEncoders.Training;
using Plotly.NET;

namespace CrossEncoders.Display;

public static partial class Charts
{
    private const int MaxPoints = 1000;

    /// <summary>The loss of each step, the same smoothed, and the learning rate (right axis).</summary>
    public static Chart Losses(TrainingRun run)
    {
        var steps = run.Steps;
        var smoothed = Smoothed(steps.Select(step => step.Loss).ToArray());
        var at = Thinned(steps.Count, MaxPoints);
        var x = at.Select(i => (double)steps[i].Step + 1).ToArray();
        var rate = Line(
            x,
            at.Select(i => steps[i].LearningRate),
            "learning rate",
            Color.fromHex(Theme.Muted),
            1.5,
            dash: StyleParam.DrawingStyle.Dot
        );
        rate = GenericChart.mapTrace(
            Function<Trace, Trace>(trace =>
            {
                trace.SetProperty("yaxis", "y2");
                return trace;
            }),
            rate
        );
        var right = Theme.Axis("Learning rate");
        (right["overlaying"], right["side"], right["showgrid"], right["rangemode"], right["exponentformat"]) = (
            "y",
            "right",
            false,
            "tozero",
            "e"
        );
        var left = Theme.Axis("Loss");
        left["rangemode"] = "tozero";
        var plot = Combine([
                Line(x, at.Select(i => steps[i].Loss), "loss", Theme.Series(5), 1, 0.6),
                Line(x, at.Select(i => smoothed[i]), "loss, smoothed", Theme.Series(0), 2.5),
                rate,
            ])
            .With("xaxis", Theme.Axis("Step"))
            .With("yaxis", left)
            .With("yaxis2", right);
        var rows = Thinned(steps.Count, 12)
            .Select(i => (IReadOnlyList<object?>)[steps[i].Step + 1, steps[i].Epoch, steps[i].Loss, smoothed[i], steps[i].LearningRate]);
        var data = new Table(["step", "epoch", "loss", "smoothed", "learning rate"], [.. rows], totalRows: steps.Count);
        var summary =
            steps.Count == 0
                ? "No steps yet."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{steps.Count} of {run.TotalSteps} steps; smoothed loss {smoothed[0]:0.000} at first, {smoothed[^1]:0.000} at last."
                );
        return new Chart(plot, $"Training loss ({run.Loss})", data, summary);
    }

    /// <summary>
    /// A metric of the evaluations made during training, for each evaluator that has it; the base model's value is the dashed line.
    /// </summary>
    /// <param name="run">The training.</param>
    /// <param name="metric">The metric's name in the evaluators' results, for example "mse".</param>
    /// <param name="title">The chart's title; the metric's name if null.</param>
    /// <exception cref="CrossEncoderException">No evaluation has this metric.</exception>
    public static Chart Evaluations(TrainingRun run, string metric, string? title = null)
    {
        var points = run.Evaluations.Where(point => point.Result.Metrics.ContainsKey(metric)).ToArray();
        if (points.Length == 0)
        {
            var known = run.Evaluations.SelectMany(point => point.Result.Metrics.Keys).Distinct().Order(StringComparer.Ordinal).ToArray();
            throw new CrossEncoderException(
                $"No evaluation of this training has the metric \"{metric}\". "
                    + (
                        known.Length == 0
                            ? "It has no evaluations: give the trainer an evaluator."
                            : $"There are: {string.Join(", ", known)}."
                    )
            );
        }
        var series = points.GroupBy(point => point.Result.Evaluator).Select(g => g.OrderBy(point => point.Step).ToArray()).ToArray();
        double Value(EvaluationPoint point) => point.Result.Metrics[metric];
        var lines = new List<GenericChart>();
        for (var i = 0; i < series.Length; i++)
        {
            var name = series.Length == 1 ? metric : series[i][0].Result.Evaluator;
            lines.Add(Line(series[i].Select(p => (double)p.Step), series[i].Select(Value), name, Theme.Series(i), markers: true));
            if (series[i][0].Step == 0)
                lines.Add(
                    Line(
                        [0, Math.Max(run.TotalSteps, series[i][^1].Step)],
                        [Value(series[i][0]), Value(series[i][0])],
                        series.Length == 1 ? "base model" : $"{name}, base model",
                        Theme.Series(i),
                        1.5,
                        0.7,
                        StyleParam.DrawingStyle.Dash
                    )
                );
        }
        var plot = Combine(lines).With("xaxis", Theme.Axis("Step")).With("yaxis", Theme.Axis(metric));
        var data = points.ToTable(40, ("step", p => p.Step), ("evaluator", p => p.Result.Evaluator), (metric, p => Value(p)));
        var read = series.Select(line =>
            (series.Length == 1 ? "" : $"{line[0].Result.Evaluator}: ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{Value(line[0]):0.0000} at step {line[0].Step}, {Value(line[^1]):0.0000} at step {line[^1].Step}"
            )
        );
        return new Chart(
            plot,
            title ?? $"{metric} during training",
            data,
            string.Create(CultureInfo.InvariantCulture, $"{points.Length} evaluations; {string.Join("; ", read)}.")
        );
    }

    /// <summary>An exponential mean over about a twentieth of the steps, without the pull of its start.</summary>
    internal static double[] Smoothed(double[] values)
    {
        var keep = 1 - 1 / Math.Max(1, values.Length / 20.0);
        var result = new double[values.Length];
        double sum = 0,
            weight = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsFinite(values[i]))
                (sum, weight) = (keep * sum + values[i], keep * weight + 1);
            result[i] = weight > 0 ? sum / weight : double.NaN;
        }
        return result;
    }

    /// <summary>At most a given number of indices, evenly spread, the first and the last among them.</summary>
    internal static int[] Thinned(int count, int most) =>
        count <= most
            ? [.. Enumerable.Range(0, count)]
            : [.. Enumerable.Range(0, most).Select(i => (int)((long)i * (count - 1) / (most - 1)))];

    private static Microsoft.FSharp.Core.FSharpFunc<TIn, TOut> Function<TIn, TOut>(Converter<TIn, TOut> function) =>
        Microsoft.FSharp.Core.FSharpFunc<TIn, TOut>.FromConverter(function);
}
