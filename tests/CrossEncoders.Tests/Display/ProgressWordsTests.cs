using CrossEncoders.Display;

namespace CrossEncoders.Tests.Display;

/// <summary>What a report of progress is turned into, and when it is shown.</summary>
public sealed class ProgressWordsTests : IDisposable
{
    private readonly Clock _clock = new();
    private readonly StringWriter _writer = new();

    public void Dispose() => _writer.Dispose();

    [Theory]
    [InlineData(0, 100, 0.0, "0 %")]
    [InlineData(1, 3, 1 / 3.0, "33 %")]
    [InlineData(999_999, 1_000_000, 0.999999, "99 %")]
    [InlineData(100, 100, 1.0, "100 %")]
    [InlineData(130, 100, 1.0, "100 %")] // more than was planned
    [InlineData(-5, 100, 0.0, "0 %")]
    [InlineData(5, 0, null, "")]
    [InlineData(5, -1, null, "")]
    public void ThePartDoneIsBetweenNothingAndAll(long done, long total, double? fraction, string percent)
    {
        var state = State(done, total, 0);
        Assert.Equal((fraction, percent), (state.Fraction, state.Percent));
    }

    [Theory]
    [InlineData(0, 10, 5, 0, "0 of 10 · 0:05")] // nothing done yet: no speed to tell by
    [InlineData(5, 10, 5, 0, "5 of 10 · 0:05 left")]
    [InlineData(5, 10, 5, 5, "5 of 10 · 0:05")] // began at 5
    [InlineData(6, 10, 5, 5, "6 of 10 · 0:20 left")]
    [InlineData(10, 10, 3725, 0, "10 of 10 · 1:02:05")]
    [InlineData(1, 1_000_000, 1, 0, "1 of 1,000,000 · 277:46:39 left")]
    [InlineData(12_345, 0, 60, 0, "12,345 · 1:00")]
    [InlineData(10, 10, 0, 0, "10 of 10")]
    public void WordsTellWhatIsDoneAndTheTime(long done, long total, int seconds, long from, string words) =>
        Assert.Equal(words, State(done, total, seconds, from).Words);

    [Theory]
    [InlineData(null, "1")]
    [InlineData("", "1")]
    [InlineData("loss 0.5\r\nand more", "1 · loss 0.5 and more")]
    public void ADetailIsOneLine(string? detail, string words) =>
        Assert.Equal(words, new ProgressState(new WorkProgress("a", 1, 0, detail), TimeSpan.Zero, 0).Words);

    [Fact]
    public void WithoutATotalTheBarSaysOnlyThatWorkGoesOn()
    {
        var view = new ProgressView(State(7, 0, 0));
        Assert.Contains("<progress aria-label=\"reading\"", view.ToHtml());
        Assert.DoesNotContain("%", view.ToHtml());
    }

    [Fact]
    public void ReportsWithinTheIntervalAreLeftOutButNotTheLast()
    {
        var progress = new ConsoleProgress(_writer, _clock, () => 80);
        foreach (var (done, milliseconds) in new[] { (0, 0), (1, 249), (2, 1), (3, 249), (4, 0) })
        {
            _clock.Advance(milliseconds);
            progress.Report(new WorkProgress("work", done, 4));
        }
        Assert.Equal(["0 of 4", "2 of 4", "4 of 4"], Shown().Select(line => line.Split(" · ")[0].Split(" % ")[1].Trim()));
    }

    [Fact]
    public void LessDoneThanBeforeIsANewStartWithAClockOfItsOwn()
    {
        var progress = new ConsoleProgress(_writer, _clock, () => 80);
        progress.Report(new WorkProgress("epoch", 50, 100));
        _clock.Advance(10_000);
        progress.Report(new WorkProgress("epoch", 0, 100));
        _clock.Advance(2_000);
        progress.Report(new WorkProgress("epoch", 10, 100));
        Assert.Contains("10 of 100 · 0:18 left", Shown()[^1]);
    }

    [Fact]
    public void AnUnfinishedLineIsEndedBeforeAnotherActivity()
    {
        var progress = new ConsoleProgress(_writer, _clock, () => 40);
        progress.Report(new WorkProgress("one", 1, 2));
        progress.Report(new WorkProgress("two", 1, 1));
        var lines = _writer.ToString().Split(Environment.NewLine);
        Assert.Equal(3, lines.Length);
        Assert.Contains("one", lines[0]);
        Assert.Contains("two", lines[1]);
        Assert.Equal("", lines[2]);
    }

    [Theory]
    [InlineData(0)] // a console that does not know
    [InlineData(5)]
    [InlineData(30)]
    public void ALineNeverWraps(int width)
    {
        new ConsoleProgress(_writer, _clock, () => width).Report(new WorkProgress("评估一个很长的名字", 1, 3, "detail"));
        Assert.Equal(Math.Max(20, width) - 1, Html.Width(_writer.ToString().Trim('\r')));
    }

    [Fact]
    public void ALogSaysATenthOnceHoweverLongItLasts()
    {
        var progress = new LineProgress(_writer, _clock);
        foreach (var done in new[] { 0, 5, 10, 11, 19, 20, 55, 56, 100, 100 })
            progress.Report(new WorkProgress("a", done, 100));
        Assert.Equal(["a: 0 %", "a: 10 %", "a: 20 %", "a: 55 %", "a: 100 %"], Lines().Select(line => line.Split(',')[0]));
    }

    [Fact]
    public void ALogSaysWorkWithoutATotalByTheClock()
    {
        var progress = new LineProgress(_writer, _clock);
        foreach (var done in new[] { 1, 2, 3, 4 })
        {
            progress.Report(new WorkProgress("a", done, 0));
            _clock.Advance(5_000);
        }
        Assert.Equal(["a: 1", "a: 3 · 0:10"], Lines());
    }

    [Fact]
    public void OutsideOfANotebookThereIsNoCell()
    {
        Assert.Null(InteractiveCell.TryFind());
        Assert.Null(LiveTraining.ForHere());
        Assert.IsNotType<NotebookProgress>(Progress.ForHere());
        Assert.Contains("Progress.ForHere()", Assert.Throws<CrossEncoderException>(() => new NotebookProgress()).Message);
    }

    private string[] Lines() => _writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private string[] Shown() => _writer.ToString().Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static ProgressState State(long done, long total, int seconds, long from = 0) =>
        new(new WorkProgress("reading", done, total), TimeSpan.FromSeconds(seconds), from);
}
