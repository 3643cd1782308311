using System.Diagnostics;

namespace CrossEncoders.Tests.Engines;

/// <summary>A process that indexes made-up passages, killed again and again.</summary>
internal static class Indexer
{
    public const int Passages = 20_000;

    /// <summary>Kills it at so many random moments, most of them after some more passages are stored, and then lets it end.</summary>
    /// <param name="kills">How often.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="stored">How many passages are stored; after each kill, too.</param>
    /// <returns>How many were stored after each kill.</returns>
    public static async Task<IReadOnlyList<long>> KillAndFinish(int kills, string[] arguments, Func<long> stored)
    {
        var random = new Random(2024);
        var after = new List<long>();
        for (var kill = 0; kill < kills; kill++)
        {
            using var process = Start(arguments);
            var due = kill % 5 == 4 ? 0 : stored() + random.Next(1, Passages / kills / 2);
            while (stored() < due && !process.HasExited)
                await Task.Delay(1);
            await Task.Delay(random.Next(due == 0 ? 800 : 12));
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            after.Add(stored());
        }

        await End(arguments);
        return after;
    }

    /// <summary>Lets it run to its end.</summary>
    public static async Task End(string[] arguments)
    {
        using var process = Start(arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{await output}{await error}");
    }

    private static Process Start(string[] arguments)
    {
        var program = Path.Combine(
            AppContext.BaseDirectory.Replace("CrossEncoders.Tests", "CrossEncoders.Benchmarks"),
            "CrossEncoders.Benchmarks.dll"
        );
        return Process.Start(
            new ProcessStartInfo("dotnet", [program, "engine-index", "--passages", $"{Passages}", .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
    }
}
