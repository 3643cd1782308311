namespace NotebookRunner.Execution;

/// <summary>Passes on what a process prints past its kernel (native libraries, crashes) and remembers the end of it.</summary>
internal sealed class LastLines(TextWriter log)
{
    private const int Kept = 12;

    private readonly Queue<string> _lines = new();

    public void Follow(StreamReader reader) =>
        _ = Task.Run(async () =>
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                lock (_lines)
                {
                    Progress.Write(log, line);
                    if (line.StartsWith("   at ", StringComparison.Ordinal))
                        continue; // A crash's stack is long, and what it says comes first.
                    _lines.Enqueue(line);
                    if (_lines.Count > Kept)
                        _lines.Dequeue();
                }
            }
        });

    public override string ToString()
    {
        lock (_lines)
            return _lines.Count == 0 ? "It printed nothing." : "Its last words:\n" + string.Join('\n', _lines);
    }
}
