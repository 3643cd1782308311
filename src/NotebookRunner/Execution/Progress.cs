using System.Diagnostics;
using System.Globalization;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Execution;

/// <summary>One line a cell on the console: its number, its first line, its seconds; a sign of life for long ones.</summary>
internal sealed class Progress(TextWriter output, TextWriter log)
{
    private const int Width = 72;

    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(30);

    /// <summary>Where the output of the kernel process itself goes.</summary>
    public TextWriter Log => log;

    public void Begin(string notebook) => output.WriteLine(notebook);

    public void Line(string text) => output.WriteLine(text);

    public CellLine Cell(int number, int count, string firstLine) => new(output, number, count, firstLine);

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
            _label = (_label.Length > Width ? _label[..(Width - 1)] + "…" : _label).PadRight(Width);
            _timer = new Timer(_ => Write($"{_label} {Seconds} …  {_latest}"), null, SignOfLife, SignOfLife);
        }

        private string Seconds => $"{_clock.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture), 7} s";

        /// <summary>Remembers the latest line of text a cell printed.</summary>
        public void Note(CellEvent e)
        {
            var text = e.Kind == CellEventKind.Stream ? e.Text : e.Data?.GetValueOrDefault("text/plain");
            if (text?.Split('\n', '\r').LastOrDefault(line => !string.IsNullOrWhiteSpace(line)) is { } latest)
                _latest = Terminal.Plain(latest.Trim()) is { Length: > 100 } longer ? longer[..100] + "…" : Terminal.Plain(latest.Trim());
        }

        public void Done(bool succeeded) => Write($"{_label} {Seconds}{(succeeded ? "" : "  FAILED")}");

        public void Dispose() => _timer.Dispose();

        private void Write(string line)
        {
            lock (_output)
                _output.WriteLine(line);
        }
    }
}
