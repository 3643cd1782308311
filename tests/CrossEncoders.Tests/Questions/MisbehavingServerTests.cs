using System.Text;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;
using CrossEncoders.Tests.Hub;
using CrossEncoders.Tests.LanguageModels;

namespace CrossEncoders.Tests.Questions;

/// <summary>
/// Real HTTP, the real client: whatever a server does, every chunk ends answered or reported, and none is asked too often.
/// </summary>
public sealed class MisbehavingServerTests
{
    private static readonly QaDatasetOptions Quick = new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(1),
        RequestTimeout = TimeSpan.FromMinutes(1),
        MaxAttempts = 5,
        MaxConcurrency = 6,
    };

    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(30);

    private static readonly byte[] Whole = ChatServer.Says("x").Body;

    /// <summary>What the server does about each passage, by its number.</summary>
    private static Reply? Misbehave(int number, ChatCall call) =>
        (number, call.Number) switch
        {
            (0, < 3) => ChatServer.Error(429, ("Retry-After", "0")),
            (1, < 3) => ChatServer.Error(500),
            (2, 1) => ChatServer.Error(408),
            (3, < 3) => new Reply(200, []) { HangsUp = true },
            (4, 1) => new Reply(200, Whole, ("Content-Type", "application/json")) { BreakAfter = 30 },
            (5, 1) => ChatServer.Json(Encoding.UTF8.GetString(Whole)[..60]),
            (6, 1) => new Reply(200, []) { Delay = Stall },
            (7, 1) => new Reply(200, Whole, ("Content-Type", "application/json")) { BreakAfter = 30, Silent = true },
            (8, 1) => ChatServer.Says(""),
            (9, 1) => ChatServer.Says(null),
            (10, 1) => ChatServer.Json("""{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[]}"""),
            (11, 1) => ChatServer.Json("<html>gateway</html>"),
            (12, _) => ChatServer.Says(
                "Sure! Here are the questions you asked for:\n```json\n" + ScriptedChat.Answer(call.Passage) + "\n```\nWould you like more?"
            ),
            (13, _) => ChatServer.Says(ScriptedChat.Answer(call.Passage)[..^20]),
            (14, 1) => ChatServer.Says("I'm sorry, I cannot do that."),
            // What lasts is reported.
            (20, _) => ChatServer.Error(503),
            (21, _) => new Reply(200, []) { Delay = Stall },
            (22, _) => new Reply(200, []) { HangsUp = true },
            (23, _) => ChatServer.Error(400),
            (24, _) => ChatServer.Says("Here are two questions:"),
            (25, _) => ChatServer.Says("1. Où est la pompe numéro sept ?\n2. ポンプはいつ止まりますか？\n3. 펌프는 언제 멈춥니까?"),
            _ => null,
        };

    private static Task<QaDataset> AskAsync(
        ChatServer server,
        QaDatasetOptions options,
        DocumentCollection documents,
        IReadOnlyList<Chunk> chunks
    ) => QaDataset.CreateAsync(documents, chunks, server.Client(), options, null, TestContext.Current.CancellationToken);

    [Fact]
    public async Task EveryChunkEndsAnsweredOrReported()
    {
        var (documents, chunks) = Make.Corpus();
        var number = chunks.Select((chunk, i) => (chunk.Passage, i)).ToDictionary(pair => pair.Passage, pair => pair.i);
        using var server = new ChatServer(call => Misbehave(number[call.Passage], call));
        // Two attempts more than the faults below need: on a busy machine a good answer may be late as well.
        var options = Quick with { RequestTimeout = TimeSpan.FromSeconds(2) };
        var dataset = await AskAsync(server, options, documents, chunks);

        var reported = dataset.Failed.ToDictionary(failed => failed.ChunkId, failed => failed.Reason);
        Assert.Equal(chunks.Skip(20).Take(6).Select(chunk => chunk.Id), reported.Keys);
        Assert.Contains("503", reported[chunks[20].Id]);
        Assert.Contains("no answer within 2 s (after 5 attempts)", reported[chunks[21].Id]);
        Assert.Contains("400", reported[chunks[23].Id]);
        Assert.Contains("no question in the answer 'Here are two questions:'", reported[chunks[24].Id]);
        Assert.Contains("dropped", reported[chunks[25].Id]);
        Assert.All(chunks.Where(chunk => !reported.ContainsKey(chunk.Id)), chunk =>
            Assert.Equal(chunk.Passage == chunks[13].Passage ? 1 : 2, dataset.Questions.Count(question => question.ChunkId == chunk.Id))
        );
        Assert.All(dataset.Questions, question =>
            Assert.True(question.Text.Contains("pump") || question.Text.Contains("水泵"), question.Text)
        );
        // The client makes no retries of its own.
        Assert.All(chunks, chunk => Assert.InRange(server.CallsAbout(chunk), 1, options.MaxAttempts));
        int[] least = [3, 3, 2, 3, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 2];
        Assert.All(chunks.Zip(least), pair => Assert.InRange(server.CallsAbout(pair.First), pair.Second, pair.Second + 2));
        Assert.Equal(server.Calls.Count, dataset.Usage.Requests);
    }

    [Fact]
    public async Task TheServerSaysHowLongToWait()
    {
        var (documents, chunks) = Make.Corpus(2, 2);
        using var server = new ChatServer(call =>
            call.Number switch
            {
                1 => ChatServer.Error(429, ("Retry-After", "0")),
                2 => ChatServer.Error(503, ("retry-after-ms", "5")),
                3 => ChatServer.Error(429, ("Retry-After", DateTimeOffset.UtcNow.AddSeconds(-1).ToString("R"))),
                _ => null,
            }
        );
        // With its own wait the run would not end in this test's life.
        var dataset = await AskAsync(server, Quick with { RetryDelay = TimeSpan.FromHours(1), MaxAttempts = 4 }, documents, chunks);
        Assert.Empty(dataset.Failed);
        Assert.Equal(4 * chunks.Count, server.Calls.Count);
    }

    [Fact]
    public async Task AnEndpointThatKnowsNoSchemaIsAskedWithout()
    {
        var (documents, chunks) = Make.Corpus();
        using var server = new ChatServer(call => call.HasSchema ? ChatServer.Error(400) : null);
        var dataset = await AskAsync(server, Quick, documents, chunks);
        Assert.Empty(dataset.Failed);
        Assert.Equal(2 * chunks.Count, dataset.Questions.Count);
        Assert.InRange(server.Calls.Count(call => call.HasSchema), 1, 2 * Quick.MaxConcurrency);

        using var able = new ChatServer(_ => null);
        await AskAsync(able, Quick, documents, chunks);
        Assert.All(able.Calls, call => Assert.True(call.HasSchema));
        using var unasked = new ChatServer(_ => null);
        await AskAsync(unasked, Quick with { StructuredOutput = false }, documents, chunks);
        Assert.All(unasked.Calls, call => Assert.False(call.HasSchema));
    }

    [Fact]
    public async Task ACancelledRunEndsWhileTheServerStalls()
    {
        var (documents, chunks) = Make.Corpus();
        using var stop = new CancellationTokenSource();
        using var server = new ChatServer(_ =>
        {
            stop.CancelAfter(20);
            return new Reply(200, []) { Delay = Stall };
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            QaDataset.CreateAsync(
                documents,
                chunks,
                server.Client(),
                Quick with
                {
                    RequestTimeout = TimeSpan.FromMinutes(5),
                },
                null,
                stop.Token
            )
        );
        Assert.InRange(server.Calls.Count, 1, Quick.MaxConcurrency);
    }

    [Fact]
    public async Task ABudgetStopsARunThatGoesOnLater()
    {
        var (documents, chunks) = Make.Corpus();
        using var folder = new ScratchFolder();
        using var server = new ChatServer(_ => null);
        // An answer uses 100 + 20 tokens; a call in flight counts with what it is expected to use, which is more.
        var options = Quick with
        {
            Journal = Path.Combine(folder.Path, "journal.jsonl"),
            TokenBudget = 3000,
            Price = new ModelPrice(1, 5, "EUR"),
        };
        var first = await AskAsync(server, options, documents, chunks);
        var answered = first.Usage.Requests;
        Assert.InRange(answered, 2, 24);
        Assert.Equal(new QuestionUsage(answered, 100 * answered, 20 * answered, 0.0002m * answered), first.Usage);
        Assert.Equal(answered, server.Calls.Count);
        Assert.Equal(chunks.Count - answered, first.Failed.Count);
        Assert.All(first.Failed, failed => Assert.Contains("budget of 3,000 tokens", failed.Reason));

        var money = await AskAsync(server, options with { TokenBudget = null, CostBudget = 0.002m }, documents, chunks);
        Assert.InRange(money.Usage.Cost!.Value, 0.0002m, 0.002m);
        Assert.Contains("budget of 0.002 EUR", money.Failed[0].Reason);

        var last = await AskAsync(server, options with { TokenBudget = null }, documents, chunks);
        Assert.Empty(last.Failed);
        Assert.All(chunks, chunk => Assert.Equal(1, server.CallsAbout(chunk)));
        using var other = new ChatServer(_ => null);
        Assert.Equal((await AskAsync(other, Quick, documents, chunks)).Questions, last.Questions);
    }
}
