using System.CommandLine;
using System.Runtime.InteropServices;
using NotebookRunner;
using NotebookRunner.Execution;
using NotebookRunner.Kernel;
using NotebookRunner.Notebooks;

var input = new Argument<string>("notebooks")
{
    Description = "A folder of C# notebooks (.ipynb), run in the order of their names, or one notebook.",
};
var parameters = new Option<string[]>("--parameter", "-p")
{
    Description = "name=value for a variable of a cell tagged \"parameters\". An existing relative path is relative to where you are.",
    HelpName = "name=value",
    DefaultValueFactory = _ => [],
};
var output = new Option<string>("--output")
{
    Description = "The folder for the executed notebooks.",
    HelpName = "folder",
    DefaultValueFactory = _ => "artifacts/notebooks",
};
var report = new Option<string>("--report")
{
    Description = "The HTML page with all notebooks and their outputs.",
    HelpName = "file",
    DefaultValueFactory = _ => "report/index.html",
};
var limit = new Option<double?>("--cell-timeout-minutes")
{
    Description = "Ends a notebook's kernel when one of its cells takes longer. Without it, cells take the time they need.",
    HelpName = "N",
};
limit.Validators.Add(result =>
{
    if (result.Tokens is [var token, ..] && !RunOptions.IsTimeLimit(token.Value))
        result.AddError($"--cell-timeout-minutes expects a number of minutes above 0 and up to {RunOptions.MostMinutes} (49 days).");
});

var run = new Command("run", "Executes notebooks, writes them with their outputs and one self-contained report.")
{
    input,
    parameters,
    output,
    report,
    limit,
};
run.SetAction(
    (parsed, cancellation) =>
    {
        var here = Environment.CurrentDirectory;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in parsed.GetRequiredValue(parameters).Select(Parameters.Parse))
            values[name] = value;
        var options = new RunOptions(
            Path.GetFullPath(parsed.GetRequiredValue(input), here),
            values,
            Path.GetFullPath(parsed.GetRequiredValue(output), here),
            Path.GetFullPath(parsed.GetRequiredValue(report), here),
            parsed.GetValue(limit) is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
            here
        );
        return NotebookRun.RunAsync(options, new Progress(Console.Out, Console.Error), cancellation);
    }
);

var pipe = new Argument<string>("pipe");
var kernel = new Command(KernelClient.Verb, "A notebook's kernel process; started by run.") { pipe };
kernel.Hidden = true;
kernel.SetAction((parsed, _) => KernelProcess.RunAsync(parsed.GetRequiredValue(pipe)));

var root = new RootCommand("Runs the notebooks without a notebook editor, on the kernel of .NET Interactive.") { run, kernel };
var parse = root.Parse(args);
if (parse.Errors.Count > 0)
{
    foreach (var error in parse.Errors)
        Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("Try --help.");
    return 2;
}
try
{
    var configuration = new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeSpan.FromSeconds(20),
    };
    // A closed terminal is an interruption as any other: what was computed is written.
    using var closed = new CancellationTokenSource();
    using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
    {
        signal.Cancel = true;
        closed.Cancel();
    });
    return await parse.InvokeAsync(configuration, closed.Token);
}
catch (RunnerException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (IOException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
