using System.Text.Json;
using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Tests.Training;

/// <summary>The small parts of a training, each alone.</summary>
public sealed class TrainingPartTests : IDisposable
{
    private static readonly TrainingState Sound = new() { Fingerprint = new string('a', 64), Step = 5 };

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>Scores are counted as they come, however they fall into batches.</summary>
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(100, 100, 100)]
    [InlineData(128, 128, 128)]
    [InlineData(129, 128, 129)]
    [InlineData(256, 128, 256)]
    [InlineData(300, 128, 256)]
    public void TheWindowKeepsTheFirstAndTheNewestScores(int count, int first, int recent)
    {
        var window = new ScoreWindow();
        float[] numbers = [.. Enumerable.Range(0, count).Select(i => (float)i)];
        foreach (var batch in numbers.Chunk(7))
            window.Note(batch, batch);
        window.Note([1, 2, 3, 4], [1, 2]); // a model of two labels: passed over
        Assert.Equal(numbers.Take(first), window.First.Select(score => score.Logit));
        Assert.Equal(numbers[^recent..], window.Recent.Select(score => score.Label));
    }

    private static readonly (TrainingState State, int? Step, string? Said)[] States =
    [
        (Sound, null, null),
        (Sound, 5, null),
        (Sound with { BestStep = 0, BestValue = double.NaN, Seconds = 0 }, 5, null),
        (Sound, 4, "expected 4"),
        (Sound with { Step = -1 }, null, "0 or more"),
        (Sound with { Fingerprint = new string('a', 63) }, null, "Fingerprint"),
        (Sound with { Fingerprint = new string('A', 64) }, null, "Fingerprint"),
        (Sound with { Fingerprint = new string('g', 64) }, null, "Fingerprint"),
        (Sound with { Fingerprint = null! }, null, "Fingerprint"),
        (Sound with { Seconds = -0.1 }, null, "negative"),
        (Sound with { Seconds = double.NaN }, null, "negative"),
        (Sound with { LogLength = -1 }, null, "negative"),
        (Sound with { WithoutGain = -1 }, null, "negative"),
        (Sound with { BestStep = -1 }, null, "negative"),
        (Sound with { CsvLengths = null! }, null, "missing"),
        (Sound with { CsvLengths = new() { ["x.csv"] = -1 } }, null, "negative"),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, States.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void AStateWhoseFiguresMakeNoSenseIsRefused(int number)
    {
        var (state, step, said) = States[number];
        if (said is null)
            Assert.Same(state, state.Checked(step));
        else
            Assert.Contains(said, Assert.Throws<JsonException>(() => state.Checked(step)).Message);
    }

    [Fact]
    public void ACopyOfTheStateIsOneOfItsOwn()
    {
        var state = Sound with { CsvLengths = new() { ["a"] = 1 } };
        var copy = state.Copy();
        (state.Step, state.CsvLengths["a"]) = (9, 9);
        Assert.Equal((5, 1), (copy.Step, copy.CsvLengths["a"]));
    }

    [Fact]
    public void TheManifestIsReadBackAndNamesNothingElse()
    {
        var path = _scratch[TrainingManifest.FileName];
        Assert.Null(TrainingManifest.Read(_scratch.Path));
        var manifest = new TrainingManifest(Sound with { Step = 0 }, ["checkpoint-5", "best-3.safetensors"], ["checkpoint-1"]);
        TrainingManifest.Write(path, manifest);
        var read = TrainingManifest.Read(_scratch.Path)!;
        Assert.Equal((manifest.Files, manifest.Earlier), (read.Files, read.Earlier), (one, other) =>
            one.Item1.SequenceEqual(other.Item1) && one.Item2.SequenceEqual(other.Item2)
        );
        foreach (var name in (string[])["../model", "model.safetensors", "checkpoint-01", "/etc/passwd"])
        {
            TrainingManifest.Write(path, manifest with { Earlier = [name] });
            var said = Assert.Throws<CrossEncoderException>(() => TrainingManifest.Read(_scratch.Path)).Message;
            Assert.Contains($"'{name}'", said);
            Assert.Contains("OutputFolder", said);
        }
        TrainingManifest.Write(path, manifest with { Start = Sound }); // of step 5, which is no start
        Assert.Throws<CrossEncoderException>(() => TrainingManifest.Read(_scratch.Path));
    }

    [Fact]
    public void EachRuleIsToldOnceAndOneBeforeIsNotToldAgain()
    {
        var (told, training) = (new List<Alarm>(), AlarmCases.Healthy());
        using (var log = TrainingLog.Open(_scratch.Path, 0))
        {
            var watch = new AlarmWatch(training, [new Always("one"), new Always("two")], AlarmLanguage.Chinese, log, told.Add);
            watch.BeforeTraining();
            watch.AfterStep(training.Steps[^1]);
            watch.AfterEvaluation(training.Evaluations[^1]);
        }
        Assert.Equal([new("one", 0, "证据", "做法"), new Alarm("two", 0, "证据", "做法")], told);
        using var again = TrainingLog.Open(_scratch.Path, new FileInfo(_scratch[TrainingLog.FileName]).Length);
        var resumed = new AlarmWatch(training, [new Always("two"), new Always("three")], default, again, told.Add);
        resumed.AfterStep(training.Steps[41]);
        Assert.Equal(new Alarm("three", 42, "seen", "do"), told[^1]); // of the step just done
        Assert.Equal(3, told.Count);
        Assert.Equal(told, again.Alarms);
    }

    private sealed class Always(string name) : AlarmRule
    {
        private static readonly Finding Finding = new(new($"seen", $"证据"), new($"do", $"做法"));

        public override string Name => name;

        public override Finding? BeforeTraining(WatchedTraining training) => Finding;

        public override Finding? AfterStep(WatchedTraining training) => Finding;

        public override Finding? AfterEvaluation(WatchedTraining training) => Finding;
    }
}
