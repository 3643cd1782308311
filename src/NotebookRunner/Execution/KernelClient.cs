using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using System.Text.Json;
using NotebookRunner.Kernel;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Execution;

/// <summary>A kernel in a process of its own: a notebook may crash it, fill it or hang it, and the runner goes on.</summary>
internal sealed class KernelClient : IAsyncDisposable
{
    /// <summary>The hidden verb under which this program is the kernel process.</summary>
    public const string Verb = "kernel";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly NamedPipeServerStream _pipe;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;
    private readonly LastLines _lastWords;

    private KernelClient(Process process, NamedPipeServerStream pipe, LastLines lastWords)
    {
        _process = process;
        _pipe = pipe;
        _lastWords = lastWords;
        _reader = new StreamReader(pipe, new UTF8Encoding(false), leaveOpen: true);
        _writer = new StreamWriter(pipe, new UTF8Encoding(false), leaveOpen: true);
    }

    /// <summary>Starts the process in a notebook's folder and waits until its kernel is ready.</summary>
    public static async Task<KernelClient> StartAsync(string folder, TextWriter log, CancellationToken cancellation)
    {
        var name = $"notebook-runner-{Guid.NewGuid():N}";
        var pipe = new NamedPipeServerStream(
            name,
            PipeDirection.InOut,
            1,
            PipeTransmissionMode.Byte,
            PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly
        );
        var process = Process.Start(StartInfo(folder, name))!;
        process.StandardInput.Close();
        var lastWords = new LastLines(log);
        lastWords.Follow(process.StandardOutput);
        lastWords.Follow(process.StandardError);

        var client = new KernelClient(process, pipe, lastWords);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(StartLimit);
            _ = process.WaitForExitAsync(limit.Token).ContinueWith(_ => limit.Cancel(), TaskContinuationOptions.NotOnCanceled);
            await pipe.WaitForConnectionAsync(limit.Token);
            if ((await client.ReadAsync(limit.Token)).Kind != CellEventKind.Ready)
                throw new InvalidDataException("the kernel process did not say that it is ready");
            return client;
        }
        catch (Exception error)
        {
            await client.DisposeAsync();
            cancellation.ThrowIfCancellationRequested();
            throw new RunnerException($"The kernel process did not start. {lastWords}", error);
        }
    }

    /// <summary>Runs one cell. Every event is handed on; true when none of them was an error.</summary>
    public async Task<bool> ExecuteAsync(CellRequest request, Action<CellEvent> onEvent, CancellationToken cancellation)
    {
        var succeeded = true;
        try
        {
            await _writer.WriteLineAsync(Wire.Write(request).AsMemory(), cancellation);
            await _writer.FlushAsync(cancellation);
            while (true)
            {
                var e = await ReadAsync(cancellation);
                if (e.Kind == CellEventKind.Done)
                    return succeeded;
                succeeded &= e.Kind != CellEventKind.Error;
                onEvent(e);
            }
        }
        catch (IOException)
        {
            await _process.WaitForExitAsync(cancellation);
            onEvent(
                new(CellEventKind.Error, $"The kernel process ended with exit code {_process.ExitCode}. {_lastWords}", CellEvent.KernelDied)
            );
            return false;
        }
    }

    /// <summary>Ends the process and everything it started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        // Its output may be held open by a build server it started, so only the process itself is waited for.
        await _process.WaitForExitAsync(CancellationToken.None);
        _reader.Dispose();
        await _pipe.DisposeAsync();
        _process.Dispose();
    }

    private Task<CellEvent> ReadAsync(CancellationToken cancellation) => ReadAsync(_reader, cancellation);

    /// <summary>The next event.</summary>
    /// <exception cref="EndOfStreamException">The pipe closed, perhaps within a line: the process ended while it wrote.</exception>
    internal static async Task<CellEvent> ReadAsync(TextReader reader, CancellationToken cancellation)
    {
        var line = await reader.ReadLineAsync(cancellation) ?? throw new EndOfStreamException("the kernel's pipe closed");
        try
        {
            return Wire.Read<CellEvent>(line);
        }
        catch (JsonException error)
        {
            if (await reader.ReadLineAsync(cancellation) is null)
                throw new EndOfStreamException("the kernel's pipe closed within a line", error);
            throw;
        }
    }

    private static ProcessStartInfo StartInfo(string folder, string pipeName)
    {
        // The same program again: its own executable, or `dotnet` with its dll (also when a test host has loaded it).
        var assembly = typeof(KernelClient).Assembly.Location;
        var executable = Path.ChangeExtension(assembly, OperatingSystem.IsWindows() ? ".exe" : null);
        var hasExecutable = File.Exists(executable);
        var start = new ProcessStartInfo(hasExecutable ? executable : Environment.ProcessPath ?? "dotnet")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (!hasExecutable)
            start.ArgumentList.Add(assembly);
        start.ArgumentList.Add(Verb);
        start.ArgumentList.Add(pipeName);
        return start;
    }
}
