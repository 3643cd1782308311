using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Serving;

/// <summary>A server's re-ranker as a scorer, asked over loopback.</summary>
public sealed class RerankEndpointTests
{
    private static readonly TextPair[] Pairs = [new("a", "3 x"), new("a", "1 y"), new("a", "2 z"), new("b", "5"), new("a", "4")];

    [Theory]
    [InlineData(RerankInterface.Tei, 32, 3)]
    [InlineData(RerankInterface.Tei, 2, 4)]
    [InlineData(RerankInterface.Cohere, 32, 3)]
    public async Task ScoresComeBackInTheOrderOfThePairs(RerankInterface spoken, int batchSize, int requests)
    {
        var scorer = new Numbers();
        await using var server = await LoopbackServer.Start(scorer);
        using var endpoint = new RerankEndpoint(server.Address, new() { Interface = spoken, BatchSize = batchSize });
        var scores = endpoint.Score(Pairs, cancellation: TestContext.Current.CancellationToken);
        float[] logits = [3, 1, 2, 5, 4];
        Assert.Equal(spoken == RerankInterface.Tei ? logits : [.. logits.Select(Logistic.SigmoidSingle)], scores);
        Assert.Equal(Pairs, scorer.Read);
        Assert.Equal(requests, scorer.Calls);
        Assert.Equal(server.Address.Authority, endpoint.Name);
    }

    [Fact]
    public async Task ARunningEndpointIsVerifiedAgainstTheCheckpoint()
    {
        using var model = ModelFolder.Load(Shared.Path("golden/models/bert"));
        await using var server = await LoopbackServer.Start(model);
        using var endpoint = new RerankEndpoint(server.Address);
        InputExample[] examples =
        [
            .. Enumerable.Range(0, 12).Select(i => new InputExample([$"question {i / 4}?", $"passage {i}"], i % 4 == 0 ? 1 : 0)),
        ];
        var quality = ServedQuality.Verify(endpoint, model, examples, TestContext.Current.CancellationToken);
        Assert.Equal((1, 1), (quality.NdcgShare, quality.KendallTau));
        Assert.InRange(quality.LargestDifference, 0, 1e-5);
    }

    [Fact]
    public async Task ABusyServerIsAskedAgainAndARefusalIsSaid()
    {
        var gate = new ManualResetEventSlim(false);
        var scorer = new Numbers { Gate = gate };
        await using var server = await LoopbackServer.Start(scorer, new() { MaxWaitingPairs = 1, MaxDocuments = 2 });
        using var endpoint = new RerankEndpoint(server.Address);
        var first = Task.Run(() => endpoint.Score(Pairs[..1]));
        SpinWait.SpinUntil(() => server.Waiting == 1, TimeSpan.FromSeconds(30));
        using var given = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Assert.ThrowsAny<OperationCanceledException>(() => endpoint.Score(Pairs[1..2], null, given.Token)); // it waits for its turn
        var second = Task.Run(() => endpoint.Score(Pairs[1..2]));
        gate.Set();
        Assert.Equal(
            [
                [3f],
                [1f],
            ],
            await Task.WhenAll(first, second)
        );
        var error = Assert.Throws<CrossEncoderException>(() => endpoint.Score(Pairs[..3]));
        Assert.Contains("refuses with status 400", error.Message);
        Assert.Contains("2 at most", error.Message);
    }

    [Fact]
    public async Task WhatIsNotARerankingServerIsNamed()
    {
        await using var server = await LoopbackServer.Start(new Numbers());
        using var elsewhere = new RerankEndpoint(new(server.Address, "/health"));
        Assert.Contains("refuses with status 405", Refused(elsewhere));
        await server.DisposeAsync();
        using var gone = new RerankEndpoint(server.Address);
        Assert.Contains("cannot be reached", Refused(gone));
        Assert.Contains(
            "BatchSize is 0",
            Assert.Throws<CrossEncoderException>(() => new RerankEndpoint(server.Address, new() { BatchSize = 0 })).Message
        );

        static string Refused(RerankEndpoint endpoint) => Assert.Throws<CrossEncoderException>(() => endpoint.Score(Pairs)).Message;
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("{}")]
    [InlineData("""[{"index": 9, "score": 1}]""")]
    [InlineData("""[{"index": 1.5, "score": 1}]""")]
    [InlineData("""[{"index": 0, "score": 1}, {"index": 0, "score": 2}]""")]
    [InlineData("""[{"index": 0}]""")]
    [InlineData("""[{"index": 0, "score": "high"}]""")]
    public void AnAnswerOfAnotherShapeIsRefused(string answer)
    {
        using var client = new HttpClient(new Fixed(answer));
        using var endpoint = new RerankEndpoint(new("http://server/rerank"), null, client);
        Assert.Contains("does not answer as Tei does", Assert.Throws<CrossEncoderException>(() => endpoint.Score(Pairs[..1])).Message);
    }

    [Theory]
    [InlineData("rerank")]
    [InlineData("ftp://server/rerank")]
    public void AnAddressThatIsNotOnTheWebIsRefused(string address)
    {
        var error = Assert.Throws<CrossEncoderException>(() => new RerankEndpoint(new(address, UriKind.RelativeOrAbsolute)));
        Assert.Contains($"The address is '{address}'", error.Message);
    }

    [Fact]
    public void ADocumentWithoutAScoreIsRefused()
    {
        using var client = new HttpClient(new Fixed("""[{"index": 0, "score": 1}]"""));
        using var endpoint = new RerankEndpoint(new("http://server/rerank"), null, client);
        Assert.Contains(
            "http://server/rerank has no score for document 2 of 3",
            Assert.Throws<CrossEncoderException>(() => endpoint.Score(Pairs[..3])).Message
        );
    }

    [Fact]
    public void ASilentServerIsNoCancellation()
    {
        using var client = new HttpClient(new Silent()) { Timeout = TimeSpan.FromMilliseconds(100) };
        using var endpoint = new RerankEndpoint(new("http://server/rerank"), null, client);
        var error = Assert.Throws<CrossEncoderException>(() => endpoint.Score(Pairs[..1]));
        Assert.Contains("http://server/rerank has not answered", error.Message);
        Assert.Contains("Timeout of 0.1 seconds", error.Message);
        using var given = new CancellationTokenSource(TimeSpan.FromMilliseconds(10));
        using var patient = new HttpClient(new Silent());
        using var cancelled = new RerankEndpoint(new("http://server/rerank"), null, patient);
        Assert.ThrowsAny<OperationCanceledException>(() => cancelled.Score(Pairs[..1], null, given.Token));
    }

    private sealed class Silent : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            cancellationToken.WaitHandle.WaitOne();
            throw new OperationCanceledException(cancellationToken);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class Fixed(string answer) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            new() { Content = new StringContent(answer) };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));
    }
}
