using CrossEncoders.Training;

namespace CrossEncoders.Tests.Training;

/// <summary>
/// A process killed before any single change of the disk that a training makes: the folder as it is then is copied, and what a training
/// makes of the copy must be the old training whole or the new one, never a mixture, with everybody else's files.
/// </summary>
[Collection(Alone.Name)]
public sealed class KilledStartTests : IDisposable
{
    private const int OldSteps = 5;
    private const int NewSteps = 3;

    private readonly ScratchFolder _scratch = new();
    private readonly List<string> _copies = [];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ANewTrainingInThePlaceOfAnOldOneIsTheOldOrTheNew(bool torn)
    {
        var (oldWeights, newWeights) = (Train(Old("old"), OldRate).Weights, Train(New("new"), NewRate).Weights);
        Train(Old("both"), OldRate);
        File.WriteAllText(_scratch["both/best-practices.md"], "of somebody");
        Directory.CreateDirectory(_scratch["both/checkpoint-500"]);
        File.WriteAllText(_scratch["both/checkpoint-500/trainer_state.json"], "of somebody");
        Train(New("both") with { Overwrite = true }, NewRate, Copying("both"));
        Assert.InRange(_copies.Count, 30, 200);

        var (olds, news) = (0, 0);
        foreach (var copy in _copies)
        {
            if (torn)
                Tear(copy);
            Directory.CreateDirectory(_scratch["probe"]);
            Copy(copy, _scratch["probe"]);
            if (TryTrain(Old(copy) with { Resume = true }, OldRate) is { } old)
            {
                Assert.Equal(oldWeights, old.Weights);
                Assert.Equal(Enumerable.Range(0, OldSteps), old.Run.Steps.Select(step => step.Step));
                Assert.Equal(0, news); // once the new one is there the old one never comes back
                olds++;
            }
            else
            {
                var went = Train(New(_scratch["probe"]) with { Resume = true }, NewRate);
                Assert.Equal(newWeights, went.Weights);
                Assert.Equal(Enumerable.Range(0, NewSteps), went.Run.Steps.Select(step => step.Step));
                Assert.Equal(Enumerable.Range(0, NewSteps), TrainingLog.Read(_scratch["probe"]).Steps.Select(step => step.Step));
                news++;
            }

            foreach (var folder in (string[])[copy, _scratch["probe"]])
            {
                Assert.Equal("of somebody", File.ReadAllText(Path.Combine(folder, "best-practices.md")));
                Assert.Equal("of somebody", File.ReadAllText(Path.Combine(folder, "checkpoint-500", "trainer_state.json")));
            }

            Assert.False(Directory.Exists(Path.Combine(copy, TrainingFolder.Unfinished)));

            Directory.Delete(_scratch["probe"], recursive: true);
        }

        Assert.True(olds > 2 && news > 10, $"{olds} were the old training, {news} the new one");
    }

    [Fact]
    public void AFirstTrainingGoesOnOrBeginsFromEveryMoment()
    {
        var whole = Train(New("whole"), NewRate).Weights;
        Train(New("first"), NewRate, Copying("first"));
        foreach (var copy in _copies)
            Assert.Equal(whole, Train(New(copy) with { Resume = true }, NewRate).Weights);
    }

    private const double OldRate = 3e-3;
    private const double NewRate = 1e-3;

    private TrainingArguments Old(string folder) => Of(folder) with { MaxSteps = OldSteps, Seed = 1 };

    private TrainingArguments New(string folder) => Of(folder) with { MaxSteps = NewSteps, Seed = 2 };

    private TrainingArguments Of(string folder) =>
        TinyModel.Arguments(Path.Combine(_scratch.Path, folder)) with
        {
            CheckpointSteps = 1,
            EvaluationSteps = 1,
            CheckpointsKept = 1,
        };

    private static (TrainingRun Run, float[] Weights) Train(TrainingArguments arguments, double rate, Action<string>? before = null)
    {
        using var model = TinyModel.Load("bert");
        var evaluator = new FallingEvaluator();
        var trainer = new CrossEncoderTrainer(model, arguments with { LearningRate = rate }, null, evaluator)
        {
            OnAlarm = _ => { },
            BeforeChange = before,
        };
        return (trainer.Train(TinyModel.Examples(40)), TinyModel.Values(model));
    }

    /// <summary>Null where the folder holds no such training: the other is there, or it has not got anywhere.</summary>
    private static (TrainingRun Run, float[] Weights)? TryTrain(TrainingArguments arguments, double rate)
    {
        try
        {
            return Train(arguments, rate);
        }
        catch (CrossEncoderException error) when (error.Message.Contains("other examples, settings or model", StringComparison.Ordinal))
        {
            return null;
        }
    }

    /// <summary>Copies the folder before each change, as a kill at that moment would leave it.</summary>
    private Action<string> Copying(string folder) =>
        _ =>
        {
            _copies.Add(_scratch[$"copy-{_copies.Count}"]);
            Copy(_scratch[folder], _copies[^1]);
        };

    /// <summary>Cuts what has not got its name yet in half, as a kill in the middle of a write would.</summary>
    private static void Tear(string folder)
    {
        var unfinished = Path.Combine(folder, TrainingFolder.Unfinished);
        if (!Directory.Exists(unfinished))
            return;
        foreach (var path in Directory.GetFiles(unfinished, "*", SearchOption.AllDirectories))
            using (var file = File.OpenWrite(path))
                file.SetLength(file.Length / 2);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from).Where(file => Path.GetFileName(file) != TrainingFolder.LockFile))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var inner in Directory.GetDirectories(from))
            Copy(inner, Path.Combine(to, Path.GetFileName(inner)));
    }

    /// <summary>Each evaluation is better than the one before, so that there is always a new best.</summary>
    private sealed class FallingEvaluator : CrossEncoders.Evaluation.IEvaluator
    {
        public string Name => "falling";

        public string PrimaryMetric => "value";

        public bool HigherIsBetter => false;

        public CrossEncoders.Evaluation.EvaluationResult Evaluate(
            IPassageScorer scorer,
            int epoch = -1,
            int steps = -1,
            CancellationToken cancellation = default
        )
        {
            var value = -TinyModel.Values((CrossEncoder)scorer).Sum(weight => Math.Abs((double)weight)); // a function of the weights alone
            return new(Name, epoch, steps, new Dictionary<string, double> { [PrimaryMetric] = value });
        }
    }
}
