using System.Text.RegularExpressions;
using CrossEncoders.Display;
using CrossEncoders.Evaluation;
using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Tests.Display;

public class LiveTrainingTests
{
    [Fact]
    public void OnePictureIsUpdatedWhenThereIsNews()
    {
        var cell = new Cell();
        var live = new LiveTraining(cell);
        live.Report(Run(0));
        for (var steps = 1; steps <= 50; steps++)
            live.Report(Run(steps)); // within a second: nothing
        live.Report(Run(50, 0.3));
        live.Report(Run(51, 0.3));
        live.Report(Run(100, 0.3, 0.2));

        Assert.Equal(
            [
                "show: step 0 of 100",
                "update: step 50 of 100; loss X (blue), 500 tokens a second; mse 0.3000 → 0.3000 (orange)",
                "update: step 100 of 100; loss X (blue), 500 tokens a second; mse 0.3000 → 0.2000 (orange)",
            ],
            cell.Log.Select(line => Regex.Replace(line, @"loss 0\.0\d\d", "loss X"))
        );
    }

    [Fact]
    public void ThePictureNeedsNoScriptAndEscapesAlarms()
    {
        var html = new LiveTrainingView(Run(100, 0.3, 0.2) with { Alarms = [new Alarm("rule", 3, "<b>", "do")] }).ToHtml();
        Assert.Contains("<polyline", html);
        Assert.Contains("[rule, step 3] &lt;b&gt; do", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("NaN", html);
    }

    [Fact]
    public void WhatIsShownIsWhatChoosesTheBestInTheLanguageAskedFor()
    {
        var run = Run(50) with { PrimaryMetric = "ndcg@10" };
        run = run with
        {
            Evaluations =
            [
                .. new[] { (0, 0.2, 0.7), (25, 0.3, 0.9), (50, 0.4, 0.8) }.Select(at => new EvaluationPoint(
                    at.Item1,
                    new EvaluationResult("v", 0, 0, new Dictionary<string, double> { ["map"] = at.Item2, ["ndcg@10"] = at.Item3 })
                )),
            ],
        };
        Assert.Contains("ndcg@10 0.7000 → 0.8000 (orange)", new LiveTrainingView(run).ToString());
        Assert.Matches(
            "^第 50 步，共 100 步；损失 0.0..（蓝色），每秒 500 个词元；ndcg@10 0.7000 → 0.8000（橙色）$",
            new LiveTrainingView(run, AlarmLanguage.Chinese).ToString()
        );
    }

    private static TrainingRun Run(int steps, params double[] evaluations) =>
        new()
        {
            Steps = [.. Enumerable.Range(0, steps).Select(i => new TrainingStep(i, i / 100.0, 1.0 / (i + 1), 1e-5, 1, 500))],
            Evaluations =
            [
                .. evaluations.Select(
                    (value, i) =>
                        new EvaluationPoint(i * 50, new EvaluationResult("v", 0, 0, new Dictionary<string, double> { ["mse"] = value }))
                ),
            ],
            PrimaryMetric = "mse",
            Completed = steps == 100,
            Seconds = 1,
            TotalSteps = 100,
            Examples = 100,
            Arguments = new TrainingArguments(),
            Loss = "loss",
        };

    private sealed class Cell : INotebookCell
    {
        public List<string> Log { get; } = [];

        public object? Current => this;

        public Action<object> Display(object context, object value)
        {
            Log.Add($"show: {value}");
            return next => Log.Add($"update: {next}");
        }
    }
}
