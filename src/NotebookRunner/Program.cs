using System.CommandLine;
using System.Runtime.InteropServices;
using NotebookRunner;

var parse = Commands.Root().Parse(args);
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
