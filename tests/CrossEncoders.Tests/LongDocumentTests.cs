using CrossEncoders.Evaluation;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests;

/// <summary>Documents longer than the model: windows, what becomes of their scores, and limits.</summary>
public sealed class LongDocumentTests
{
    private const string Question = "When is supper served?";
    private const string Answer = "Supper is served at six in the lower hall.";
    private readonly List<string> _notes = [];

    [Fact]
    [Trait("Speed", "Slow")]
    public void AnAnswerAtTheEndOfTwentyPagesIsFoundByWindowsAndLostByTruncation()
    {
        using var model = ModelFolder.Load(ModelFolder.Shipped("cross-encoder-small-enzh"), new() { Report = _notes.Add });
        var pages = Pages(20);
        string[] documents = [pages, "The kitchen is closed while the floor dries.", $"{pages}\n\n{Answer}"];
        TextPair[] pairs = [.. documents.Select(document => new TextPair(Question, document))];
        var truncated = model.Score(pairs);
        Assert.Equal(truncated[0], truncated[2], 0.1); // the same beginning is read of both
        Assert.Contains("2 of 3 pairs", Assert.Single(_notes));

        _notes.Clear();
        var windows = model.InWindows(new() { WindowTokens = 96, OverlapTokens = 32 }).ScoredOnce();
        var found = new Fixed(documents).RerankedBy(windows).Search(Question, 3);
        Assert.Equal(documents[2], found[0].Passage.Text);
        var scores = windows.Score(pairs);
        Assert.True(scores[2] > scores[0] + 0.5, $"{scores[2]} with the answer, {scores[0]} without");
        var evaluator = new RerankingEvaluator([new(Question, [.. documents.Select((text, i) => new RerankingCandidate(text, i / 2))])]);
        Assert.Equal(1, evaluator.Evaluate(windows).Metrics["mrr@10"]);
        model.Score(pairs);
        Assert.Contains(_notes, note => note.Contains("2 of 3 pairs"));
        Assert.DoesNotContain(_notes, note => note.Contains("windows"));
    }

    [Theory]
    [InlineData(10, 10, 4, "0..10")]
    [InlineData(0, 10, 4, "0..0")]
    [InlineData(11, 10, 4, "0..10,1..11")]
    [InlineData(25, 10, 4, "0..10,6..16,12..22,15..25")]
    [InlineData(20, 10, 0, "0..10,10..20")]
    [InlineData(14, 10, 9, "0..10,4..14")] // half a window is the most that two share
    [InlineData(3, 1, 5, "0..1,1..2,2..3")]
    public void WindowsCoverTheDocumentAndTheLastIsAsLongAsTheOthers(int length, int window, int overlap, string spans) =>
        Assert.Equal(spans, string.Join(',', DocumentWindows.Spans(length, window, overlap)));

    [Theory]
    [InlineData(WindowAggregation.Max, 1)]
    [InlineData(WindowAggregation.MeanOfBest, 2)]
    [InlineData(WindowAggregation.MeanOfBest, 99)]
    [InlineData(WindowAggregation.First, 1)]
    public void ADocumentsScoreIsMadeOfItsWindowsScores(WindowAggregation aggregation, int best)
    {
        using var model = Bert();
        var ids = model.Tokenizer.EncodeToIds(Pages(1)).Take(100).ToArray();
        var document = Pages(1);
        var expected = ((int[])[0, 40, 52]) // of 100 tokens in windows of 48 that share 8
            .Select(start => Score(model, ids[start..(start + 48)]))
            .ToArray();
        var score = Score(
            model,
            document,
            new()
            {
                WindowTokens = 48,
                OverlapTokens = 8,
                MaxDocumentTokens = 100,
                Aggregation = aggregation,
                Best = best,
            }
        );
        var wanted = aggregation switch
        {
            WindowAggregation.Max => expected.Max(),
            WindowAggregation.First => expected[0],
            _ => expected.OrderDescending().Take(best).Average(),
        };
        Assert.Equal(wanted, score, 1e-5);
        Assert.Contains("1 of 1 pairs (100 %) are longer than their windows and limits allow", Assert.Single(_notes));
    }

    [Fact]
    public void WhatFitsScoresAsItDoesWithoutWindowsWhateverIsBesideIt()
    {
        using var model = Bert();
        TextPair[] pairs = [new("why?", "because of the wind"), new("why?", Pages(1)), new("", ""), new(Pages(1)[..120], "so")];
        var windows = model.InWindows(new() { OverlapTokens = 16 });
        var together = windows.Score(pairs);
        Assert.Empty(_notes); // nothing was lost
        var alone = pairs.Select(pair => windows.Score([pair])[0]).ToArray();
        foreach (var i in (int[])[0, 2, 3])
            Assert.Equal(model.Score([pairs[i]])[0], alone[i]);
        CheckpointParity(alone, together);
        Assert.NotEqual(model.Score([pairs[1]])[0], alone[1]);
    }

    [Fact]
    public void TheOptionsOfAModelHoldWhereverItScores()
    {
        var options = new LongDocuments { WindowTokens = 32, OverlapTokens = 4 };
        using var plain = Bert();
        using var model = Bert(new() { LongDocuments = options });
        TextPair[] pairs = [new("why?", Pages(1)), new("why?", "because of the wind")];
        var scores = plain.InWindows(options).Score(pairs);
        Assert.Equal(scores, model.Score(pairs));
        Assert.Equal(scores.Select(plain.Activation), model.Predict(pairs));
        Assert.Equal(
            plain.Rank("why?", [pairs[0].Passage, pairs[1].Passage], documents: options),
            model.Rank("why?", [pairs[0].Passage, pairs[1].Passage])
        );
    }

    [Fact]
    public void AQueryIsCutToItsLimitAndNeverTakesMoreThanHalf()
    {
        using var model = Bert();
        var document = Pages(1);
        var query = Pages(1)[..2000];
        var ids = model.Tokenizer.EncodeToIds(query);
        var cut = model.Tokenizer.BuildPair([.. ids.Take(5)], [.. model.Tokenizer.EncodeToIds(document).Take(20)]);
        var windows = new DocumentWindows(
            [new(query, document)],
            new()
            {
                MaxQueryTokens = 5,
                MaxDocumentTokens = 20,
                WindowTokens = 20,
                OverlapTokens = 0,
            },
            new(model.Tokenizer, "", CrossEncoders.Tokenization.TruncationStrategy.LongestFirst),
            64,
            default
        );
        Assert.Equal(cut.Ids, Assert.Single(windows.Texts).Ids);
        windows = new(
            [new(query, document)],
            new(),
            new(model.Tokenizer, "", CrossEncoders.Tokenization.TruncationStrategy.LongestFirst),
            64,
            default
        );
        Assert.All(windows.Texts, text => Assert.Equal(64, text.Ids.Length));
        Assert.All(windows.Texts, text => Assert.Equal(ids.Take(30), text.Ids.Skip(1).Take(30))); // half of 61
    }

    [Fact]
    public void WhatMakesNoSenseIsRefused()
    {
        using var model = Bert();
        void Refused(LongDocuments options, string complaint) =>
            Assert.Contains(complaint, Assert.Throws<CrossEncoderException>(() => model.InWindows(options)).Message);
        Refused(new() { WindowTokens = 7 }, "WindowTokens of long documents is 7");
        new LongDocuments { WindowTokens = 100 }.Check();
        Refused(new() { OverlapTokens = -1 }, "OverlapTokens of long documents is -1");
        Refused(new() { WindowTokens = 100, OverlapTokens = 51 }, "0 to half of WindowTokens, 50");
        Refused(new() { Best = 0 }, "Best of long documents is 0");
        Refused(new() { MaxQueryTokens = 0 }, "MaxQueryTokens of long documents is 0");
        Refused(new() { MaxDocumentTokens = 0 }, "MaxDocumentTokens of long documents is 0");
        Assert.Contains("Best", Assert.Throws<CrossEncoderException>(() => Bert(new() { LongDocuments = new() { Best = 0 } })).Message);
        using var three = ModelFolder.Load(Shared.Path("golden/models/bert-3-labels"));
        Assert.Contains("one label", Assert.Throws<CrossEncoderException>(() => three.InWindows(new())).Message);
    }

    private CrossEncoder Bert(CrossEncoderOptions? options = null) =>
        ModelFolder.Load(Shared.Path("golden/models/bert"), (options ?? new()) with { Report = _notes.Add });

    private static float Score(CrossEncoder model, int[] document)
    {
        var text = model.Tokenizer.BuildPair([.. model.Tokenizer.EncodeToIds("why?")], document);
        return PairScoring.Score(model.Model, [text], model.Tokenizer.PaddingId, new(), null, default)[0];
    }

    private static float Score(CrossEncoder model, string document, LongDocuments options) =>
        model.InWindows(options).Score([new("why?", document)])[0];

    private static void CheckpointParity(float[] expected, float[] actual) =>
        Modeling.CheckpointParityTests.AssertClose(expected, actual, 1e-5);

    /// <summary>So many pages of 500 words on the instruments, in which nobody eats.</summary>
    private static string Pages(int pages)
    {
        var folder = Path.Combine(Shared.Repository, "data", "corpus", "instruments");
        var words = Directory
            .EnumerateFiles(folder, "*.md")
            .Order(StringComparer.Ordinal)
            .SelectMany(file => File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        return string.Join(' ', Enumerable.Range(0, pages * 500).Select(i => words[i % words.Count]));
    }

    private sealed class Fixed(IReadOnlyList<string> texts) : IRetriever
    {
        public string Name => "fixed";

        public IReadOnlyList<Hit> Search(string query, int topK) =>
            [.. texts.Take(topK).Select((text, i) => new Hit(new Passage($"{i}", text), -i))];
    }
}
