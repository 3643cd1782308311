using System.Diagnostics;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>The program itself: its options, its exit codes, its signals.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("1e300")]
    [InlineData("Infinity")]
    [InlineData("NaN")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("71001")]
    [InlineData("soon")]
    public async Task ATimeLimitThatIsNoneIsRefused(string minutes)
    {
        _workspace.Write("1.ipynb", Code("1"));
        var (code, _, error) = await RunAsync("run", _workspace.Notebooks, "--cell-timeout-minutes", minutes);
        Assert.Equal(2, code);
        Assert.Contains("--cell-timeout-minutes", error);
        Assert.False(Directory.Exists(_workspace.Output));
    }

    [Fact]
    public async Task AnOptionThatDoesNotExistIsNamed()
    {
        var (code, _, error) = await RunAsync("run", _workspace.Notebooks, "--parallel");
        Assert.Equal(2, code);
        Assert.Contains("--parallel", error);
    }

    [Theory]
    [InlineData("run", "notebooks", "--output", "")]
    [InlineData("run", "notebooks", "--report", " ")]
    [InlineData("run", "")]
    [InlineData("check", "")]
    [InlineData("strip", "notebooks", "")]
    [InlineData("report", "--compare", "", "")]
    public async Task AnEmptyPathIsRefused(params string[] arguments)
    {
        using var process = Start(arguments);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, process.ExitCode);
        Assert.Contains("is empty; expected a path.", error);
        Assert.DoesNotContain("   at ", error);
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task ASignalEndsTheRunWithItsReport(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by kill.");
        _workspace.Write("1.ipynb", Code("System.IO.File.WriteAllText(\"started\", \"\");"), Code("while (true) ;"));
        using var process = Start("run", _workspace.Notebooks, "--output", _workspace.Output, "--report", _workspace.Report);
        var started = Path.Combine(_workspace.Notebooks, "started");
        for (var wait = 0; wait < 600 && !File.Exists(started); wait++)
            await Task.Delay(100);
        Assert.True(File.Exists(started));

        using (var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
            await kill.WaitForExitAsync();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("interrupted", File.ReadAllText(_workspace.Report));
    }

    private static Process Start(params string[] arguments)
    {
        var program = Path.ChangeExtension(typeof(RunnerException).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null);
        return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Start([.. arguments, "--output", _workspace.Output, "--report", _workspace.Report]);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
