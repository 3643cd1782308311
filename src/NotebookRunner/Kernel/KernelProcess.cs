using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Kernel;

/// <summary>
/// The child's side: cells come in over a named pipe, events go out over it. Console and standard streams stay the notebook's own,
/// so whatever a cell or a native library prints cannot be taken for a message.
/// </summary>
internal static class KernelProcess
{
    public static async Task<int> RunAsync(string pipeName)
    {
        // Ctrl-C and a closed terminal reach the whole process group; the runner decides what they mean, and ends this process itself.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true);
        await using var pipe = new NamedPipeClientStream(
            ".",
            pipeName,
            PipeDirection.InOut,
            PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly
        );
        await pipe.ConnectAsync(10_000);
        using var reader = new StreamReader(pipe, new UTF8Encoding(false), leaveOpen: true);
        await using var writer = new StreamWriter(pipe, new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true };
        var gate = new Lock();
        var limit = new OutputLimit();
        void Send(CellEvent message)
        {
            lock (gate)
                writer.WriteLine(Wire.Write(limit.Apply(message)));
        }

        var requests = System.Threading.Channels.Channel.CreateUnbounded<CellRequest>();
        _ = Task.Run(async () =>
        {
            while (await reader.ReadLineAsync() is { } line)
                requests.Writer.TryWrite(Wire.Read<CellRequest>(line));
            // The runner is gone, and a cell may be busy for hours: nothing is left to do it for.
            Environment.Exit(3);
        });

        using var root = NotebookKernel.Create();
        Send(new(CellEventKind.Ready));
        await foreach (var request in requests.Reader.ReadAllAsync())
        {
            await ExecuteAsync(root, request, Send);
            Send(new(CellEventKind.Done));
        }
        return 0;
    }

    private static async Task ExecuteAsync(CompositeKernel root, CellRequest request, Action<CellEvent> send)
    {
        var events = new CellEvents(request.Code, send);
        using var subscription = root.KernelEvents.Subscribe(
            new PackageExtensions.Observer(kernelEvent =>
            {
                events.Translate(kernelEvent);
                SpentOutput.Release(kernelEvent);
            })
        );
        await root.SendAsync(new SubmitCode(request.Code, request.Kernel));
    }
}
