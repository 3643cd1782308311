using System.Text.Json;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;
using CrossEncoders.Tests.LanguageModels;

namespace CrossEncoders.Tests.Questions;

/// <summary>Requests of a batch, and results in every form that comes back.</summary>
public sealed class QuestionBatchTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly DocumentCollection _documents;
    private readonly IReadOnlyList<Chunk> _chunks;

    public QuestionBatchTests() => (_documents, _chunks) = Make.Corpus(4, 3);

    public void Dispose() => _scratch.Dispose();

    private QaDatasetOptions Options =>
        new()
        {
            Journal = _scratch["journal.jsonl"],
            Seed = 7,
            MaxOutputTokens = 500,
        };

    private IReadOnlyList<string> Write(string folder = "batch") => QuestionBatches.Write(_chunks, "some-model", _scratch[folder], Options);

    private BatchAnswers Read(params string[] names) => QuestionBatches.Read(_chunks, names.Select(name => _scratch[name]), Options);

    private List<JsonElement> Requests(string folder = "batch") =>
        [
            .. Directory
                .GetFiles(_scratch[folder])
                .Order()
                .SelectMany(File.ReadLines)
                .Select(line => JsonDocument.Parse(line).RootElement.Clone()),
        ];

    private static string Id(JsonElement request) => request.GetProperty("custom_id").GetString()!;

    private static string Passage(JsonElement request) =>
        request.GetProperty("body").GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString()!;

    private static string Good(JsonElement request) => Result(Id(request), 200, Body(ScriptedChat.Answer(Passage(request))));

    private static string Body(string text) => System.Text.Encoding.UTF8.GetString(ChatServer.Says(text).Body);

    private static string Result(string id, int status, string body) =>
        "{\"id\":\"b1\",\"custom_id\":\""
        + id
        + "\",\"response\":{\"status_code\":"
        + status
        + ",\"request_id\":\"r\",\"body\":"
        + body
        + "},\"error\":null}";

    private static string Error(string id, string code) =>
        $$$"""{"id":"b1","custom_id":"{{{id}}}","response":null,"error":{"code":"{{{code}}}","message":"This request {{{code}}}."}}""";

    [Fact]
    public async Task ARequestIsTheOneThatARunSends()
    {
        var sent = new List<string>();
        using var server = new Hub.LoopbackServer(request =>
        {
            lock (sent)
                sent.Add(request.Body);
            return ChatServer.Says(
                ScriptedChat.Answer(
                    JsonDocument.Parse(request.Body).RootElement.GetProperty("messages")[1].GetProperty("content").GetString()!
                )
            );
        });
        using var client = LanguageModel.From(name =>
            name switch
            {
                "OPENAI_BASE_URL" => $"{server.Address}/v1",
                "OPENAI_API_KEY" => "key",
                "OPENAI_MODEL" => "some-model",
                _ => null,
            }
        )!;
        var files = Write();
        Assert.Equal("requests-00001.jsonl", Path.GetFileName(Assert.Single(files)));
        await QaDataset.CreateAsync(_documents, _chunks, client, Options with { Journal = null });
        var requests = Requests();
        Assert.Equal(_chunks.Count, requests.Count);
        Assert.All(requests, request =>
            Assert.Equal(
                ("POST", "/v1/chat/completions"),
                (request.GetProperty("method").GetString(), request.GetProperty("url").GetString())
            )
        );
        Assert.Equal(
            sent.Select(Plain).Order(),
            requests.Select(request => request.GetProperty("body").GetRawText()).Select(Plain).Order()
        );
        Assert.Equal(requests.Count, requests.Select(Id).Distinct().Count());

        // The same letters, whether escaped or not.
        static string Plain(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);
    }

    [Fact]
    public async Task ResultsInAnyOrderBecomeTheDataSetOfARun()
    {
        Write();
        var requests = Requests();
        File.WriteAllLines(_scratch["results.jsonl"], requests.AsEnumerable().Reverse().Select(Good));
        var answers = Read("results.jsonl");
        Assert.Equal((requests.Count, 0, 0, 0), (answers.Taken, answers.Known, answers.Unknown, answers.Missing));
        Assert.Equal((100L * requests.Count, 20L * requests.Count), (answers.InputTokens, answers.OutputTokens));
        var silent = new ScriptedChat((_, _, _) => throw new InvalidOperationException("nobody is asked"));
        var dataset = await QaDataset.CreateAsync(_documents, _chunks, silent, Options);
        var live = new ScriptedChat((passage, _, _) => Task.FromResult(ScriptedChat.Answer(passage)));
        var expected = await QaDataset.CreateAsync(_documents, _chunks, live, Options with { Journal = null });
        Assert.Equal(expected.Questions.Select(question => question.Text), dataset.Questions.Select(question => question.Text));
        Assert.Equal("tiny-1", dataset.Questions[0].Model);
        Assert.Empty(Write("again"));
    }

    [Fact]
    public void WhatFailedIsSaidAndAskedForAgain()
    {
        Write();
        var requests = Requests();
        string[] lines =
        [
            .. requests.Skip(6).Select(Good),
            Error(Id(requests[0]), "batch_expired"),
            Result(Id(requests[1]), 400, """{"error":{"message":"context too long, key sk-abcdefgh12345678"}}"""),
            Result(Id(requests[2]), 200, Body("I would rather not.")),
            Result(Id(requests[3]), 200, """{"choices":"none"}"""),
            $$"""{"custom_id":"{{Id(requests[4])}}"}""",
            Result("0123-4567", 200, Body("to another question")),
            Good(requests[6]), // once more
            "{\"id\":1}",
            "[]",
            Good(requests[5])[..50], // torn
        ];
        File.WriteAllLines(_scratch["results.jsonl"], lines);
        var answers = Read("results.jsonl");
        Assert.Equal((requests.Count - 6, 1, 1, 6), (answers.Taken, answers.Known, answers.Unknown, answers.Missing));
        Assert.Equal(8, answers.Failures.Count);
        void Says(string expected) => Assert.Single(answers.Failures, failure => failure.Contains(expected, StringComparison.Ordinal));
        Says("batch_expired: This request batch_expired.");
        Says("status 400: context too long, key [secret]");
        Says("no question in the answer 'I would rather not.'");
        Says("its answer cannot be read");
        Says("neither a response nor an error");
        Says($"line {lines.Length} of");
        Assert.Contains("6 missing; the first failure: ", answers.ToString());

        Assert.Contains("has requests already", Assert.Throws<CrossEncoderException>(() => Write()).Message);
        Assert.Single(Write("second"));
        Assert.Equal(requests.Take(6).Select(Id).Order(), Requests("second").Select(Id).Order());
        File.WriteAllLines(_scratch["second.jsonl"], Requests("second").Select(Good));
        var second = Read("results.jsonl", "second.jsonl");
        Assert.Equal((6, requests.Count - 5, 0), (second.Taken, second.Known, second.Missing));
        Assert.Equal(requests.Count, File.ReadLines(_scratch["journal.jsonl"]).Count());
    }

    [Fact]
    public void AnswersToOtherInstructionsAreNone()
    {
        Write();
        File.WriteAllLines(_scratch["results.jsonl"], Requests().Select(Good));
        var answers = QuestionBatches.Read(_chunks, [_scratch["results.jsonl"]], Options with { QuestionsPerChunk = 5 });
        Assert.Equal((0, _chunks.Count, _chunks.Count), (answers.Taken, answers.Unknown, answers.Missing));
    }

    [Fact]
    public void WhatIsNoResultIsRefused()
    {
        var requests = Write();
        string Message(Action action) => Assert.Throws<CrossEncoderException>(action).Message;
        Assert.Contains("holds the requests", Message(() => QuestionBatches.Read(_chunks, requests, Options)));
        Assert.Contains("no file", Message(() => Read("none.jsonl")));
        Assert.Contains("Journal", Message(() => QuestionBatches.Read(_chunks, requests, new())));
        Assert.Contains("Journal", Message(() => QuestionBatches.Write(_chunks, "m", _scratch["x"], new())));
        Assert.False(Directory.Exists(_scratch["x"]));
    }

    [Fact]
    public void ManyRequestsGoToSeveralFiles()
    {
        using var client = new BatchClient("m");
        BatchCall[] calls =
        [
            .. Enumerable.Range(0, 25).Select(i => new BatchCall(new CallOptions { Key = $"{i}", Subject = "s" }, StubChat.Question)),
        ];
        int[] Counts(string folder, int requests, long bytes) =>
            [.. BatchFiles.Write(_scratch[folder], client, calls, requests, bytes).Select(file => File.ReadLines(file).Count())];
        Assert.Equal([10, 10, 5], Counts("a", 10, long.MaxValue));
        var length = new FileInfo(Path.Combine(_scratch["a"], "requests-00002.jsonl")).Length;
        Assert.Equal([10, 10, 5], Counts("b", 100, length));
        Assert.All(Directory.GetFiles(_scratch["b"]), file => Assert.True(new FileInfo(file).Length <= length));
        Assert.Equal(25, Counts("c", 100, 1).Length); // one that is too large is alone
    }

    [Fact]
    public async Task GradesComeByBatchesToo()
    {
        TextPair[] pairs = [new("q1", "p1"), new("q2", "p2"), new("q1", "p1"), new("q3", "p3")];
        var silent = new ScriptedChat((_, _, _) => throw new InvalidOperationException("nobody is asked"));
        var judge = new Judge(silent, new() { Journal = _scratch["judge.jsonl"] });
        judge.WriteGradeBatch(pairs, "some-model", _scratch["grades"]);
        var requests = Requests("grades");
        Assert.Equal(3, requests.Count);
        File.WriteAllLines(
            _scratch["results.jsonl"],
            requests.Select((request, i) => Result(Id(request), 200, Body(i == 2 ? "hm" : $"{{\"grade\": {i + 1}}}")))
        );
        var answers = judge.ReadGradeBatch(pairs, [_scratch["results.jsonl"]]);
        Assert.Equal((2, 1), (answers.Taken, answers.Missing));
        Assert.Contains("no verdict in the answer 'hm'", Assert.Single(answers.Failures));
        Assert.Equal([1.0 / 3, 2.0 / 3, 1.0 / 3], await judge.GradeAsync(pairs[..3]));
        judge.WriteGradeBatch(pairs, "some-model", _scratch["rest"]);
        Assert.Equal(Id(requests[2]), Id(Assert.Single(Requests("rest"))));
        Assert.Contains("Journal", Assert.Throws<CrossEncoderException>(() => new Judge(silent).WriteGradeBatch(pairs, "m", "x")).Message);
    }

    [Fact]
    public void BatchesCostHalf() => Assert.Equal(new ModelPrice(0.5m, 2, "EUR"), new ModelPrice(1, 4, "EUR").InBatches());
}
