using CrossEncoders.Display;

namespace CrossEncoders.Tests.Display;

[Collection(Alone.Name)] // One test swaps the console's error stream.
public sealed class ProgressTests
{
    private readonly Clock _clock = new();
    private readonly Cell _cell = new();

    [Fact]
    public void ANotebookGetsOneBarUpdatedFourTimesASecond()
    {
        var progress = new NotebookProgress(_cell, _clock);
        for (var i = 0; i <= 1000; i++)
        {
            progress.Report(new WorkProgress("scoring", i, 1000));
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(
            [
                "cell 1 show: scoring: 0 % 0 of 1,000",
                "cell 1 update: scoring: 25 % 250 of 1,000 · 0:00 left",
                "cell 1 update: scoring: 50 % 500 of 1,000 · 0:00 left",
                "cell 1 update: scoring: 75 % 750 of 1,000 · 0:00 left",
                "cell 1 update: scoring: 100 % 1,000 of 1,000 · 0:01",
            ],
            _cell.Log
        );
    }

    [Fact]
    public void AnotherActivityAndAnotherCellGetABarOfTheirOwn()
    {
        var progress = new NotebookProgress(_cell, _clock);
        progress.Report(new WorkProgress("a", 0, 2));
        progress.Report(new WorkProgress("a", 2, 2));
        progress.Report(new WorkProgress("a", 2, 2));
        progress.Report(new WorkProgress("b", 1, 2));
        _cell.Current = "cell 2";
        progress.Report(new WorkProgress("b", 2, 2));

        Assert.Equal(
            ["cell 1 show: a: 0 % 0 of 2", "cell 1 update: a: 100 % 2 of 2", "cell 1 show: b: 50 % 1 of 2", "cell 2 show: b: 100 % 2 of 2"],
            _cell.Log
        );
    }

    [Fact]
    public void TextInTheBarIsEscaped()
    {
        var html = new ProgressView(new ProgressState(new WorkProgress("<a>", 1, 4, "<b>"), TimeSpan.Zero, 0)).ToHtml();

        Assert.Contains("value=\"0.25\"", html);
        Assert.DoesNotContain("<a>", html);
        Assert.DoesNotContain("<b>", html);
    }

    [Fact]
    public void TheTimeLeftIsToldByTheSpeedSinceTheFirstReport()
    {
        Assert.Equal(TimeSpan.FromSeconds(30), new ProgressState(new WorkProgress("x", 60, 90), TimeSpan.FromSeconds(10), 50).Remaining);
        Assert.Null(new ProgressState(new WorkProgress("x", 60, 0), TimeSpan.FromSeconds(10), 50).Remaining);
        Assert.Equal("5 · loss 0.2 · 1:01:05", new ProgressState(new WorkProgress("x", 5, 0, "loss 0.2"), new TimeSpan(1, 1, 5), 0).Words);
        Assert.Equal("99 %", new ProgressState(new WorkProgress("x", 999, 1000), TimeSpan.Zero, 0).Percent);
    }

    [Fact]
    public void ALogGetsALineEachTenPercentOrTenSeconds()
    {
        var writer = new StringWriter();
        var progress = new LineProgress(writer, _clock);
        for (var i = 0; i <= 100; i++)
        {
            progress.Report(new WorkProgress("fast", i, 100));
            _clock.Advance(TimeSpan.FromMilliseconds(10));
        }
        Assert.Equal(11, writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        writer.GetStringBuilder().Clear();
        for (var i = 0; i < 60; i++)
        {
            progress.Report(new WorkProgress("slow", i, 0));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(6, writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void ATerminalLineIsDrawnOverItselfAndEndedOnce()
    {
        var writer = new StringWriter();
        var progress = new ConsoleProgress(writer, _clock, () => 60);
        progress.Report(new WorkProgress("训练", 0, 2, new string('x', 100)));
        progress.Report(new WorkProgress("训练", 2, 2));

        var lines = writer.ToString().Replace("\r\n", "\n").Split('\r', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Equal(59, Html.Width(line.TrimEnd('\n'))));
        Assert.EndsWith("\n", lines[1]);
        Assert.Contains("[####################] 100 %", lines[1]);
    }

    [Fact]
    public void AHostThatGivesEachCellAStreamOfItsOwnShowsProgressInEachCell()
    {
        var before = Console.Error;
        var (first, second) = (new StringWriter(), new StringWriter());
        ThrottledProgress[] kinds = [new LineProgress(clock: _clock), new ConsoleProgress(clock: _clock, width: () => 60)];
        try
        {
            foreach (var progress in kinds)
            {
                Console.SetError(first);
                progress.Report(new WorkProgress("one", 1, 1));
                Console.SetError(second);
                progress.Report(new WorkProgress("two", 1, 1));
            }
        }
        finally
        {
            Console.SetError(before);
        }
        Assert.Equal(2, first.ToString().Split("one").Length - 1);
        Assert.Equal(2, second.ToString().Split("two").Length - 1);
        Assert.DoesNotContain("two", first.ToString());
    }

    [Fact]
    public void OnlyWhatPicksTheProgressIsPublic() =>
        Assert.Equal(
            [typeof(Progress)],
            typeof(Progress)
                .Assembly.GetExportedTypes()
                .Where(type => type.Name.EndsWith("Progress", StringComparison.Ordinal) && type.Namespace == typeof(Progress).Namespace)
        );

    [Fact]
    public void ReportsMayComeFromManyThreads()
    {
        var progress = new NotebookProgress(_cell, _clock);
        Parallel.For(0, 1000, _ => progress.Report(new WorkProgress("a", 1, 2)));
        Assert.Single(_cell.Log);
    }

    private sealed class Cell : INotebookCell
    {
        public List<string> Log { get; } = [];

        public object? Current { get; set; } = "cell 1";

        public Action<object> Display(object context, object value)
        {
            Log.Add($"{context} show: {value}");
            return next => Log.Add($"{context} update: {next}");
        }
    }
}
