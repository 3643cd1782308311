using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using CrossEncoders.Display;
using CrossEncoders.Evaluation;
using CrossEncoders.Training;

namespace CrossEncoders.Tests.Display;

public sealed class ChartTests
{
    private static readonly MetricBar[] Bars =
    [
        new("BM25", "全部 </script>", 0.5, 0.4, 0.7),
        new("tuned <b>", "全部 </script>", 0.75, 0.7, 0.8),
    ];

    [Fact]
    public void TheFragmentBringsPlotlyJsCompressed()
    {
        var html = Charts.Rankings(Bars, "MRR@10").ToHtml();

        Assert.StartsWith("<script data-plotly-bundle>", html);
        Assert.Equal(2, Regex.Count(html, "</script>"));
        var packed = Convert.FromBase64String(Regex.Match(html, "atob\\(\"([^\"]+)\"\\)").Groups[1].Value);
        using var reader = new StreamReader(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress));
        Assert.Contains("plotly.js v", reader.ReadToEnd()[..300]);
    }

    [Fact]
    public void NamesCannotBreakOutAndIntervalsAreWhiskers()
    {
        var html = WithoutBundle(Charts.Rankings(Bars, "MRR@10", "Title \"<i>\""));
        var data = Figure(html).GetProperty("data");

        Assert.DoesNotContain("<b>", html);
        Assert.Contains("aria-label=\"Title &quot;&lt;i&gt;&quot;. MRR@10: ", html);
        Assert.Equal("tuned &lt;b&gt;", data[1].GetProperty("name").GetString());
        Assert.Equal(0.2, data[0].GetProperty("error_y").GetProperty("array")[0].GetDouble(), 9);
        Assert.Equal(0.1, data[0].GetProperty("error_y").GetProperty("arrayminus")[0].GetDouble(), 9);
        Assert.Contains("<td style=", html);
    }

    [Fact]
    public void TheSameChartGivesTheSameFragment() =>
        Assert.Equal(Charts.Rankings(Bars, "MRR@10").ToHtml(), Charts.Rankings(Bars, "MRR@10").ToHtml());

    [Fact]
    public void WhatAChartWritesDoesNotDependOnThoseBefore()
    {
        var chart = Charts.ChunkLengths([(5, "en")]);
        var first = chart.ToHtml();
        _ = Charts.Rankings(Bars, "MRR@10").ToHtml();

        Assert.Equal(first, chart.ToHtml());
        Assert.Empty(
            typeof(Chart)
                .Assembly.GetTypes()
                .Where(type => type.Namespace == typeof(Chart).Namespace)
                .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
                .Where(field => field is { IsInitOnly: false, IsLiteral: false } && !field.Name.StartsWith('<'))
                .Select(field => $"{field.DeclaringType}.{field.Name}")
        );
    }

    [Fact]
    public void HistogramsCountEveryValueOnce()
    {
        var chart = Charts.ChunkLengths(Enumerable.Range(0, 257).Select(i => (i, i % 4 == 0 ? "zh" : "en")));

        var data = Figure(WithoutBundle(chart)).GetProperty("data");
        Assert.Equal("en", data[0].GetProperty("name").GetString());
        Assert.Equal(192, Sum(data[0]));
        Assert.Equal(65, Sum(data[1]));
        Assert.Equal("Chunk lengths: 257 chunks from 0 to 256; en: 192, median 128; zh: 65, median 128.", chart.ToString());
    }

    [Fact]
    public void HistogramsTakeNoValuesOneValueAndNoNumbers()
    {
        Assert.Equal("Chunk lengths: No chunks.", Charts.ChunkLengths([]).ToString());
        Assert.Contains("Plotly.newPlot", Charts.Rankings([], "MRR@10").ToHtml());
        Assert.Equal(1, Sum(Figure(WithoutBundle(Charts.ChunkLengths([(5, "en")]))).GetProperty("data")[0]));
        Assert.Equal(2, new Histogram([1, 2, double.NaN, double.PositiveInfinity]).Count([1, 2, double.NaN]).Sum());
    }

    [Fact]
    public void TrainingShowsLossesLearningRateAndTheBaseModel()
    {
        var losses = Figure(WithoutBundle(Charts.Losses(Run(5000)))).GetProperty("data");
        Assert.Equal(
            ["loss", "loss, smoothed", "learning rate"],
            losses.EnumerateArray().Select(trace => trace.GetProperty("name").GetString())
        );
        Assert.Equal("y2", losses[2].GetProperty("yaxis").GetString());
        Assert.Equal(1000, losses[0].GetProperty("x").GetArrayLength());
        Assert.Equal(5000, losses[0].GetProperty("x")[999].GetDouble());

        var evaluations = Figure(WithoutBundle(Charts.Evaluations(Run(10), "MSE"))).GetProperty("data");
        Assert.Equal("base model", evaluations[1].GetProperty("name").GetString());
        Assert.Equal(0.3, evaluations[1].GetProperty("y")[1].GetDouble());
    }

    [Fact]
    public void AMetricThatIsNotThereIsNamedWithThoseThatAre() =>
        Assert.Contains("There are: MSE.", Assert.Throws<CrossEncoderException>(() => Charts.Evaluations(Run(10), "MRR")).Message);

    [Fact]
    public void SmoothingKeepsAConstantAndForgetsTheStart()
    {
        Assert.All(Charts.Smoothed([2, 2, 2, 2]), value => Assert.Equal(2, value, 9));
        Assert.True(Charts.Smoothed([.. Enumerable.Repeat(1.0, 100), .. Enumerable.Repeat(0.0, 100)])[^1] < 0.01);
    }

    [Theory]
    [InlineData(typeof(Chart))]
    [InlineData(typeof(Table))]
    [InlineData(typeof(ProgressView))]
    public void NetInteractiveFindsTheFormattersByItsConvention(Type type)
    {
        var attribute = type.GetCustomAttributes(false).Single(a => a.GetType().Name == "TypeFormatterSourceAttribute");
        Assert.Equal(["text/html", "text/plain"], (string[])Get(attribute, "PreferredMimeTypes"));

        var source = Activator.CreateInstance((Type)Get(attribute, "FormatterSourceType"))!;
        var formatters = ((IEnumerable<object>)source.GetType().GetMethod("CreateTypeFormatters")!.Invoke(source, null)!).ToArray();

        Assert.Equal(["text/html", "text/plain"], formatters.Select(formatter => (string)Get(formatter, "MimeType")));
        foreach (var formatter in formatters)
        {
            var format = formatter.GetType().GetMethods().Single(method => method.Name == "Format");
            Assert.Equal([typeof(object), typeof(TextWriter)], format.GetParameters().Select(parameter => parameter.ParameterType));
            var writer = new StringWriter();
            Assert.True((bool)format.Invoke(formatter, [new[] { 1 }.ToTable(), writer])!);
            Assert.Equal((string)Get(formatter, "MimeType") == "text/html", writer.ToString().StartsWith('<'));
            Assert.False((bool)format.Invoke(formatter, ["other", writer])!);
        }
    }

    private static object Get(object target, string property) =>
        target.GetType().GetProperty(property, BindingFlags.Public | BindingFlags.Instance)!.GetValue(target)!;

    private static string WithoutBundle(Chart chart) =>
        Regex.Replace(chart.ToHtml(), "<script data-plotly-bundle>.*?</script>", "", RegexOptions.Singleline);

    private static JsonElement Figure(string html) =>
        JsonDocument.Parse(Regex.Match(html, @"function figure\(\) \{ return (.*); \}").Groups[1].Value).RootElement;

    private static int Sum(JsonElement trace) => trace.GetProperty("y").EnumerateArray().Sum(count => count.GetInt32());

    private static TrainingRun Run(int steps) =>
        new()
        {
            Steps = [.. Enumerable.Range(0, steps).Select(i => new TrainingStep(i, (double)i / steps, 1.0 / (i + 1), 1e-5, 1, 100))],
            Evaluations = [Point(0, 0.3), Point(steps, 0.1)],
            Completed = true,
            Seconds = 1,
            TotalSteps = steps,
            Examples = steps,
            Arguments = new TrainingArguments(),
            Loss = "BinaryCrossEntropyLoss",
        };

    private static EvaluationPoint Point(int step, double value) =>
        new(step, new EvaluationResult("validation", 0, step, new Dictionary<string, double> { ["MSE"] = value }));
}
