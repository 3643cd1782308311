using System.Diagnostics;
using System.Globalization;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Execution;

/// <summary>One line a cell on the console: its number, its first line, its seconds; a sign of life for long ones.</summary>
internal sealed class Progress(TextWriter output, TextWriter log)
{
    private const int Width = 72;
    private const int LongestNote = 100;

    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(30);

    /// <summary>Where the output of the kernel process itself goes.</summary>
    public TextWriter Log => log;

    public void Begin(string notebook) => Write(output, notebook);

    public void Line(string text) => Write(output, text);

    /// <summary>What ended the run.</summary>
    public void Problem(string text) => Write(log, text);

    public CellLine Cell(int number, int count, string firstLine) => new(output, number, count, firstLine);

    /// <summary>The end of the last line with text in it, without colors; null where there is none.</summary>
    internal static string? LastLine(string text)
    {
        var end = text.AsSpan().TrimEnd();
        var line = Terminal.Plain(end[(end.LastIndexOfAny('\n', '\r') + 1)..].Trim().ToString());
        return line.Length == 0 ? null
            : line.Length > LongestNote ? OutputLimit.Cut(line, LongestNote).Text + "…"
            : line;
    }

    /// <summary>A terminal that was closed takes no more lines, and the run goes on to write its results.</summary>
    internal static void Write(TextWriter writer, string line)
    {
        try
        {
            lock (writer)
                writer.WriteLine(line);
        }
        catch (IOException error)
        {
            Trace.WriteLine($"The console takes no more lines: {error.Message}");
        }
    }

    /// <summary>The line of a running cell.</summary>
    internal sealed class CellLine : IDisposable
    {
        private readonly TextWriter _output;
        private readonly string _label;
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private readonly Timer _timer;
        private volatile string _latest = "";

        public CellLine(TextWriter output, int number, int count, string firstLine)
        {
            _output = output;
            var width = count.ToString(CultureInfo.InvariantCulture).Length;
            _label = $"  [{number.ToString(CultureInfo.InvariantCulture).PadLeft(width)}/{count}] {firstLine}";
            _label = (_label.Length > Width ? OutputLimit.Cut(_label, Width - 1).Text + "…" : _label).PadRight(Width);
            _timer = new Timer(_ => Write(_output, $"{_label} {Seconds} …  {_latest}"), null, SignOfLife, SignOfLife);
        }

        private string Seconds => $"{_clock.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture), 7} s";

        /// <summary>Remembers the latest line of text a cell printed.</summary>
        public void Note(CellEvent e)
        {
            var text = e.Kind == CellEventKind.Stream ? e.Text : e.Data?.GetValueOrDefault("text/plain");
            if (text is not null && LastLine(text) is { } latest)
                _latest = latest;
        }

        /// <param name="note">What else there is to say about it.</param>
        public void Done(string note) => Write(_output, $"{_label} {Seconds}{note}");

        public void Dispose() => _timer.Dispose();
    }
}
