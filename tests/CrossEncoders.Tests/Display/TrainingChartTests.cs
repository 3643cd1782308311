using CrossEncoders.Display;
using CrossEncoders.Evaluation;
using CrossEncoders.Training;

namespace CrossEncoders.Tests.Display;

/// <summary>Charts of trainings at every length, whole and broken.</summary>
public sealed class TrainingChartTests
{
    [Fact]
    public void NoStepsAndOneStepAreCharts()
    {
        var none = Charts.Losses(Run([]));
        Assert.Equal("Training loss (<loss>): No steps yet.", none.ToString());
        Assert.Equal((0, 0L), (Figure.Series(none)["loss"].Numbers("x").Length, none.Data.TotalRows));

        var one = Charts.Losses(Run([0.5]));
        Assert.Equal([1], Figure.Series(one)["loss"].Numbers("x"));
        Assert.Equal([0.5], Figure.Series(one)["loss, smoothed"].Numbers("y"));
        Assert.Equal("1 of 10 steps; smoothed loss 0.500 at first, 0.500 at last.", one.Summary);
    }

    [Fact]
    public void EveryStepOfAShortTrainingIsDrawn()
    {
        double[] losses = [3, 2.5, 1, 0.5];
        var chart = Charts.Losses(Run(losses));
        var series = Figure.Series(chart);
        Assert.Equal([1, 2, 3, 4], series["loss"].Numbers("x"));
        Assert.Equal(losses, series["loss"].Numbers("y"));
        Assert.Equal([0, 1e-5, 2 * 1e-5, 3 * 1e-5], series["learning rate"].Numbers("y"));
        Assert.Equal(losses, chart.Data.Rows.Select(row => (double)row[2]!));
        Assert.DoesNotContain("<loss>", Figure.Html(chart));
    }

    [Fact]
    public void ALossThatIsNoNumberIsAGapAndNotAnErrorOfThePage()
    {
        var chart = Charts.Losses(Run([1, double.NaN, 0.5, double.PositiveInfinity]));
        var series = Figure.Series(chart); // reads the JSON
        Assert.Equal([1, double.NaN, 0.5, double.NaN], series["loss"].Numbers("y"));
        Assert.DoesNotContain(series["loss, smoothed"].Numbers("y"), double.IsNaN);
    }

    [Fact]
    public void EachEvaluatorIsALineWithItsOwnBase()
    {
        var run = Run([1, 1]) with
        {
            Evaluations = [Point("zh", 0, 0.2), Point("en", 0, 0.5), Point("zh", 2, 0.4), Point("en", 1, 0.6), Point("other", 1, 9, "f1")],
        };
        var chart = Charts.Evaluations(run, "ndcg");
        var series = Figure.Series(chart);
        Assert.Equal(["zh", "zh, base model", "en", "en, base model"], series.Keys);
        Assert.Equal([0.2, 0.4], series["zh"].Numbers("y"));
        Assert.Equal([0, 1], series["en"].Numbers("x"));
        Assert.Equal([0, 10], series["en, base model"].Numbers("x")); // across the whole training
        Assert.Equal([0.5, 0.5], series["en, base model"].Numbers("y"));
        Assert.Equal(
            "ndcg during training: 4 evaluations; zh: 0.2000 at step 0, 0.4000 at step 2; en: 0.5000 at step 0, 0.6000 at step 1.",
            chart.ToString()
        );
        Assert.Equal(4, chart.Data.Rows.Count);
    }

    [Fact]
    public void WithoutAnEvaluationOfTheBaseThereIsNoLineForIt()
    {
        var chart = Charts.Evaluations(Run([1]) with { Evaluations = [Point("v", 5, 0.2)] }, "ndcg", "Title");
        Assert.Equal(["ndcg"], Figure.Series(chart).Keys);
        Assert.Equal("Title", chart.Title);
    }

    [Fact]
    public void ATrainingWithoutEvaluationsSaysWhatToDo() =>
        Assert.EndsWith(
            "It has no evaluations: give the trainer an evaluator.",
            Assert.Throws<CrossEncoderException>(() => Charts.Evaluations(Run([1]), "ndcg")).Message
        );

    [Theory]
    [InlineData(0, 5, 0)]
    [InlineData(1, 5, 1)]
    [InlineData(5, 5, 5)]
    [InlineData(6, 5, 5)]
    [InlineData(1000, 2, 2)]
    [InlineData(int.MaxValue, 300, 300)]
    public void ThinningKeepsBothEndsAndSpreadsEvenly(int count, int most, int kept)
    {
        var indices = Charts.Thinned(count, most);
        Assert.Equal(kept, indices.Length);
        if (kept == 0)
            return;
        Assert.Equal((0, count - 1), (indices[0], indices[^1]));
        var gaps = indices.Zip(indices.Skip(1), (a, b) => (long)b - a).ToArray();
        Assert.True(gaps.Length == 0 || (gaps.Min() > 0 && gaps.Max() - gaps.Min() <= 1));
    }

    [Fact]
    public void SmoothingStaysWithinWhatItSmooths()
    {
        Assert.Empty(Charts.Smoothed([]));
        Assert.Equal([double.NaN, 3, 3], Charts.Smoothed([double.NaN, 3, double.NegativeInfinity]));
        double[] values = [.. Enumerable.Range(0, 400).Select(i => Math.Sin(i * 0.7) + i % 3)];
        var smoothed = Charts.Smoothed(values);
        Assert.All(smoothed, value => Assert.InRange(value, values.Min(), values.Max()));
        Assert.Equal(values[0], smoothed[0], 1e-12);
        // The weighted mean of all so far, each step worth 19/20 of the one after it.
        var weights = values.Select((_, i) => Math.Pow(0.95, values.Length - 1 - i)).ToArray();
        Assert.Equal(values.Zip(weights, (value, weight) => value * weight).Sum() / weights.Sum(), smoothed[^1], 1e-9);
    }

    private static TrainingRun Run(double[] losses) =>
        new()
        {
            Steps = [.. losses.Select((loss, i) => new TrainingStep(i, i / 10.0, loss, i * 1e-5, 1, 100))],
            Evaluations = [],
            Completed = false,
            Seconds = 1,
            TotalSteps = 10,
            Examples = 80,
            Arguments = new TrainingArguments(),
            Loss = "<loss>",
        };

    private static EvaluationPoint Point(string evaluator, int step, double value, string metric = "ndcg") =>
        new(step, new EvaluationResult(evaluator, 0, step, new Dictionary<string, double> { [metric] = value }));
}
