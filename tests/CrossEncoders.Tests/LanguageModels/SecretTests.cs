using System.Text;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;
using CrossEncoders.Tests.Hub;

namespace CrossEncoders.Tests.LanguageModels;

/// <summary>Keys stay out of messages, journals and reports, whatever a server echoes.</summary>
public sealed class SecretTests
{
    private const string Key = "abc-secret-123";

    private static readonly QaDatasetOptions Quick = new() { RetryDelay = TimeSpan.FromMilliseconds(1), MaxAttempts = 2 };

    private static Reply Echo(int status, string text) =>
        new(status, Encoding.UTF8.GetBytes($$$"""{"error":{"message":"{{{text}}}"}}"""), ("Content-Type", "application/json"));

    [Theory]
    [InlineData(401, "Incorrect API key provided: " + Key)]
    [InlineData(404, "no model for Bearer " + Key)]
    public async Task AKeyEchoedByARefusalIsNotInTheMessage(int status, string body)
    {
        var (documents, chunks) = Make.Corpus(2, 2);
        using var server = new ChatServer(_ => Echo(status, body));
        var error = await Assert.ThrowsAsync<CrossEncoderException>(() =>
            QaDataset.CreateAsync(documents, chunks, server.Client(Key), Quick)
        );
        Assert.DoesNotContain(Key, error.ToString());
        Assert.Contains("[secret]", error.Message);
        var judged = await Assert.ThrowsAsync<CrossEncoderException>(() =>
            new Judge(server.Client(Key)).GradeAsync([new TextPair("q", "p")])
        );
        Assert.DoesNotContain(Key, judged.ToString());
        var rag = new RagPipeline(new Bm25Retriever([new("a", "dome")]), server.Client(Key));
        Assert.DoesNotContain(Key, (await Assert.ThrowsAsync<CrossEncoderException>(() => rag.AskAsync("dome?"))).ToString());
    }

    [Fact]
    public async Task AKeyEchoedByErrorsAndAnswersIsInNoReportAndNoJournal()
    {
        var (documents, chunks) = Make.Corpus(2, 2);
        using var folder = new ScratchFolder();
        using var server = new ChatServer(call =>
            call.Passage == chunks[0].Passage ? Echo(500, $"key={Key} is overloaded")
            : call.Passage == chunks[1].Passage ? ChatServer.Says($"Who are you, {Key}")
            : ChatServer.Says(ScriptedChat.Answer(call.Passage).Replace("pump stop", $"pump {Key} stop"))
        );
        var options = Quick with { Journal = folder["journal.jsonl"] };
        var dataset = await QaDataset.CreateAsync(documents, chunks, server.Client(Key), options);
        Assert.Equal(2, dataset.Failed.Count);
        Assert.All(dataset.Failed, failed => Assert.DoesNotContain(Key, failed.Reason));
        Assert.All(dataset.Questions, question => Assert.DoesNotContain(Key, question.Text));
        Assert.DoesNotContain(Key, await File.ReadAllTextAsync(folder["journal.jsonl"]));
    }

    [Fact]
    public async Task AServersWaitIsHeededThoughItsErrorIsReworded()
    {
        var (documents, chunks) = Make.Corpus(1, 1);
        using var server = new ChatServer(call =>
            call.Number == 1 ? Echo(429, Key) with { Headers = [("Retry-After", "0"), ("Content-Type", "application/json")] } : null
        );
        // With its own wait this test would not end.
        await QaDataset.CreateAsync(documents, chunks, server.Client(Key), Quick with { RetryDelay = TimeSpan.FromHours(1) });
        Assert.Equal(chunks.Count * 2, server.Calls.Count);
    }

    [Fact]
    public async Task AStreamsErrorIsRewordedToo()
    {
        using var client = new SecretClient(new StubChat(_ => ""), Key);
        var error = await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            await foreach (var _ in client.GetStreamingResponseAsync(StubChat.Question))
                Assert.Fail("nothing was to come");
        });
        Assert.Equal("a stream of [secret]", error.Message);
    }

    [Theory]
    [InlineData("Authorization: Bearer 12345abcdef", "12345abcdef")]
    [InlineData("{\"api_key\": \"a1b2c3d4\"}", "a1b2c3d4")]
    [InlineData("api-key=a1b2c3d4&x", "a1b2c3d4")]
    [InlineData("provided sk-proj-Abc123_def456ghi", "Abc123")]
    [InlineData("hf_abcdefgh1234 is unknown", "abcdefgh1234")]
    [InlineData("connecting to http://me:hunter2@host:8080/v1 failed", "hunter2")]
    public void SecretsAreKnownByTheirLook(string text, string secret) => Assert.DoesNotContain(secret, Secrets.Without(text));

    [Theory]
    [InlineData("The key 'dome' is not set; the password is wrong.")]
    [InlineData("no such key: authorization failed")]
    [InlineData("Connection refused (localhost:8080)")]
    [InlineData("http://localhost:8080/v1/chat@2")]
    [InlineData("the basic settings and the bearer of the token")]
    public void OtherWordsStay(string text) => Assert.Equal(text, Secrets.Without(text));

    [Theory]
    [InlineData("a/b+c=d", "sent a%2Fb%2Bc%3Dd")]
    [InlineData("quo\"te1", "sent quo\\u0022te1")]
    [InlineData("plain-key", "sent plain-key!")]
    public void AKnownKeyIsFoundHoweverItIsSpelt(string key, string text) => Assert.StartsWith("sent [secret]", Secrets.Without(text, key));

    [Theory]
    [InlineData("key", false)]
    [InlineData("ollama", false)]
    [InlineData("not-needed", false)]
    [InlineData("k3y-0f-mine", true)]
    [InlineData("sk-proj-abcdefgh", true)]
    public void KeysThatMayBeWordsAreLeftInAnswers(string key, bool isUnmistakable)
    {
        Assert.Equal(isUnmistakable, Secrets.IsUnmistakable(key));
        Assert.Equal("the key fits", Secrets.Without("the key fits", "key"));
    }

    [Fact]
    public void APasswordInTheAddressIsNotShown()
    {
        var error = Assert.Throws<CrossEncoderException>(() =>
            LanguageModel.From(name =>
                name == "OPENAI_BASE_URL" ? "ftp://me:hunter2@host/v1"
                : name == "LOCAL_MODEL" ? null
                : "x"
            )
        );
        Assert.DoesNotContain("hunter2", error.ToString());
    }
}
