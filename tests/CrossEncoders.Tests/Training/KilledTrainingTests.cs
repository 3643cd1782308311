using System.Diagnostics;
using CrossEncoders.Training;

namespace CrossEncoders.Tests.Training;

/// <summary>Trainings that are killed at any moment and resumed: weights, log and CSV must be those of a training left alone.</summary>
[Collection(Alone.Name)]
public sealed class KilledTrainingTests : IDisposable
{
    private const int Kills = 20;
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void GoesOnBitForBitAfterBeingKilledAndAfterBeingAsked()
    {
        Shared.Path("golden/models/bert");
        var whole = Folder("whole");
        using (var process = TrainingProcess.Start(whole))
        {
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }

        AssertSame(whole, whole);
        var killed = Folder("killed");
        var random = new Random(7);
        for (var kill = 0; kill < Kills; kill++)
            Kill(killed, afterLines: 1 + random.Next(5), milliseconds: 12 * random.NextDouble());
        Finish(killed);
        AssertSame(whole, killed);

        if (OperatingSystem.IsWindows())
            return; // has no signals
        var asked = Folder("asked");
        using (var process = TrainingProcess.Start(asked))
        {
            for (var line = 0; line < 40; line++)
                process.StandardOutput.ReadLine();
            using var signal = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(TrainingProcess.Cancelled, process.ExitCode);
        }

        Finish(asked);
        AssertSame(whole, asked);
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_scratch.Path, name)).FullName;

    private static void Kill(string folder, int afterLines, double milliseconds)
    {
        using var process = TrainingProcess.Start(folder);
        for (var line = 0; line < afterLines; line++)
            process.StandardOutput.ReadLine();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalMilliseconds < milliseconds)
            Thread.SpinWait(100);
        Assert.False(process.HasExited, "the training is too short to be killed so often");
        process.Kill();
        process.WaitForExit();
    }

    private static void Finish(string folder)
    {
        using var process = TrainingProcess.Start(folder);
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static void AssertSame(string expected, string actual)
    {
        Assert.True(
            File.ReadAllBytes(TrainingProcess.WeightsIn(expected))
                .AsSpan()
                .SequenceEqual(File.ReadAllBytes(TrainingProcess.WeightsIn(actual))),
            "the weights differ"
        );
        const string Csv = "accuracy_evaluation_killed_results.csv";
        Assert.Equal(File.ReadAllText(Path.Combine(expected, Csv)), File.ReadAllText(Path.Combine(actual, Csv)));
        var (before, after) = (TrainingLog.Read(Path.Combine(expected, "training")), TrainingLog.Read(Path.Combine(actual, "training")));
        Assert.Equal(Enumerable.Range(0, TrainingProcess.Steps), after.Steps.Select(step => step.Step));
        Assert.Equal(
            before.Steps.Select(step => (step.Loss, step.GradientNorm, step.LearningRate)),
            after.Steps.Select(step => (step.Loss, step.GradientNorm, step.LearningRate))
        );
        Assert.Equal(
            before.Evaluations.Select(point => (point.Step, point.Result.Metrics["mse"])),
            after.Evaluations.Select(point => (point.Step, point.Result.Metrics["mse"]))
        );
        Assert.Equal(1 + 6 * 8, after.Evaluations.Count); // the base model; each epoch of 40 steps, every 5 and at its end
        Assert.DoesNotContain(Directory.GetDirectories(Path.Combine(actual, "training")), path => Path.GetFileName(path).Contains('.'));
    }
}
