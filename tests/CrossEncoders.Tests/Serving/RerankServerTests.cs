using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RerankServer;

namespace CrossEncoders.Tests.Serving;

/// <summary>The server over loopback, with a scorer whose logit is the number that a document begins with.</summary>
public sealed class RerankServerTests
{
    [Fact]
    public async Task DocumentsComeBackInOrderInTheShapeOfCohereAndJina()
    {
        await using var server = await LoopbackServer.Start(new Numbers());
        var answer = await server.Post(
            """{"query":"q","documents":["1 a",{"text":"3 b","id":7},"2 c"],"top_n":2,"return_documents":true}"""
        );
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var results = answer.Json.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal([1, 2], results.Select(result => result.GetProperty("index").GetInt32()));
        Assert.Equal(1 / (1 + MathF.Exp(-3)), results[0].GetProperty("relevance_score").GetSingle(), 1e-6);
        Assert.Equal(7, results[0].GetProperty("document").GetProperty("id").GetInt32());
        Assert.Equal("2 c", results[1].GetProperty("document").GetProperty("text").GetString());
    }

    [Fact]
    public async Task TextsComeBackInTheShapeOfTei()
    {
        await using var server = await LoopbackServer.Start(new Numbers());
        var answer = await server.Post("""{"query":"q","texts":["1","2"],"raw_scores":true,"return_text":true}""");
        var first = answer.Json.EnumerateArray().First();
        Assert.Equal(
            (1, 2f, "2"),
            (first.GetProperty("index").GetInt32(), first.GetProperty("score").GetSingle(), first.GetProperty("text").GetString())
        );
        var wrong = await server.Post("""{"query":"q","texts":[]}""");
        Assert.Equal("Validation", wrong.Json.GetProperty("error_type").GetString());
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "expected an object")]
    [InlineData("""{"query":"q"}""", "no documents")]
    [InlineData("""{"documents":["a"]}""", "no query")]
    [InlineData("""{"query":"q","documents":"a"}""", "expected a list")]
    [InlineData("""{"query":"q","documents":["1",5]}""", "documents[1]")]
    [InlineData("""{"query":"q","documents":["1"],"top_n":0}""", "'top_n' is 0")]
    [InlineData("""{"query":"q","documents":["1"],"return_documents":"yes"}""", "expected true or false")]
    [InlineData("""{"query":"q","documents":["1","2","3","4","5","6"]}""", "5 at most")]
    [InlineData("""{"query":"q","documents":["12345678901"]}""", "11 characters")]
    [InlineData("""{"query":"q","documents":["\ud83d"]}""", "half a character")]
    [InlineData("""{"query":"q","documents":[{"text":"1","by":"\ud83d"}],"return_documents":true}""", "half a character")]
    public async Task WhatIsWrongIsSaidWithoutATrace(string body, string expected)
    {
        await using var server = await LoopbackServer.Start(new Numbers(), new() { MaxDocuments = 5, MaxCharacters = 10 });
        var answer = await server.Post(body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(expected, answer.Json.GetProperty("message").GetString());
        Assert.Equal(400, answer.Json.GetProperty("error").GetProperty("code").GetInt32());
        Assert.DoesNotContain("   at ", answer.Json.GetRawText());
    }

    [Theory]
    [InlineData("GET", "rerank", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "reranks", HttpStatusCode.NotFound)]
    public async Task WhereNothingIsItSaysWhatThereIs(string method, string path, HttpStatusCode expected)
    {
        await using var server = await LoopbackServer.Start(new Numbers());
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new(method), new Uri(server.Address, path));
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(
            $"There is no {method} /{path}; expected POST /rerank, GET /health or GET /info.",
            json.GetProperty("message").GetString()
        );
    }

    [Theory]
    [InlineData("""{"query":"q","texts":["\ud83d"]}""", "half a character")]
    [InlineData("""{"query":"\ud83d","texts":["1"]}""", "half a character")]
    [InlineData("""{"query":"q","texts":["1",5]}""", "texts[1]")]
    [InlineData("""{"query":"q","texts":["1"],"raw_scores":1}""", "expected true or false")]
    public async Task WhatIsWrongInTeisShapeIsSaidInIt(string body, string expected)
    {
        await using var server = await LoopbackServer.Start(new Numbers());
        var answer = await server.Post(body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(expected, answer.Json.GetProperty("error").GetString());
        Assert.Equal("Validation", answer.Json.GetProperty("error_type").GetString());
    }

    [Fact]
    public async Task ADocumentAsDeepAsABodyMayBeComesBackAsItWas()
    {
        await using var server = await LoopbackServer.Start(new Numbers());
        var document = $$"""{"text":"1 水","deep":{{new string('[', 61)}}{{new string(']', 61)}}}""";
        var answer = await server.Post($$"""{"query":"q","return_documents":true,"documents":[{{document}}]}""");
        Assert.Equal(document, answer.Json.GetProperty("results")[0].GetProperty("document").GetRawText());
    }

    [Fact]
    public async Task AScorerThatFailsIsAnErrorOfTheServerAndTheNextRequestWorks()
    {
        await using var server = await LoopbackServer.Start(new Numbers());
        var answer = await server.Post("""{"query":"q","documents":["x"]}""");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Equal("No number in 'x'.", answer.Json.GetProperty("message").GetString());
        Assert.Equal(HttpStatusCode.OK, (await server.Post("""{"query":"q","documents":["1"]}""")).Status);
    }

    [Fact]
    public async Task LongDocumentsAreCutToTheTokensAskedFor()
    {
        var scorer = new Numbers();
        await using var server = await LoopbackServer.Start(scorer);
        await server.Post("""{"query":"q","documents":["1 two three four five six seven"],"max_tokens_per_doc":3}""");
        var read = Assert.Single(scorer.Read).Passage;
        Assert.StartsWith("1 two", read);
        Assert.InRange(LoopbackServer.Tokenizer.Value.CountTokens(read), 1, 3);
    }

    [Fact]
    public async Task WaitingRequestsShareABatchAndOneGivenUpIsNotScored()
    {
        var scorer = new Numbers { Gate = new(false) };
        await using var server = await LoopbackServer.Start(scorer);
        var first = server.Post("""{"query":"first","documents":["1"]}""");
        await Until(() => scorer.Calls == 1);
        using var given = new CancellationTokenSource();
        var lost = server.Post("""{"query":"lost","documents":["1","2"]}""", given.Token);
        await Until(() => server.Waiting == 3);
        var others = Enumerable.Range(0, 4).Select(i => server.Post($$"""{"query":"{{i}}","documents":["{{i}}"]}""")).ToArray();
        await Until(() => server.Waiting == 7);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);
        await Task.Delay(200, TestContext.Current.CancellationToken); // for the server to hear of it
        scorer.Gate.Set();
        Assert.Equal(HttpStatusCode.OK, (await first).Status);
        Assert.All(await Task.WhenAll(others), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(2, scorer.Calls);
        Assert.DoesNotContain(scorer.Read, pair => pair.Query == "lost");
    }

    [Fact]
    public async Task WhatIsTooMuchIsRefusedAndNothingIsLost()
    {
        var scorer = new Numbers { Gate = new(false) };
        await using var server = await LoopbackServer.Start(scorer, new() { MaxWaitingPairs = 2 });
        var first = server.Post("""{"query":"first","documents":["1"]}""");
        await Until(() => scorer.Calls == 1);
        var second = server.Post("""{"query":"second","documents":["1"]}""");
        await Until(() => server.Waiting == 2);
        var third = await server.Post("""{"query":"third","documents":["1"]}""");
        Assert.Equal(HttpStatusCode.TooManyRequests, third.Status);
        Assert.Equal("1", third.RetryAfter);
        scorer.Gate.Set();
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], (await Task.WhenAll(first, second)).Select(answer => answer.Status));
        Assert.Equal(0, server.Waiting);
    }

    /// <summary>Sixteen clients, some of which give up or send nonsense: every other answer is right, nothing stays behind.</summary>
    [Fact]
    public async Task UnderLoadEveryAnswerIsItsOwn()
    {
        await using var server = await LoopbackServer.Start(new Numbers());
        var wrong = 0;
        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, end) =>
        {
            if (i % 10 == 3)
                Interlocked.Add(ref wrong, (await server.Post("{nonsense", end)).Status == HttpStatusCode.BadRequest ? 0 : 1);
            else if (i % 10 == 6)
            {
                using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(i % 7));
                await Task.WhenAny(server.Post(Body(i), soon.Token)); // answered or given up
            }
            else
            {
                var answer = await server.Post(Body(i), end);
                var best = answer.Json.GetProperty("results")[0].GetProperty("index").GetInt32();
                Interlocked.Add(ref wrong, best == i % 20 ? 0 : 1);
            }
        });
        Assert.Equal(0, wrong);
        await Until(() => server.Waiting == 0);

        static string Body(int i) =>
            JsonSerializer.Serialize(
                new { query = $"{i}", documents = Enumerable.Range(0, 20 + i % 80).Select(j => j == i % 20 ? "9 best" : $"{j % 8} other") }
            );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(400)]
    [InlineData(int.MaxValue)]
    public void ABeginningIsTheLongestThatHasSoManyTokens(int tokens)
    {
        var tokenizer = LoopbackServer.Tokenizer.Value;
        var model = new LoadedModel("numbers", new Numbers(), Logistic.SigmoidSingle, tokenizer);
        var words = string.Join(' ', Enumerable.Range(0, 900).Select(i => $"{i} internationalization"));
        foreach (var text in (string[])["", "a", "word ", words, words.Replace(" ", "", StringComparison.Ordinal)])
        {
            var beginning = model.Beginning(text, tokens);
            Assert.StartsWith(beginning, text, StringComparison.Ordinal);
            Assert.InRange(tokenizer.CountTokens(beginning), 0, tokens);
            if (beginning.Length < text.Length)
                Assert.True(tokenizer.CountTokens(text[..(beginning.Length + 1)]) > tokens);
        }
    }

    [Fact]
    public async Task TheEmbeddedModelServesWhatItScores()
    {
        using var model = LoadedModel.Of(new() { Model = ModelFolder.Shipped("cross-encoder-small-enzh") });
        await using var server = await LoopbackServer.Start(model.Scorer, name: model.Name);
        var answer = await server.Post("""{"query":"Where do penguins live?","texts":["In the south.","Bread."],"raw_scores":true}""");
        var expected = model.Scorer.Score([new("Where do penguins live?", "In the south."), new("Where do penguins live?", "Bread.")]);
        foreach (var result in answer.Json.EnumerateArray())
            Assert.Equal(expected[result.GetProperty("index").GetInt32()], result.GetProperty("score").GetSingle(), 1e-5);
    }

    private static async Task Until(Func<bool> holds)
    {
        for (var i = 0; i < 6000 && !holds(); i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.True(holds());
    }
}
