using CrossEncoders.Audit;
using CrossEncoders.Documents;
using CrossEncoders.Examples;
using CrossEncoders.Questions;
using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Audit;

public sealed class LeakAuditTests
{
    private const string Dome = "The dome closes by hand when rain falls on the outer ring and the Night Captain signs the slip.";
    private const string Tank = "Tank T-40 takes nitrogen every second morning until its gauge reads ninety percent of the mark.";
    private const string Night = "夜班长每天傍晚六点检查圆顶的限位开关，并在值班日志上签名。";

    private static QaDataset Part(params (string Document, string Passage, string Question)[] items)
    {
        var chunks = items.Select(item => Make.Chunk(item.Passage, item.Passage.Contains('的') ? "zh" : "en", item.Document)).ToList();
        return new QaDataset(
            [.. chunks.Select(chunk => new Document(chunk.DocumentId, "T", chunk.Text, chunk.Language))],
            chunks,
            [.. items.Select((item, i) => new GeneratedQuestion(item.Question, "natural", chunks[i].Id, "writer"))]
        );
    }

    private static readonly QaDataset Train = Part(
        ("dome.md", Dome, "Who signs the slip for the dome when it rains on the outer ring?"),
        ("night.md", Night, "夜班长每天傍晚几点检查圆顶的限位开关？")
    );
    private static readonly QaDataset Nothing = Part();

    private static LeakCertificate Audit(QaDataset validation, LeakAuditOptions? options = null) =>
        LeakAudit.Of(new SplitDataset(Train, validation, Nothing), options);

    [Fact]
    public void WhatHasNothingInCommonGetsACertificate()
    {
        var certificate = Audit(Part(("tank.md", Tank, "How full is the nitrogen tank to be?"))).Require();
        Assert.True(certificate.IsClean);
        Assert.Equal(["train", "validation"], certificate.Parts.Select(part => part.Part));
        Assert.All(certificate.Checks, check => Assert.Equal((0, "clean"), (check.Found, check.Verdict)));
        Assert.Contains("No leak found.", certificate.ToString());
        Assert.Equal(certificate.ToString(), Audit(Part(("tank.md", Tank, "How full is the nitrogen tank to be?"))).ToString());
        Assert.NotEqual(certificate.ToString(), Audit(Part(("tank.md", Tank, "How full is the nitrogen tank?"))).ToString());
    }

    // "Alarm 12" and "alarm 13" are two questions, however many words they share; "alarm 12" in other words is one.
    [Fact]
    public void QuestionsAboutOtherNumbersAreNoDuplicates()
    {
        LeakCertificate Ask(string question) =>
            LeakAudit.Of(
                new SplitDataset(Part(("a.md", Dome, "What does alarm 12 mean in the night log?")), Part(("t.md", Tank, question)), Nothing)
            );
        Assert.True(Ask("What does alarm 13 mean in the night log?").IsClean);
        Assert.False(Ask("So what does alarm 12 mean in the night log?").IsClean);
    }

    public static TheoryData<string, string, string, string> Leaks =>
        new()
        {
            { "same document", "dome.md", Tank, "How full is the tank?" },
            {
                "same text of two documents",
                "copy.md",
                "the DOME closes by hand when rain falls on the outer ring, and the night captain signs the slip",
                "How full is the tank?"
            },
            { "same passage", "copy.md", Dome, "How full is the tank?" },
            { "near-duplicate passage", "copy.md", Dome + " Always.", "How full is the tank?" },
            { "near-duplicate passage", "zh2.md", Night.Replace("六点", "七点"), "How full is the tank?" },
            { "same question", "tank.md", Tank, "Who signs the slip for the dome, when it rains on the outer ring" },
            { "near-duplicate question", "tank.md", Tank, "Who signs the slip for the dome when it snows on the outer ring?" },
            { "near-duplicate question", "tank.md", Tank, "夜班长每天傍晚几点检查圆顶的限位开关呢？" },
        };

    [Theory]
    [MemberData(nameof(Leaks))]
    public void EachKindOfLeakIsFoundAndNamed(string check, string document, string passage, string question)
    {
        var certificate = Audit(Part((document, passage, question)));
        Assert.False(certificate.IsClean);
        var leak = Assert.Single(certificate.Leaks, leak => leak.Check == check);
        Assert.Equal("train, validation", leak.Between);
        Assert.Equal("LEAK", certificate.Checks.Single(row => row.Check == check).Verdict);
        var error = Assert.Throws<CrossEncoderException>(certificate.Require);
        Assert.Contains(check, error.Message);
        Assert.Contains(leak.Two, error.Message);
        Assert.Contains("LEAK(S) FOUND", certificate.ToString());
    }

    [Theory]
    [InlineData(0, 0.8, "LeakAuditOptions.PassageSimilarity is 0;")]
    [InlineData(double.NaN, 0.8, "LeakAuditOptions.PassageSimilarity is NaN;")]
    [InlineData(0.8, -1, "LeakAuditOptions.QuestionSimilarity is -1;")]
    public void ASimilarityThatAnyTwoTextsHaveIsRefused(double passages, double questions, string expected) =>
        Assert.Contains(
            expected,
            Assert
                .Throws<CrossEncoderException>(() =>
                    Audit(
                        Part(("tank.md", Tank, "How full is it?")),
                        new() { PassageSimilarity = passages, QuestionSimilarity = questions }
                    )
                )
                .Message
        );

    [Fact]
    public void TheEvidenceIsWrittenTheSameEverywhere()
    {
        var certificate = Audit(Part(("copy.md", Dome + " Always.", "How full is the tank?")));
        var before = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            var german = (System.Globalization.CultureInfo)System.Globalization.CultureInfo.InvariantCulture.Clone();
            german.NumberFormat.NumberDecimalSeparator = ",";
            System.Globalization.CultureInfo.CurrentCulture = german;
            Assert.Matches(@"', 0\.\d\d: The dome", certificate.ToString());
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void TestQuestionsMustNotBeTrainedOn()
    {
        TestQuestion Asked(string text) => new("t-1", text, "en", [new TestAnswer("dome.md", "The dome")]);
        var validation = Part(("tank.md", Tank, "How full is the nitrogen tank to be?"));
        var clean = Audit(validation, new() { TestQuestions = [Asked("May visitors walk under it?")] });
        Assert.True(clean.IsClean);
        // That its document was trained on is worth knowing.
        Assert.Equal(
            ("note", 1),
            clean.Checks.Where(check => check.Verdict == "note").Select(check => (check.Verdict, check.Found)).Single()
        );
        var alike = Audit(validation, new() { TestQuestions = [Asked("May visitors walk under it?")], TestAuthor = "writer" });
        Assert.True(alike.IsClean);
        Assert.Equal(2, alike.Checks.Count(check => check.Verdict == "note"));
        Assert.Equal(
            "train, test questions",
            Audit(validation, new() { TestQuestions = [Asked(Train.Questions[0].Text)] }).Leaks.Single().Between
        );
        Assert.Equal(
            "validation, test questions",
            Audit(validation, new() { TestQuestions = [Asked(validation.Questions[0].Text)] }).Leaks.Single().Between
        );
    }

    [Fact]
    public void NoModelMarksItsOwnWork()
    {
        var validation = Part(("tank.md", Tank, "How full is the nitrogen tank to be?"));
        Assert.True(Audit(validation, new() { Judge = "judge", Teacher = "teacher" }).IsClean);
        Assert.Equal(
            ("generator", "judge", "writer"),
            Audit(validation, new() { Judge = "Writer " }).Leaks.Select(leak => (leak.One, leak.Two, leak.Text)).Single()
        );
        Assert.Equal(
            ("judge", "teacher"),
            Audit(validation, new() { Judge = "x", Teacher = "x" }).Leaks.Select(leak => (leak.One, leak.Two)).Single()
        );
    }

    [Fact]
    public void ExamplesOfAnybodyAreAudited()
    {
        InputExample[] train =
        [
            new(["Who signs the slip?", Dome], 1) { Group = "g1" },
            new(["Who signs the slip?", Tank], 0) { Group = "g1" },
        ];
        Assert.True(LeakAudit.Of(train, [new(["How full?", Night], 1) { Group = "g2" }]).IsClean);
        var certificate = LeakAudit.Of(train, [new(["How full?", Tank], 1) { Group = "g1" }], [new(["who signs the slip", Night], 1)]);
        Assert.Equal(["same document", "same passage", "same question"], certificate.Leaks.Select(leak => leak.Check));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    [InlineData(1.0)]
    public void NearDuplicatesAreThoseOfACompleteComparison(double threshold)
    {
        var random = new Random(7);
        string Text() =>
            string.Join(' ', Enumerable.Range(0, random.Next(0, 9)).Select(_ => (char)('a' + random.Next(12))))
            + (random.Next(3) == 0 ? "检查圆顶"[..random.Next(5)] : "");
        var texts = Enumerable.Range(0, 300).Select(_ => Text()).ToList();
        var sets = texts.ConvertAll(Normal.Words);
        List<(int, double)> Expected(int from, Func<int, int> to) =>
            [
                .. Enumerable
                    .Range(from, texts.Count - from)
                    .Select(two =>
                        Enumerable
                            .Range(0, to(two))
                            .Where(_ => sets[two].Count > 0)
                            .Select(one => Normal.Overlap(sets[one], sets[two]))
                            .DefaultIfEmpty(0)
                            .Max()
                            is var best
                        && best >= threshold
                            ? (two - from, best)
                            : (-1, 0)
                    )
                    .Where(found => found.Item1 >= 0),
            ];
        var within = NearDuplicates.Within(texts, threshold);
        Assert.Equal(Expected(0, two => two), within.Select(found => (found.Two, found.Similarity)));
        Assert.True(within.Count > 10);
        Assert.All(within, found => Assert.Equal(found.Similarity, Normal.Overlap(sets[found.One], sets[found.Two])));
        Assert.Equal(
            Expected(150, _ => 150),
            NearDuplicates.Between(texts[..150], texts[150..], threshold).Select(found => (found.Two, found.Similarity))
        );
    }
}
