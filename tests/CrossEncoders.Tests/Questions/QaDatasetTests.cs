using System.Net;
using CrossEncoders.Chunking;
using CrossEncoders.Files;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

public sealed class QaDatasetTests : IDisposable
{
    private static readonly QaDatasetOptions Quick = new() { RetryDelay = TimeSpan.FromMilliseconds(1), MaxConcurrency = 8 };

    private readonly ScratchFolder _folder = new();

    private string Journal => _folder["journal.jsonl"];

    public void Dispose() => _folder.Dispose();

    private static ScriptedChat Good() => new((passage, _, _) => Task.FromResult(ScriptedChat.Answer(passage)));

    private static Task<QaDataset> MakeAsync(ScriptedChat chat, QaDatasetOptions? options = null) =>
        CreateAsync(chat, options, TestContext.Current.CancellationToken);

    private static Task<QaDataset> CreateAsync(ScriptedChat chat, QaDatasetOptions? options, CancellationToken cancellation)
    {
        var (documents, chunks) = Make.Corpus();
        return QaDataset.CreateAsync(documents, chunks, chat, options ?? Quick, null, cancellation);
    }

    private static string[] Lines(QaDataset dataset) => [.. dataset.Questions.Select(question => question.ToString())];

    [Fact]
    public async Task QuestionsComeInTheOrderOfTheChunks()
    {
        var slow = new ScriptedChat(
            async (passage, _, stop) =>
            {
                await Task.Delay(Chunk.HashOf(passage)[0] % 7, stop);
                return ScriptedChat.Answer(passage);
            }
        );
        var dataset = await MakeAsync(slow);
        Assert.Equal(
            dataset.Chunks.SelectMany(chunk => new[] { chunk.Id, chunk.Id }),
            dataset.Questions.Select(question => question.ChunkId)
        );
        Assert.Equal(Lines(await MakeAsync(Good(), Quick with { MaxConcurrency = 1 })), Lines(dataset));
        Assert.Empty(dataset.Failed);
        Assert.Equal(2 * dataset.Chunks.Count, dataset.Models["scripted"]);
        Assert.All(dataset.Filtered, count => Assert.Equal(0, count.Value));
    }

    [Fact]
    public async Task TheUserMessageIsThePassageAndNothingElse()
    {
        var chat = Good();
        var dataset = await MakeAsync(chat);
        Assert.Equal(dataset.Chunks.Select(chunk => chunk.Passage).Order(), chat.Calls.Keys.Order());
    }

    [Fact]
    public async Task PassingFailuresAreTriedAgainAndLastingOnesReported()
    {
        var (_, chunks) = Make.Corpus();
        var number = chunks.Select((chunk, i) => (chunk.Passage, i)).ToDictionary(pair => pair.Passage, pair => pair.i);
        var chat = new ScriptedChat(
            async (passage, call, stop) =>
                (number[passage], call) switch
                {
                    (0, < 3) => throw new HttpRequestException("slow down", null, HttpStatusCode.TooManyRequests),
                    (1, 1) => throw new HttpRequestException("oops", null, HttpStatusCode.BadGateway),
                    (2, 1) => throw new HttpRequestException("connection lost"),
                    (3, 1) => "",
                    (4, 1) => "I'm sorry, I can't.",
                    (5, 1) => await Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => "", TaskScheduler.Default),
                    (6, _) => throw new HttpRequestException("too long", null, HttpStatusCode.BadRequest),
                    (7, _) => "no",
                    (8, _) => throw new HttpRequestException("overloaded", null, HttpStatusCode.ServiceUnavailable),
                    (9, 1) => throw new System.Text.Json.JsonException("cut off"),
                    _ => ScriptedChat.Answer(passage),
                }
        );
        var dataset = await MakeAsync(chat, Quick with { MaxAttempts = 4, RequestTimeout = TimeSpan.FromSeconds(4) });

        Assert.Equal([chunks[6].Id, chunks[7].Id, chunks[8].Id], dataset.Failed.Select(failed => failed.ChunkId));
        Assert.Equal("too long", dataset.Failed[0].Reason);
        Assert.Contains("no question in the answer 'no' (after 4 attempts)", dataset.Failed[1].Reason);
        Assert.Contains("overloaded (after 4 attempts)", dataset.Failed[2].Reason);
        // Refused once more at most, in case the schema was what it refused.
        Assert.InRange(chat.Calls[chunks[6].Passage], 1, 2);
        Assert.Equal(4, chat.Calls[chunks[8].Passage]);
        Assert.Equal(3, chat.Calls[chunks[0].Passage]);
        Assert.Equal(2 * (chunks.Count - 3), dataset.Questions.Count);
    }

    [Fact]
    public async Task AWrongKeyEndsTheRun()
    {
        var chat = new ScriptedChat((_, _, _) => throw new HttpRequestException("no such key", null, HttpStatusCode.Unauthorized));
        var error = await Assert.ThrowsAsync<CrossEncoderException>(() => MakeAsync(chat));
        Assert.Contains("no such key", error.Message);
        Assert.Contains("key", error.Message);
    }

    [Fact]
    public async Task AnEndpointThatIsGoneEndsTheRun()
    {
        var chat = new ScriptedChat((_, _, _) => throw new HttpRequestException("connection refused"));
        var error = await Assert.ThrowsAsync<CrossEncoderException>(() =>
            MakeAsync(chat, Quick with { MaxAttempts = 2, MaxConcurrency = 1 })
        );
        Assert.Contains("connection refused", error.Message);
        Assert.Equal(10, chat.Calls.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(30)]
    public async Task AStoppedRunGoesOnFromItsJournal(int stopAfter)
    {
        var whole = Lines(await MakeAsync(Good()));
        using var stop = new CancellationTokenSource();
        var answered = 0;
        var first = new ScriptedChat(
            async (passage, _, token) =>
            {
                if (Interlocked.Increment(ref answered) > stopAfter)
                    await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
                return ScriptedChat.Answer(passage);
            }
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CreateAsync(first, Quick with { Journal = Journal }, stop.Token));
        // Killed in the middle of a line.
        await File.AppendAllTextAsync(Journal, "{\"passage\":\"0123", TestContext.Current.CancellationToken);
        var kept = (await File.ReadAllLinesAsync(Journal, TestContext.Current.CancellationToken)).Length - 1;

        var second = Good();
        Assert.Equal(whole, Lines(await MakeAsync(second, Quick with { Journal = Journal })));
        Assert.Equal(40 - kept, second.Calls.Count);

        // The journal is a record, and complete.
        var (documents, chunks) = Make.Corpus();
        Assert.Equal(
            whole,
            Lines(
                await QaDataset.CreateAsync(
                    documents,
                    chunks,
                    RecordedAnswers.Open(Journal),
                    Quick,
                    null,
                    TestContext.Current.CancellationToken
                )
            )
        );
    }

    [Fact]
    public async Task ABrokenJournalIsNamed()
    {
        await File.WriteAllTextAsync(Journal, "{\"passage\":1}\n{}\n", TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<CrossEncoderException>(() => MakeAsync(Good(), Quick with { Journal = Journal }));
        Assert.Contains("Line 1", error.Message);
        Assert.Contains(Journal, error.Message);
    }

    [Fact]
    public async Task ASecondRunOnTheSameJournalIsRefusedBeforeItAsks()
    {
        var (inside, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = new ScriptedChat(
            async (passage, _, _) =>
            {
                inside.TrySetResult();
                await go.Task;
                return ScriptedChat.Answer(passage);
            }
        );
        var running = MakeAsync(first, Quick with { Journal = Journal });
        await inside.Task;
        var second = Good();
        var error = await Assert.ThrowsAsync<CrossEncoderException>(() => MakeAsync(second, Quick with { Journal = Journal }));
        Assert.Contains("Another run is writing the journal", error.Message);
        Assert.Empty(second.Calls);
        go.SetResult();
        Assert.Empty((await running).Failed);
        Assert.Equal(40, first.Calls.Count);
        Assert.Equal(40, AnswerJournal.Read(Journal).Answers.Count);
        Assert.Equal(Lines(await running), Lines(await MakeAsync(second, Quick with { Journal = Journal })));
        Assert.Empty(second.Calls);
    }

    [Fact]
    public async Task WhereNothingIsRecordedTheFallbackAnswers()
    {
        var (documents, chunks) = Make.Corpus();
        JsonLines.Write(
            Journal,
            chunks
                .Take(3)
                .Select(chunk => new RecordedAnswer(chunk.Hash, chunk.DocumentId, "big model", ScriptedChat.Answer(chunk.Passage)))
        );
        var client = RecordedAnswers.Open(Journal, new ExtractiveQuestions());
        var dataset = await QaDataset.CreateAsync(documents, chunks, client, Quick, null, TestContext.Current.CancellationToken);
        Assert.Equal(6, dataset.Models["big model"]);
        Assert.True(dataset.Models[ExtractiveQuestions.ModelName] > 37);
        Assert.Empty(dataset.Failed);

        var alone = await QaDataset.CreateAsync(
            documents,
            chunks,
            RecordedAnswers.Open(Journal),
            Quick,
            null,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(37, alone.Failed.Count);
        Assert.Contains("OPENAI_MODEL", alone.Failed[0].Reason);
    }

    [Fact]
    public async Task NoMoreQuestionsAreKeptThanAskedFor()
    {
        var dataset = await MakeAsync(Good(), Quick with { QuestionsPerChunk = 1 });
        Assert.Equal(40, dataset.Questions.Count);
        Assert.Equal(40, dataset.Filtered[QuestionFilter.MoreThanAsked]);
    }

    [Fact]
    public async Task SavedQuestionsAreTheSameBytesEachTime()
    {
        (await MakeAsync(Good())).SaveQuestions(_folder["one.jsonl"]);
        (await MakeAsync(Good())).SaveQuestions(_folder["two.jsonl"]);
        Assert.Equal(
            await File.ReadAllBytesAsync(_folder["one.jsonl"], TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(_folder["two.jsonl"], TestContext.Current.CancellationToken)
        );
        Assert.Contains("水泵", await File.ReadAllTextAsync(_folder["one.jsonl"], TestContext.Current.CancellationToken));
    }
}
