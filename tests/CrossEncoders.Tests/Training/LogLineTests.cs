using CrossEncoders.Evaluation;
using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Tests.Training;

/// <summary>The lines of a training's log, whole, torn and strange.</summary>
public sealed class LogLineTests : IDisposable
{
    private static readonly TrainingStep[] Steps =
    [
        new(0, 1 / 3.0, double.NaN, 2e-5, double.PositiveInfinity, 12345.678, 1L << 40),
        new(int.MaxValue, 0.1 + 0.2, -0.0, double.Epsilon, double.NegativeInfinity, 0),
    ];

    private static readonly Alarm Alarm = new("规则", 3, "a \"quote\"\nand <b>, 证据", "\u2028 do\\this");

    private readonly ScratchFolder _scratch = new();

    private string File => _scratch[TrainingLog.FileName];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void WhatIsWrittenIsReadBackToTheLastBit()
    {
        using (var log = TrainingLog.Open(_scratch.Path, 0))
        {
            Fill(log);
            AssertWhole(log.Steps, log.Evaluations, log.Alarms);
        }
        var read = TrainingLog.Read(_scratch.Path);
        AssertWhole(read.Steps, read.Evaluations, read.Alarms);
        using var again = TrainingLog.Open(_scratch.Path, new FileInfo(File).Length);
        AssertWhole(again.Steps, again.Evaluations, again.Alarms);
        Assert.Contains("规则", System.IO.File.ReadAllText(File)); // for those who read it themselves
        Assert.Equal(4, System.IO.File.ReadAllLines(File).Length);
    }

    /// <summary>Killed at any byte, all lines that are whole are there, and the log goes on after them.</summary>
    [Fact]
    public void TornAnywhereItKeepsEveryWholeLine()
    {
        using (var log = TrainingLog.Open(_scratch.Path, 0))
            Fill(log);
        var bytes = System.IO.File.ReadAllBytes(File);
        for (var length = 0; length < bytes.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, bytes[..length]);
            var whole = bytes[..length].Count(b => b == '\n') + (bytes[length] == '\n' && length > 0 ? 1 : 0);
            var read = TrainingLog.Read(_scratch.Path);
            Assert.Equal(whole, read.Steps.Count + read.Evaluations.Count + read.Alarms.Count);
            using (var log = TrainingLog.Open(_scratch.Path, length))
                log.Add(new TrainingStep(77, 0, 0, 0, 0, 0));
            Assert.Equal(77, TrainingLog.Read(_scratch.Path).Steps[^1].Step);
            Assert.Equal(whole + 1, System.IO.File.ReadAllLines(File).Length);
        }
    }

    [Fact]
    public void GoingOnFromACheckpointDropsWhatCameAfterIt()
    {
        long length;
        using (var log = TrainingLog.Open(_scratch.Path, 0))
        {
            log.Add(Steps[0]);
            length = log.Length;
            log.Add(Steps[1]);
            log.Add(Alarm);
        }
        using (var log = TrainingLog.Open(_scratch.Path, length))
        {
            Assert.Single(log.Steps);
            Assert.Empty(log.Alarms);
        }
        Assert.Equal(length, new FileInfo(File).Length);
        using (TrainingLog.Open(_scratch.Path, 0))
            Assert.Equal(0, new FileInfo(File).Length);
    }

    [Theory]
    [InlineData("null", "holds nothing")]
    [InlineData("[]", "")]
    [InlineData("{}", "the type is ''")]
    [InlineData("{\"type\":\"other\"}", "the type is 'other'")]
    [InlineData("{\"type\":5}", "")]
    [InlineData("{\"type\":\"step\",\"step\":\"many\"}", "")]
    [InlineData("{\"type\":\"evaluation\",\"step\":1}", "")]
    [InlineData("{\"type\":\"alarm\",\"rule\":null,\"step\":1,\"evidence\":\"\",\"remedy\":\"\"}", "")]
    [InlineData("{\"type\":\"step\"", "")]
    [InlineData("not JSON", "")]
    public void AStrangeLineIsNamedByItsNumberAndStays(string line, string said)
    {
        var text = new LogEntries().Add(Steps[0]) + "\n" + line + "\n" + new LogEntries().Add(Alarm) + "\n";
        System.IO.File.WriteAllText(File, text);
        foreach (
            var open in (Action[])[() => TrainingLog.Read(_scratch.Path), () => TrainingLog.Open(_scratch.Path, text.Length).Dispose()]
        )
        {
            var message = Assert.Throws<CrossEncoderException>(open).Message;
            Assert.StartsWith("Line 2 of the training log is damaged", message);
            Assert.Contains(said, message);
            Assert.Contains(TrainingLog.FileName, message);
        }
        Assert.Equal(text, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void LinesOfALaterBuildWithMoreInThemAreRead()
    {
        System.IO.File.WriteAllText(
            File,
            "{\"type\":\"alarm\",\"new\":[1],\"rule\":\"r\",\"step\":1,\"evidence\":\"e\",\"remedy\":\"m\"}\n\n"
        );
        Assert.Equal(new Alarm("r", 1, "e", "m"), Assert.Single(TrainingLog.Read(_scratch.Path).Alarms));
    }

    [Fact]
    public void WithoutALogTheFolderIsNamed()
    {
        var said = Assert.Throws<CrossEncoderException>(() => TrainingLog.Read(_scratch.Path)).Message;
        Assert.Contains(File, said);
        Assert.Contains("OutputFolder", said);
    }

    [Fact]
    public void ALogThatCannotBeOpenedSaysWhatToDo()
    {
        Directory.CreateDirectory(File); // a folder of that name
        Assert.Contains("OutputFolder", Assert.Throws<CrossEncoderException>(() => TrainingLog.Open(_scratch.Path, 0)).Message);
    }

    private static void Fill(TrainingLog log)
    {
        log.Add(Steps[0]);
        log.Add(
            new EvaluationPoint(
                5,
                new EvaluationResult("验证", 1, -1, new Dictionary<string, double> { ["mse"] = double.NaN, ["r"] = 0.1 })
            )
        );
        log.Add(Alarm);
        log.Add(Steps[1]);
    }

    private static void AssertWhole(
        IReadOnlyList<TrainingStep> steps,
        IReadOnlyList<EvaluationPoint> evaluations,
        IReadOnlyList<Alarm> alarms
    )
    {
        Assert.Equal(Steps, steps);
        Assert.True(double.IsNegative(steps[1].Loss));
        var point = Assert.Single(evaluations);
        Assert.Equal((5, "验证", 1, -1), (point.Step, point.Result.Evaluator, point.Result.Epoch, point.Result.Steps));
        Assert.Equal([("mse", double.NaN), ("r", 0.1)], point.Result.Metrics.Select(metric => (metric.Key, metric.Value)));
        Assert.Equal([Alarm], alarms);
    }
}
