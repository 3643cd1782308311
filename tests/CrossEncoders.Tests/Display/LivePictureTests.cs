using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CrossEncoders.Display;
using CrossEncoders.Evaluation;
using CrossEncoders.Training;

namespace CrossEncoders.Tests.Display;

/// <summary>The picture of a training that is still running.</summary>
public sealed class LivePictureTests
{
    public static TheoryData<double[], double[]> Runs =>
        new()
        {
            { [], [] },
            { [0.5], [] },
            { [0.5], [0.25] },
            { [1, 1, 1], [0.5, 0.5] }, // flat lines
            { [1e-9, 1e9], [0, 1e300] },
            { [double.NaN, double.PositiveInfinity], [double.NaN] },
            { [0.7, double.NaN, 0.3], [0.1, double.NaN, 0.3] },
            { [.. Enumerable.Range(0, 5000).Select(i => Math.Cos(i))], [-1, 1] },
        };

    [Theory]
    [MemberData(nameof(Runs))]
    public void EveryPointIsANumberInsideThePicture(double[] losses, double[] evaluations)
    {
        var html = new LiveTrainingView(Run(losses, evaluations)).ToHtml();
        var figure = XElement.Parse(html); // well-formed, so any host shows it
        Assert.DoesNotContain("NaN,", html);
        foreach (var (x, y) in Points(figure))
        {
            Assert.InRange(x, 0, 640);
            Assert.InRange(y, 6, 154);
        }
        Assert.All(figure.Descendants("polyline"), line => Assert.InRange(line.Attribute("points")!.Value.Split(' ').Length, 1, 300));
        Assert.Equal(evaluations.Count(double.IsFinite), figure.Descendants("circle").Count());
    }

    [Fact]
    public void HighValuesAreHighAndTheEndIsAtTheRight()
    {
        var points = Points(XElement.Parse(new LiveTrainingView(Run([], [0.25, 0.75, 0.5])).ToHtml())).ToArray();
        Assert.Equal([(0, 154), (320, 6), (640, 80)], points);
    }

    [Fact]
    public void WordsAndPictureSayTheSameToThoseWhoCannotSeeIt()
    {
        var view = new LiveTrainingView(Run([0.5], [0.25]));
        var figure = XElement.Parse(view.ToHtml());
        Assert.Equal(view.ToString(), figure.Element("svg")!.Attribute("aria-label")!.Value);
        Assert.Equal(view.ToString(), figure.Element("figcaption")!.Value);
        Assert.Equal("img", figure.Element("svg")!.Attribute("role")!.Value);
        Assert.Equal("step 1 of 2; loss 0.500 (blue), 77 tokens a second; m<b> 0.2500 → 0.2500 (orange)", view.ToString());
    }

    /// <summary>Lines of the page's own color, so that they are seen on a dark page too.</summary>
    [Fact]
    public void TheGroundIsThePagesOwn()
    {
        var html = new LiveTrainingView(Run([0.5], [])).ToHtml();
        Assert.Contains("stroke=\"currentColor\"", html);
        Assert.DoesNotContain("background", html);
    }

    [Fact]
    public void EachAlarmIsAnAlertBelow()
    {
        var run = Run([0.5], []) with { Alarms = [new("one", 1, "a & b", "<c>"), new("二", 2, "证据", "做法")] };
        var alerts = XElement.Parse(new LiveTrainingView(run).ToHtml()).Elements("div").ToArray();
        Assert.Equal(["⚠ [one, step 1] a & b <c>", "⚠ [二, step 2] 证据 做法"], alerts.Select(alert => alert.Value));
        Assert.All(alerts, alert => Assert.Equal("alert", alert.Attribute("role")!.Value));
    }

    [Fact]
    public void FiguresAreTheSameInEveryCulture()
    {
        var before = CultureInfo.CurrentCulture;
        var view = new LiveTrainingView(Run([0.5, 0.25], [0.1, 0.9, 0.3]));
        var expected = view.ToHtml();
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(expected, view.ToHtml());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    /// <summary>Another cell gets a picture of its own; between cells nothing is shown, and nothing of it is lost.</summary>
    [Fact]
    public void ThePictureFollowsTheRunningCell()
    {
        var cell = new Cell { Current = "cell 1" };
        var live = new LiveTraining(cell);
        live.Report(Run([], []));
        cell.Current = null;
        live.Report(Run([0.5], [0.25]));
        cell.Current = "cell 2";
        live.Report(Run([0.5], [0.25]));
        live.Report(Run([0.5], [0.25]));
        live.Report(Run([0.5], [0.25]) with { Alarms = [new("a", 1, "b", "c")] });
        Assert.Equal(["cell 1 show", "cell 2 show", "cell 2 update"], cell.Log);
    }

    [Theory]
    [InlineData(999, 1)]
    [InlineData(1000, 2)]
    public void WithoutNewsItIsDrawnOnceASecond(int milliseconds, int drawn)
    {
        var (cell, clock) = (new Cell { Current = "cell" }, new Clock());
        var live = new LiveTraining(cell, clock: clock);
        live.Report(Run([0.5], []));
        clock.Advance(milliseconds);
        live.Report(Run([0.5, 0.4], []));
        Assert.Equal(drawn, cell.Log.Count);
        live.Report(Run([0.5, 0.4], []) with { Completed = true });
        Assert.Equal(drawn + 1, cell.Log.Count);
    }

    private static IEnumerable<(double X, double Y)> Points(XElement figure) =>
        figure
            .Descendants("polyline")
            .SelectMany(line => Regex.Matches(line.Attribute("points")!.Value, "([^, ]+),([^ ]+)"))
            .Select(point => (double.Parse(point.Groups[1].Value), double.Parse(point.Groups[2].Value)));

    private static TrainingRun Run(double[] losses, double[] evaluations)
    {
        var total = Math.Max(2, losses.Length);
        return new()
        {
            Steps = [.. losses.Select((loss, i) => new TrainingStep(i, 0, loss, 1e-5, 1, 77))],
            Evaluations =
            [
                .. evaluations.Select(
                    (value, i) =>
                        new EvaluationPoint(i, new EvaluationResult("v", 0, 0, new Dictionary<string, double> { ["m<b>"] = value }))
                ),
            ],
            PrimaryMetric = "m<b>",
            Completed = false,
            Seconds = 1,
            TotalSteps = total,
            Examples = 100,
            Arguments = new TrainingArguments(),
            Loss = "loss",
        };
    }

    private sealed class Cell : INotebookCell
    {
        public List<string> Log { get; } = [];

        public object? Current { get; set; }

        public Action<object> Display(object context, object value)
        {
            Log.Add($"{context} show");
            return _ => Log.Add($"{context} update");
        }
    }
}
