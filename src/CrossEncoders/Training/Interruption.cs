using System.Runtime.InteropServices;

namespace CrossEncoders.Training;

/// <summary>
/// Ctrl-C, or a request to terminate, as a cancellation: the training writes a checkpoint, throws
/// <see cref="OperationCanceledException"/>, and goes on with <see cref="TrainingArguments.Resume"/>. A second Ctrl-C ends the process at
/// once.
/// </summary>
/// <example><code>
/// using var interruption = new Interruption();
/// trainer.Train(examples, progress, interruption.Token);
/// </code></example>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    /// <summary>Listens until disposed.</summary>
    public Interruption() =>
        _signals = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel),
        ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _source.Dispose();
    }

    private void Cancel(PosixSignalContext context)
    {
        context.Cancel = !_source.IsCancellationRequested; // the second one is left to do what it does
        _source.Cancel();
    }
}
