using System.Diagnostics;
using CrossEncoders.Examples;
using CrossEncoders.Onnx;
using CrossEncoders.Runtime;
using CrossEncoders.Scoring;
using CrossEncoders.Tests.Training;

namespace CrossEncoders.Tests.Scoring;

/// <summary>The command itself, in processes of its own: killed, started by job files, given what is wrong.</summary>
[Trait("Speed", "Slow")]
public sealed class ScoreToolTests : IDisposable
{
    private const int Kills = 20;
    public static readonly string Program = Path.Combine(
        AppContext
            .BaseDirectory.Replace("tests/CrossEncoders.Tests", "src/ScoreTool")
            .Replace(@"tests\CrossEncoders.Tests", @"src\ScoreTool"),
        "ScoreTool.dll"
    );

    private readonly ScratchFolder _scratch = new();

    public ScoreToolTests() => Shared.Path("golden/models/bert");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task TwentyKillsLoseNothingAndScoreNothingTwice()
    {
        Write(6000);
        var (code, output, error) = await End(Start(Score("whole")));
        Assert.True(code == 0, error);
        Assert.Contains("6,000 pairs; part 1/1 has 6,000, 0 of them done; the rest takes about", output);

        var random = new Random(2026);
        var part = _scratch["killed/part-00001-of-00001.jsonl"];
        long Length() => new FileInfo(part) is { Exists: true } file ? file.Length : 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var process = Start(Score("killed"));
            // Some bytes after it begins to write, or at any moment of its start.
            var (until, latest) = (Length() + random.Next(1, 4000), kill % 4 == 3 ? random.Next(1500) : 60_000);
            var clock = Stopwatch.StartNew();
            while (Length() < until && clock.ElapsedMilliseconds < latest)
                Thread.SpinWait(100);
            Assert.False(process.HasExited, "the scoring is too short to be killed so often");
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(Length() > 0);
        Assert.Contains("is not finished", Assert.Throws<CrossEncoderException>(() => MergedScores.Of(_scratch["killed"])).Message);
        (code, _, error) = await End(Start(Score("killed")));
        Assert.True(code == 0, error);
        // The reader refuses a block that comes twice; a last look at the lines themselves.
        Assert.Equal(File.ReadAllBytes(_scratch["whole/part-00001-of-00001.jsonl"]), File.ReadAllBytes(part));
        Assert.Equal(1500, File.ReadLines(part).Count(line => line.StartsWith("{\"type\":\"block\"", StringComparison.Ordinal)));
        Assert.Equal(await Merge("whole"), await Merge("killed"));
    }

    [Fact]
    public async Task AskedToEndItSaysSoAndGoesOnLater()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        Write(2400);
        using var process = Start(Score("parts"));
        var part = _scratch["parts/part-00001-of-00001.jsonl"];
        while (!File.Exists(part) || new FileInfo(part).Length < 2000)
            await Task.Delay(1, TestContext.Current.CancellationToken);
        using var signal = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        var (code, _, error) = await End(process);
        Assert.Equal(130, code);
        Assert.Contains("the same command goes on from there", error);
        Assert.Equal(0, (await End(Start(Score("parts")))).Code);
        Assert.Equal(2400, MergedScores.Of(part).Scores.Count);
    }

    /// <summary>The job files as the schedulers run them, their variables set.</summary>
    [Fact]
    public async Task TheJobFilesScoreAllParts()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the job files are scripts of a Unix shell");
        Write(40);
        await End(Start(Score("whole")));
        var command = KubernetesCommand("kubernetes.yaml");
        for (var number = 1; number <= 2; number++)
        {
            await Run(
                "slurm",
                "bash",
                [Path.Combine(Jobs, "slurm.sh"), "--block", "4", "--type", "float32"],
                ("SLURM_ARRAY_TASK_ID", $"{number}"),
                ("SLURM_ARRAY_TASK_COUNT", "2"),
                ("SLURM_CPUS_PER_TASK", "1")
            );
            await Run(
                "kubernetes",
                "/bin/sh",
                ["-ec", $"{command} --block 4 --type float32"],
                ("JOB_COMPLETION_INDEX", $"{number - 1}"),
                ("COUNT", "2")
            );
        }

        var whole = await Merge("whole");
        Assert.Equal(whole, await Merge("slurm"));
        Assert.Equal(whole, await Merge("kubernetes"));
        using var which = Process.Start(new ProcessStartInfo("sh", ["-c", "command -v parallel"]) { RedirectStandardOutput = true })!;
        await which.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(which.ExitCode == 0, "GNU parallel is not there (apt-get install parallel); the other job files were run");
        await Run("parallel", "bash", [Path.Combine(Jobs, "parallel.sh"), "3", "2", "--block", "4", "--type", "float32"]);
        Assert.Equal(whole, await Merge("parallel"));
    }

    /// <summary>The folder of the job files.</summary>
    public static string Jobs => Path.Combine(Shared.Repository, "src", "ScoreTool", "jobs");

    /// <summary>What a pod's shell is given.</summary>
    public static string KubernetesCommand(string file)
    {
        var yaml = File.ReadAllLines(Path.Combine(Jobs, file));
        var first = Array.FindIndex(yaml, line => line.Trim() == "- >-");
        return string.Join(' ', yaml[(first + 1)..(first + 3)].Select(line => line.Trim()));
    }

    [Fact]
    public async Task WhatIsWrongIsSaidInOneLine()
    {
        Write(8);
        async Task Fails(string expected, params string[] arguments)
        {
            var (code, output, error) = await End(Start(arguments));
            Assert.Equal((2, ""), (code, output));
            Assert.Contains(expected, error);
            Assert.DoesNotContain("   at ", error);
        }

        await Fails("--model", "score", "--parts", _scratch["p"]);
        await Fails("nothing to score", "score", "--model", "m", "--parts", _scratch["p"]);
        await Fails("The shard is '3/2'", [.. Score("p"), "--shard", "3/2"]);
        await Fails("no file", "score", "--model", "m", "--parts", _scratch["p"], "--pairs", _scratch["none.jsonl"]);
        await Fails("expected --run", "score", "--model", "m", "--parts", _scratch["p"], "--queries", "q");
        await Fails("expected --passages", "score", "--model", "m", "--parts", _scratch["p"], "--run", "r");
        await Fails("no parts", "merge", "--parts", Directory.CreateDirectory(_scratch["empty"]).FullName, "--output", _scratch["o"]);
        var pairs = _scratch["pairs.jsonl"];
        var before = File.ReadAllText(pairs);
        await Fails("is one of the inputs", "merge", "--parts", _scratch["p"], "--output", pairs, "--pairs", pairs);
        await Fails("in the folder of the parts", "merge", "--parts", _scratch["empty"], "--output", _scratch["empty/o.jsonl"]);
        await Fails("--pairs is empty", "score", "--model", "m", "--parts", _scratch["p"], "--pairs", "");
        await Fails("--output is empty", "merge", "--parts", _scratch["empty"], "--output", "");
        Assert.Equal(before, File.ReadAllText(pairs));
        Assert.False(Directory.Exists(_scratch["p"]));
        Assert.False(File.Exists(_scratch["o"]));
    }

    [Fact]
    public async Task EightBitsCanBeAskedFor()
    {
        Write(8);
        Assert.Contains("auto takes the fastest that ranks alike: int8", (await End(Start(["score", "--help"]))).Output);
        var (code, _, error) = await End(Start([.. Score("p")[..^1], "int8", "--plan"]));
        var hasInt8 = Devices.HasInt8(TorchSharp.torch.CPU);
        Assert.Equal(hasInt8 ? 0 : 2, code);
        Assert.Contains(hasInt8 ? "int8, as asked" : "Products in 8 bits", error);

        using (var model = ModelFolder.Load(Model))
            model.ExportOnnx(_scratch["onnx"]);
        (code, _, error) = await End(Start(["score", "--model", _scratch["onnx"], .. Score("p")[3..^1], "int8"]));
        Assert.Equal(2, code);
        Assert.Contains("no onnx/model_quantized.onnx", error);
        (code, _, error) = await End(Start(["score", "--model", _scratch["onnx"], .. Score("p")[3..^1], "bfloat16"]));
        Assert.Equal(2, code);
        Assert.Contains("expected no --type bfloat16", error);
    }

    [Fact]
    public async Task AModelWithoutATrainedHeadScoresNothing()
    {
        Write(8);
        var (code, _, error) = await End(Start(["score", "--model", Shared.Path("golden/models/bert-bare"), .. Score("p")[3..]]));
        Assert.Equal(2, code);
        Assert.Contains("no trained head", error);
    }

    private void Write(int count) => TinyModel.Examples(count).Save(_scratch["pairs.jsonl"]);

    private string[] Score(string parts) =>
        ["score", "--model", Model, "--pairs", _scratch["pairs.jsonl"], "--parts", _scratch[parts], "--block", "4", "--type", "float32"];

    private static string Model => Shared.Path("golden/models/bert");

    private async Task<string> Merge(string parts)
    {
        var (code, _, error) = await End(Start(["merge", "--parts", _scratch[parts], "--output", _scratch[$"{parts}.merged"]]));
        Assert.True(code == 0, error);
        return await File.ReadAllTextAsync(_scratch[$"{parts}.merged"]);
    }

    private async Task Run(string parts, string shell, string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(shell, [.. arguments]) { WorkingDirectory = Shared.Repository };
        start.Environment["SCORE"] = $"dotnet {Program}";
        start.Environment["MODEL"] = Model;
        start.Environment["PAIRS"] = _scratch["pairs.jsonl"];
        start.Environment["PARTS"] = _scratch[parts];
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        var (code, _, error) = await End(Start(start));
        Assert.True(code == 0, error);
    }

    private static Process Start(string[] arguments) => Start(new ProcessStartInfo("dotnet", [Program, .. arguments]));

    private static Process Start(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }

    private static async Task<(int Code, string Output, string Error)> End(Process process)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, await output, await error);
        }
    }
}
