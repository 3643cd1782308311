namespace CrossEncoders;

/// <summary>Keeps something from being freed while it is in use: what is disposed of meanwhile is freed when the last use ends.</summary>
internal sealed class Lifetime(object owner, IDisposable owned) : IDisposable
{
    private readonly Lock _gate = new();
    private int _uses;
    private bool _disposed;

    /// <summary>Begins a use, which ends when the result is disposed of.</summary>
    /// <exception cref="ObjectDisposedException">The owner was disposed of.</exception>
    public Use Begin()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, owner);
            _uses++;
            return new(this);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            if (_uses == 0)
                owned.Dispose();
        }
    }

    private void End()
    {
        lock (_gate)
        {
            if (--_uses == 0 && _disposed)
                owned.Dispose();
        }
    }

    /// <summary>A use that goes on.</summary>
    public readonly struct Use(Lifetime lifetime) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => lifetime.End();
    }
}
