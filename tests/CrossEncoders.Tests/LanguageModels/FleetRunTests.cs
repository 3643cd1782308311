using CrossEncoders.Chunking;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;

namespace CrossEncoders.Tests.LanguageModels;

/// <summary>Questions over servers on loopback, named by the settings of one endpoint.</summary>
public sealed class FleetRunTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static Microsoft.Extensions.AI.IChatClient From(string url, string key = "key", string model = "tiny") =>
        LanguageModel.From(name =>
            name switch
            {
                "OPENAI_BASE_URL" => url,
                "OPENAI_API_KEY" => key,
                "OPENAI_MODEL" => model,
                _ => null,
            }
        )!;

    private QaDatasetOptions Options =>
        new()
        {
            MaxConcurrency = 4,
            RetryDelay = TimeSpan.FromMilliseconds(1),
            Journal = _scratch["journal.jsonl"],
        };

    /// <summary>One is overloaded from time to time, one dies in the middle, one is well: nothing is lost, nothing asked twice.</summary>
    [Fact]
    public async Task ARunSurvivesABusyAndADyingEndpoint()
    {
        var (documents, chunks) = Make.Corpus(20, 6);
        var dead = false;
        using var busy = new ChatServer(call =>
            call.Number == 1 && Chunk.HashOf(call.Passage)[0] < '4' ? ChatServer.Error(429, ("retry-after-ms", "30")) : null
        );
        var deaths = 0;
        using var dying = new ChatServer(_ =>
            dead ? ChatServer.Error(500) with { HangsUp = Interlocked.Increment(ref deaths) % 2 == 0 } : null
        );
        using var well = new ChatServer(_ => null);
        using var fleet = (ModelFleet)From($"{busy.Address} 2; {dying.Address}; {well.Address}");
        var progress = new Seen(done => dead |= done > 20);
        var dataset = await QaDataset.CreateAsync(documents, chunks, fleet, Options, progress, TestContext.Current.CancellationToken);
        Assert.Empty(dataset.Failed);
        var hashes = chunks.Select(chunk => chunk.Hash).Distinct().Order().ToList();
        var lines = File.ReadAllLines(_scratch["journal.jsonl"]);
        Assert.Equal(hashes.Count, lines.Length);
        Assert.Equal(hashes, AnswerJournal.Read(_scratch["journal.jsonl"]).Answers.Keys.Order());
        Assert.All((ChatServer[])[busy, dying, well], server => Assert.NotEmpty(server.Calls));
        Assert.True(deaths is > 0 and < 40, $"a dead endpoint was asked {deaths} times");

        var before = well.Calls.Count + busy.Calls.Count;
        await QaDataset.CreateAsync(documents, chunks, fleet, Options, null, TestContext.Current.CancellationToken);
        Assert.Equal(before, well.Calls.Count + busy.Calls.Count);
    }

    [Fact]
    public async Task AJudgeAsksAFleetToo()
    {
        using var one = new ChatServer(_ => ChatServer.Says("""{"grade": 3}"""));
        using var two = new ChatServer(_ => ChatServer.Error(503));
        using var fleet = From($"{one.Address};{two.Address}");
        TextPair[] pairs = [.. Enumerable.Range(0, 30).Select(i => new TextPair($"q{i}", "p"))];
        var grades = await new Judge(fleet, new() { RetryDelay = TimeSpan.FromMilliseconds(1) }).GradeAsync(pairs);
        Assert.Equal(Enumerable.Repeat<double?>(1, 30), grades);
    }

    [Fact]
    public void KeysAndModelsAreOneForAllOrOneForEach()
    {
        using var same = (ModelFleet)From("http://a/v1; http://b/v1 2.5;", "k;", "m");
        Assert.Equal(["http://a/v1", "http://b/v1"], same.States.Select(state => state.Name));
        Assert.Equal("m", ModelCalls.NameOf(same));
        using var each = (ModelFleet)From("http://a/v1;http://b/v1", "k1;k2", "m1;m2");
        Assert.Equal("m1", ModelCalls.NameOf(each));
        using var single = From("http://a/v1", "k;1", "m;1");
        Assert.Equal("m;1", ModelCalls.NameOf(single)); // a setting of one endpoint is as it is
    }

    [Theory]
    [InlineData("http://a/v1;http://b/v1;http://c/v1", "k1;k2", "m", "OPENAI_API_KEY has 2 parts for 3 addresses")]
    [InlineData("http://a/v1;http://b/v1", "k", "m1;m2;m3", "OPENAI_MODEL has 3 parts for 2 addresses")]
    [InlineData("http://a/v1 two;http://b/v1", "k", "m", "names 'http://a/v1 two'")]
    [InlineData("http://a/v1 1 2;http://b/v1", "k", "m", "names 'http://a/v1 1 2'")]
    [InlineData("http://a/v1 0;http://b/v1", "k", "m", "the weight 0")]
    [InlineData("http://a/v1;ftp://b", "k", "m", "found 'ftp://b'")]
    [InlineData(";", "k", "m", "at least one endpoint")]
    public void SettingsThatDoNotFitAreShown(string url, string key, string model, string expected) =>
        Assert.Contains(expected, Assert.Throws<CrossEncoderException>(() => From(url, key, model)).Message);

    private sealed class Seen(Action<long> report) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => report(value.Done);
    }
}
