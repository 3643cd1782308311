using System.Diagnostics;
using CrossEncoders.Examples;
using CrossEncoders.Postgres;
using CrossEncoders.Scoring;
using CrossEncoders.Tests.Scoring;
using CrossEncoders.Tests.Training;

namespace CrossEncoders.Tests.Engines;

/// <summary>Workers of a queue in processes of their own.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresWorkersTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly PostgresServer _server = new(PostgresServer.Plain);
    private readonly string _name = $"w{Guid.NewGuid():N}"[..20];

    public void Dispose()
    {
        _server.Dispose();
        _scratch.Dispose();
    }

    /// <summary>The command, two at a time, killed at twenty moments.</summary>
    [ServerFact(PostgresServer.Plain)]
    [Trait("Speed", "Slow")]
    public async Task TwentyKilledWorkersLoseNothing()
    {
        TinyModel.Examples(4000).Save(_scratch["pairs.jsonl"]);
        using (var whole = Tool(["score", .. Model, "--parts", _scratch["whole"], "--block", "4"]))
            await End(whole);
        var expected = MergedScores.Of(_scratch["whole"]).Scores;
        string[] work = ["work", .. Model, "--database", _server.Connection, "--queue", _name, "--block", "4", "--lease", "0.5"];
        var random = new Random(2026);
        var table = $"cross_encoders.{_name}__blocks";
        long Stored() =>
            (bool)_server.Ask($"SELECT to_regclass('{table}') IS NOT NULL")!
                ? (long)_server.Ask($"SELECT count(*) FROM {table} WHERE scores IS NOT NULL")!
                : 0;
        for (var kill = 0; kill < 20; kill += 2)
        {
            using var one = Tool(work);
            using var two = Tool(work);
            var (until, clock) = (Stored() + random.Next(1, 50), Stopwatch.StartNew());
            while (Stored() < until && clock.ElapsedMilliseconds < (kill % 8 == 6 ? random.Next(1500) : 60_000))
                Thread.SpinWait(1000);
            Assert.False(one.HasExited || two.HasExited, "the scoring is too short to be killed so often");
            one.Kill(entireProcessTree: true);
            Thread.Sleep(random.Next(30));
            two.Kill(entireProcessTree: true);
            await Task.WhenAll(one.WaitForExitAsync(), two.WaitForExitAsync());
        }

        Assert.InRange(Stored(), 1, 999);
        using (var last = Tool(work))
            await End(last);
        using (var collect = Tool(["collect", "--database", _server.Connection, "--queue", _name, "--output", _scratch["all.jsonl"]]))
            await End(collect);
        MergedScores.Of(_scratch["whole"]).Save(_scratch["whole.jsonl"]);
        Assert.Equal(4000, expected.Count);
        Assert.Equal(await File.ReadAllTextAsync(_scratch["whole.jsonl"]), await File.ReadAllTextAsync(_scratch["all.jsonl"]));
        using var queue = new PostgresScoring(_server.Connection, new() { Name = _name });
        queue.Drop();
    }

    /// <summary>The job files as the schedulers run them, their variables set; each by two workers at once.</summary>
    [ServerFact(PostgresServer.Plain)]
    [Trait("Speed", "Slow")]
    public async Task TheJobFilesWorkOffTheQueue()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the job files are scripts of a Unix shell");
        TinyModel.Examples(60).Save(_scratch["pairs.jsonl"]);
        using (var whole = Tool(["score", .. Model, "--parts", _scratch["whole"], "--block", "4"]))
            await End(whole);
        MergedScores.Of(_scratch["whole"]).Save(_scratch["whole.jsonl"]);
        const string More = "--block 4 --type float32";
        string[] slurm = ["bash", Path.Combine(ScoreToolTests.Jobs, "slurm-queue.sh"), .. More.Split(' ')];
        string[] kubernetes = ["/bin/sh", "-ec", $"{ScoreToolTests.KubernetesCommand("kubernetes-queue.yaml")} {More}"];
        foreach (var (queue, command) in new[] { ($"{_name}s", slurm), ($"{_name}k", kubernetes) })
        {
            Process Worker()
            {
                var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = Shared.Repository };
                start.Environment["SCORE"] = $"dotnet {ScoreToolTests.Program}";
                start.Environment["DATABASE"] = _server.Connection;
                start.Environment["QUEUE"] = queue;
                start.Environment["MODEL"] = Shared.Path("golden/models/bert");
                start.Environment["PAIRS"] = _scratch["pairs.jsonl"];
                start.Environment["SLURM_CPUS_PER_TASK"] = "1";
                return Started(start);
            }

            using (var one = Worker())
            using (var two = Worker())
                await Task.WhenAll(End(one), End(two));
            using (var collect = Tool(["collect", "--database", _server.Connection, "--queue", queue, "--output", _scratch[queue]]))
                await End(collect);
            Assert.Equal(await File.ReadAllTextAsync(_scratch["whole.jsonl"]), await File.ReadAllTextAsync(_scratch[queue]));
            using var scoring = new PostgresScoring(_server.Connection, new() { Name = queue });
            scoring.Drop();
        }
    }

    private string[] Model => ["--model", Shared.Path("golden/models/bert"), "--pairs", _scratch["pairs.jsonl"], "--type", "float32"];

    private static Process Tool(string[] arguments)
    {
        return Started(new ProcessStartInfo("dotnet", [ScoreToolTests.Program, .. arguments]));
    }

    private static Process Started(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }

    private static async Task End(Process process)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{await output}{await error}");
    }
}
