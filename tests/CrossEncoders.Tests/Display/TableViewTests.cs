using CrossEncoders.Audit;
using CrossEncoders.Chunking;
using CrossEncoders.Display;
using CrossEncoders.Documents;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Retrieval;
using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Tests.Display;

/// <summary>The library's own types show the columns one looks at, without a projection.</summary>
public sealed class TableViewTests
{
    private static readonly Passage Dome = new("manual.md#0", "The dome <b>stops</b>.");

    [Fact]
    public void ADocumentShowsItsLengthAndNotItsText() =>
        AssertTable(
            new[] { new Document("a.md", "Domes", "12345", "en") }.ToTable(),
            ["document", "title", "language", "characters"],
            ["a.md", "Domes", "en", 5]
        );

    [Fact]
    public void AChunkShowsWhereItStandsAndWhatItSays()
    {
        var chunk = new Chunk("a.md#0", "a.md", "Domes", "Alarms › Stop", 0, 4, "text", "en", "Domes\ntext", 2);
        AssertTable(new[] { chunk }.ToTable(), ["chunk", "section", "tokens", "text"], ["a.md#0", "Alarms › Stop", 2, "text"]);
        Assert.Single(Enumerable.Repeat(chunk, 5).ToTable(1).Rows);
    }

    [Fact]
    public void RankedPassagesAreNumberedFromOne()
    {
        var table = new[] { new RankedPassage(7, 0.9f, "first"), new RankedPassage(2, 0.1f, "second") }.ToTable();
        AssertTable(table, ["rank", "score", "passage", "text"], [1, 0.9f, 7, "first"], [2, 0.1f, 2, "second"]);
    }

    [Fact]
    public void HitsAreNumberedFromOne() =>
        AssertTable(new[] { new Hit(Dome, 3.5) }.ToTable(), ["rank", "passage", "score", "text"], [1, Dome.Id, 3.5, Dome.Text]);

    [Fact]
    public void SearchesAreShownOneBelowTheOther()
    {
        IRetriever[] searches = [new Fixed("words", Dome), new Fixed("nothing")];
        AssertTable(searches.ToTable("dome", 2), ["search", "rank", "passage", "text"], ["words", 1, Dome.Id, Dome.Text]);
    }

    [Fact]
    public void AnAnswerMarksWhatItCites()
    {
        Hit[] context = [new(Dome, 2), new(new Passage("b.md#1", "other"), 1)];
        AssertTable(
            new RagAnswer("Why?", "So [2].", context, [context[1]]).ToTable(),
            ["number", "passage", "cited", "text"],
            [1, Dome.Id, "", Dome.Text],
            [2, "b.md#1", "yes", "other"]
        );
    }

    [Fact]
    public void ExamplesShowTheirPair() =>
        AssertTable(new[] { new InputExample(["q", "p"], 0.3f) }.ToTable(), ["label", "question", "passage"], [0.3f, "q", "p"]);

    [Fact]
    public void ACertificateShowsItsChecks()
    {
        var certificate = new LeakCertificate([], [new LeakCheck("same passage", "train, test", 10, 1, "LEAK")], []);
        AssertTable(
            certificate.ToTable(),
            ["check", "between", "compared", "found", "verdict"],
            ["same passage", "train, test", 10, 1, "LEAK"]
        );
    }

    [Fact]
    public void OnlyRelevantPassagesCountAsAnswers()
    {
        var question = new RankingQuestion("1", "Why?", "en", new Dictionary<string, int> { ["a"] = 2, ["b"] = 0 });
        AssertTable(new[] { question }.ToTable(), ["slice", "question", "answers"], ["en", "Why?", 1]);
    }

    [Fact]
    public void StepsCountFromOneAsInTheChart() =>
        AssertTable(
            new[] { new TrainingStep(0, 0.5, 0.7, 1e-5, 1.5, 99.9) }.ToTable(),
            ["step", "epoch", "loss", "learning rate", "gradient norm", "tokens a second"],
            [1, 0.5, 0.7, 1e-5, 1.5, 99L]
        );

    [Fact]
    public void EveryMetricOfAnEvaluationHasAColumnAlsoWhereOneIsMissing()
    {
        EvaluationPoint[] points = [Point("mse", ("mse", 0.2)), Point("ranking", ("mrr@10", 0.9))];
        AssertTable(
            points.ToTable(),
            ["step", "evaluator", "epoch", "mse", "mrr@10"],
            [40, "mse", 1, 0.2, null],
            [40, "ranking", 1, null, 0.9]
        );
        Assert.Equal(
            [
                ("mse on mse, at the end", 0.2, false),
                ("mrr@10 on ranking, at the end", 0.9, null),
                ("training steps before the last evaluation on mse", 40, null),
                ("training steps before the last evaluation on ranking", 40, null),
            ],
            points.ToTable().Figures.Select(figure => (figure.Name, figure.Value, figure.HigherIsBetter))
        );
    }

    [Fact]
    public void NoAlarmsAreATableWithoutRows() => AssertTable(Array.Empty<Alarm>().ToTable(), ["step", "rule", "evidence", "remedy"]);

    [Fact]
    public void WhatADocumentSaysIsEscapedInEveryView()
    {
        Table[] tables =
        [
            new[] { new Hit(Dome, 1) }.ToTable(),
            new[] { new RankedPassage(0, 1, Dome.Text) }.ToTable(),
            new[] { new Alarm("<b>", 1, "<b>", "<b>") }.ToTable(),
            new[] { new InputExample(["<b>", "<b>"], 1) }.ToTable(),
            new IRetriever[] { new Fixed("<b>", Dome) }.ToTable("q"),
        ];
        Assert.All(tables, table => Assert.DoesNotContain("<b>", table.ToHtml()));
    }

    private static EvaluationPoint Point(string evaluator, (string Name, double Value) metric) =>
        new(40, new EvaluationResult(evaluator, 1, 40, new Dictionary<string, double> { [metric.Name] = metric.Value }));

    private static void AssertTable(Table table, string[] columns, params object?[][] rows)
    {
        Assert.Equal(columns, table.Columns);
        Assert.Equal(rows, table.Rows.Select(row => row.ToArray()));
    }

    private sealed class Fixed(string name, params Passage[] passages) : IRetriever
    {
        public string Name => name;

        public IReadOnlyList<Hit> Search(string query, int topK) => [.. passages.Take(topK).Select(passage => new Hit(passage, 1))];
    }
}
