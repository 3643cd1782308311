using CrossEncoders.Chunking;
using CrossEncoders.Display;
using CrossEncoders.Documents;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Display;

/// <summary>Views of single documents, questions and pairs.</summary>
public sealed class StoryViewTests
{
    private static readonly Document Document = new("a.md", "A", "one two <three> four", "en");

    [Fact]
    public void BordersShowEveryCharacterOnceAndWhatTwoChunksShare()
    {
        var view = Document.ToBorders([
            Part(0, 8),
            Part(4, 16) with
            {
                Id = "a.md#1",
                Tokens = 9,
            },
            Part(0, 5) with
            {
                DocumentId = "b.md",
            },
        ]);
        var html = view.ToHtml();
        Assert.Contains("0 · 3 tokens</strong><span style=\"background:rgba(0,114,178,.13)\">one </span>", html);
        Assert.Contains("1 · 9 tokens</strong><span style=\"background:rgba(213,94,0,.4)\">two </span>", html);
        Assert.Contains("<span style=\"background:rgba(230,159,0,.16)\">&lt;three&gt; four</span>", html);
        Assert.Equal(
            "a.md, the first 20 of 20 characters: 2 chunks of 3, 9 tokens with their headings, 4 characters in two of them.",
            view.ToString()
        );
    }

    [Fact]
    public void BordersEndWhereTheyAreToldTo()
    {
        var view = Document.ToBorders([Part(0, 8), Part(8, 12)], maxCharacters: 10);
        Assert.Contains("two </span>", view.ToHtml());
        Assert.Contains("&lt;t</span></div>", view.ToHtml());
        Assert.Contains("the first 10 of 20", view.ToString());
        Assert.Contains("0 chunks", Document.ToBorders([]).ToString());
    }

    [Fact]
    public void TextsStandInColumnsAndAreEscaped()
    {
        var view = SideBySide.Of(("with", "a\n<b>"), ("without", "c"));
        Assert.Contains("<strong>with</strong>", view.ToHtml());
        Assert.Contains(">a\n&lt;b&gt;</div>", view.ToHtml());
        Assert.Equal("with\na\n<b>\n\nwithout\nc", view.ToString());
    }

    [Fact]
    public void SlopesCountWhoMovedWhere()
    {
        QuestionChange[] changes = [new(0, 0.5, 1, "a"), new(0, 0.5, 1, "b"), new(0, 1, 0, "c"), new(0, 0, 0, "d"), new(0, 0.1, 0.1, "e")];
        var chart = new SlopeChart("base <x>", "tuned", changes);
        Assert.Equal("base <x> → tuned: 2 questions moved up, 1 down, 2 stayed; first place 1 → 2.", chart.ToString());
        var html = chart.ToHtml();
        Assert.Contains("<title>2 → 1: 2</title>", html);
        Assert.Contains("<title>1 → 11: 1</title>", html);
        Assert.Contains("stroke=\"#D55E00\"", html);
        Assert.Contains("base &lt;x&gt;</text>", html);
        Assert.Contains(">below 10</text>", html);
    }

    [Fact]
    public void BeforeAndAfterGiveTheAnswersPlaceAmongItsQuestionsPassages()
    {
        InputExample[] examples =
        [
            new(["q1", "right"], 1),
            new(["q1", "wrong"], 0),
            new(["alone", "right"], 1),
            new(["q2", "wrong"], 0),
            new(["q2", "right"], 1),
        ];
        var table = examples.BeforeAndAfter([1, 2, 9, 3, 4], [3, 2, 9, 6, 5]);
        Assert.Equal(["q2", 2, 1, 2, 4f, 5f], table.Rows[0]); // both moved by one; this one to the worse
        Assert.Equal(["q1", 2, 2, 1, 1f, 3f], table.Rows[1]);
        Assert.Equal(2, table.TotalRows); // one passage alone has no place
        Assert.Equal("q2", examples.BeforeAndAfter([2, 1, 9, 3, 4], [3, 2, 9, 6, 5], questions: 1).Rows.Single()[0]); // it moved
        Assert.Equal("q2", examples.BeforeAndAfter([2, 1, 9, 4, 3], [3, 2, 9, 6, 5], questions: 1).Rows.Single()[0]); // it is not first
        Assert.Throws<CrossEncoderException>(() => examples.BeforeAndAfter([1], [1, 1, 1, 1, 1]));
    }

    [Fact]
    public void ATrialsTableSaysWhyAQuestionIsDropped()
    {
        var trial = new QuestionTrial("", "", "", [new("Why?", "natural", null), new("x", "keyword", "too short")]);
        Assert.Equal(["kept", "too short"], trial.ToTable().Rows.Select(row => row[2]));
    }

    [Fact]
    public void ThresholdsTradePrecisionForRecall()
    {
        var chart = Charts.Thresholds([0.9f, 0.6f, 0.3f, 0.2f], [1, 0, 1, 0]);
        var rows = chart.Data.Rows.ToDictionary(row => (double)row[0]!);
        Assert.Equal([0.25, 3, 2 / 3.0, 1.0], rows[0.25]);
        Assert.Equal([0.5, 2, 0.5, 0.5], rows[0.5]);
        Assert.Equal([0.9, 1, 1.0, 0.5], rows[0.9]);
        Assert.False(rows.ContainsKey(0.95)); // nothing is let through
        Assert.Equal(2, Figure.Series(chart).Count);
        Assert.Throws<CrossEncoderException>(() => Charts.Thresholds([1], []));
    }

    private static Chunk Part(int start, int length) =>
        new("a.md#0", "a.md", "A", "", start, length, Document.Text.Substring(start, length), "en", "", 3);
}
