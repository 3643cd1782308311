using System.Diagnostics;
using CrossEncoders.Audit;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Tests.Training;
using CrossEncoders.Training;

namespace CrossEncoders.Tests;

/// <summary>A disk that fills up while something is written: one clear error, and what was there stays whole.</summary>
[Collection(Alone.Name)]
public sealed class FullDiskTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private bool _mounted;

    public void Dispose()
    {
        if (_mounted)
            Run("umount", "-l", _scratch.Path);
        _scratch.Dispose();
    }

    [Fact]
    public void TheModelBeforeStays()
    {
        Mount("700k"); // a model of 480 kB fits once
        using var model = TinyModel.Load("bert");
        var folder = Path.Combine(_scratch.Path, "model");
        model.SavePretrained(folder);
        var error = Assert.Throws<CrossEncoderException>(() => model.SavePretrained(folder));
        Assert.Contains("Free some space", error.Message);
        Assert.Equal(["model"], Directory.GetFileSystemEntries(_scratch.Path).Select(Path.GetFileName));
        using var saved = CrossEncoder.FromPretrained(folder, new() { Report = _ => { } });
        Assert.Equal(TinyModel.Values(model), TinyModel.Values(saved));
    }

    [Fact]
    public void TheExamplesBeforeStay()
    {
        Mount("64k");
        var file = Path.Combine(_scratch.Path, "train.jsonl");
        TinyModel.Examples(40).Save(file);
        var before = File.ReadAllBytes(file);
        Assert.Contains(file, Assert.Throws<CrossEncoderException>(() => TinyModel.Examples(4000).Save(file)).Message);
        Assert.Equal(before, File.ReadAllBytes(file));
        Assert.Equal(["train.jsonl"], Directory.GetFileSystemEntries(_scratch.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void TheCheckpointBeforeIsResumed()
    {
        using var roomy = new ScratchFolder();
        var whole = Train(roomy.Path, resume: false);
        Mount("2500k"); // one checkpoint of 1.2 MB and the best weights, but not two
        var error = Assert.Throws<CrossEncoderException>(() => Train(_scratch.Path, resume: false));
        Assert.Contains("Free some space", error.Message);
        Run("mount", "-o", "remount,size=16m", _scratch.Path);
        Assert.Equal(whole, Train(_scratch.Path, resume: true));
    }

    private static float[] Train(string folder, bool resume)
    {
        using var model = TinyModel.Load("bert");
        var arguments = TinyModel.Arguments(Path.Combine(folder, "training")) with
        {
            CheckpointSteps = 2,
            EvaluationSteps = 2,
            Resume = resume,
        };
        var run = new CrossEncoderTrainer(model, arguments, null, new MSEEval(TinyModel.Examples(8), "disk", outputFolder: folder))
        {
            OnAlarm = _ => { },
        }.Train(TinyModel.Examples(64));
        Assert.Equal(8, run.Steps.Count);
        return TinyModel.Values(model);
    }

    /// <summary>Makes the folder a small disk of its own, where that is allowed.</summary>
    private void Mount(string size)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "mounting a small disk takes Linux and root");
        _mounted = Run("mount", "-t", "tmpfs", "-o", $"size={size}", "none", _scratch.Path);
        Assert.SkipUnless(_mounted, "this machine does not let a small disk be mounted");
    }

    private static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
