using CrossEncoders.Training;
using CrossEncoders.Training.Losses;

namespace CrossEncoders.Tests.Training;

/// <summary>What a training does with an output folder that holds other things.</summary>
[Collection(Alone.Name)]
public sealed class TrainingFolderTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private TrainingArguments Arguments => TinyModel.Arguments(_scratch.Path) with { CheckpointSteps = 1, EvaluationSteps = 1 };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("best-practices.md")]
    [InlineData("best-of.safetensors")]
    [InlineData("best-3.safetensors.bak")]
    [InlineData("best-007.safetensors")]
    [InlineData("checkpoint-notes.txt")]
    [InlineData("checkpoint-500/optimizer.pt")]
    [InlineData("checkpoint-500/trainer_state.json")]
    [InlineData("checkpoint-3.old/state.json")]
    [InlineData("checkpoint-01/state.json")]
    [InlineData("model.safetensors")]
    [InlineData("stop")]
    [InlineData("notes/start.json")]
    public void WhatOthersPutThereKeepsEveryByte(string name)
    {
        Put(name);
        var run = Train(Arguments);
        Assert.Equal(8, run.Steps.Count);
        Train(Arguments with { Resume = true });
        Train(Arguments with { Overwrite = true });
        Assert.Equal($"of somebody: {name}", File.ReadAllText(_scratch[name]));
    }

    [Theory]
    [InlineData("checkpoint-5/trainer_state.json", "checkpoint-5")]
    [InlineData("checkpoint-5", "checkpoint-5")]
    [InlineData("best-0.safetensors", "best-0.safetensors")]
    [InlineData("training.jsonl", "training.jsonl")]
    [InlineData("training.jsonl/of-another.txt", "training.jsonl")]
    [InlineData("training.lock", "training.lock")]
    [InlineData("training.saving/notes.txt", "training.saving")]
    [InlineData("start.json", "start.json")]
    public void WhatIsInTheWayIsRefusedBeforeAnythingIsChanged(string name, string named)
    {
        Put(name);
        Put("best-practices.md");
        var before = Tree(_scratch.Path);
        foreach (var arguments in (TrainingArguments[])[Arguments, Arguments with { Resume = true }, Arguments with { Overwrite = true }])
        {
            var said = Assert.Throws<CrossEncoderException>(() => Train(arguments)).Message;
            Assert.Contains(named, said);
            Assert.Contains("OutputFolder", said);
            Assert.Equal(before, Tree(_scratch.Path));
        }
    }

    [Fact]
    public void AnotherTrainingIsReplacedOnlyWhereThatIsSaid()
    {
        Train(Arguments);
        var before = Tree(_scratch.Path);
        var said = Assert.Throws<CrossEncoderException>(() => Train(Arguments)).Message;
        Assert.Contains("step 8", said);
        Assert.Contains("Overwrite", said);
        Assert.Contains("Resume", said);
        Assert.Equal(before, Tree(_scratch.Path));

        Put("mine.txt");
        var run = Train(Arguments with { Overwrite = true, MaxSteps = 3 });
        Assert.Equal(3, run.Steps.Count);
        Assert.Equal(
            ["best-0.safetensors", "checkpoint-2", "checkpoint-3", "mine.txt", "start.json", "training.jsonl"],
            Directory.GetFileSystemEntries(_scratch.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Equal(3, TrainingLog.Read(_scratch.Path).Steps.Count);
    }

    [Fact]
    public void OneThatEndedBeforeItsFirstCheckpointIsReplacedUnasked()
    {
        Assert.Throws<CrossEncoderException>(() => Train(Arguments with { CheckpointSteps = 0 }, new NotANumberAt(3)));
        Assert.Equal(8, Train(Arguments).Steps.Count);
    }

    [Fact]
    public void ANoteInACheckpointIsNeverDeletedWithIt()
    {
        Train(Arguments with { MaxSteps = 4 });
        Put("checkpoint-4/why.txt");
        Train(Arguments with { Resume = true });
        Assert.Equal("of somebody: checkpoint-4/why.txt", File.ReadAllText(_scratch["checkpoint-4/why.txt"]));
        Assert.Equal([4, 7, 8], Steps()); // though it is not among the newest
        Assert.Contains("why.txt", Assert.Throws<CrossEncoderException>(() => Train(Arguments with { Overwrite = true })).Message);
        Assert.Equal([4, 7, 8], Steps());
        Assert.Equal(8, Train(Arguments with { Resume = true }).Steps.Count);
    }

    [Fact]
    public void AFolderOfAnEarlierBuildGoesOnAndIsCleared()
    {
        var whole = Values(Arguments);
        Train(Arguments with { MaxSteps = 4, Overwrite = true });
        var manifest = TrainingManifest.Read(_scratch.Path)!;
        TrainingManifest.Write(_scratch["start.json"], manifest.Start); // builds before wrote the state alone
        Put("checkpoint-6/trainer_state.json");
        Assert.Contains("checkpoint-6", Assert.Throws<CrossEncoderException>(() => Train(Arguments with { Resume = true })).Message);
        Directory.Delete(_scratch["checkpoint-6"], recursive: true);
        Assert.Equal(whole, Values(Arguments with { Resume = true }));
        Assert.Equal([7, 8], Steps());
    }

    [Fact]
    public void OnlyAStopFileWrittenMeanwhileIsObeyedAndTakenAway()
    {
        Put("stop");
        Assert.Equal(8, Train(Arguments).Steps.Count);
        Assert.True(File.Exists(_scratch["stop"]));
        var stopped = Train(Arguments with { Overwrite = true }, each: done =>
        {
            if (done == 2)
                File.WriteAllText(_scratch["stop"], "now");
        });
        Assert.Equal(2, stopped.Steps.Count);
        Assert.False(File.Exists(_scratch["stop"]));
    }

    [Fact]
    public void ASecondTrainingInTheFolderIsToldOfTheFirst()
    {
        string? said = null;
        Train(Arguments, each: done =>
        {
            if (done == 1)
                said = Assert.Throws<CrossEncoderException>(() => Train(Arguments with { Overwrite = true })).Message;
        });
        Assert.Contains("Another training", said);
        Assert.DoesNotContain("space", said);
        Assert.False(File.Exists(_scratch["training.lock"]));
    }

    private IEnumerable<int> Steps() =>
        Directory.GetDirectories(_scratch.Path, "checkpoint-*").Select(path => int.Parse(Path.GetFileName(path)[11..])).Order();

    private static TrainingRun Train(TrainingArguments arguments, Loss? loss = null, Action<long>? each = null)
    {
        using var model = TinyModel.Load("bert");
        return Trainings
            .Quiet(model, arguments, loss, Evaluator)
            .Train(TinyModel.Examples(64), each is null ? null : new ProgressCalls(each));
    }

    private static float[] Values(TrainingArguments arguments)
    {
        using var model = TinyModel.Load("bert");
        Trainings.Quiet(model, arguments, null, Evaluator).Train(TinyModel.Examples(64));
        return TinyModel.Values(model);
    }

    private static ScriptedEvaluator Evaluator => new([0.1, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1, 1, 1]);

    private void Put(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_scratch[name])!);
        File.WriteAllText(_scratch[name], $"of somebody: {name}");
    }

    internal static Dictionary<string, string> Tree(string folder) =>
        Directory
            .GetFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(
                path => Path.GetRelativePath(folder, path),
                path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))
            );
}
