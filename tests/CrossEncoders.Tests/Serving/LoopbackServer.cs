using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CrossEncoders.Tokenization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RerankServer;

namespace CrossEncoders.Tests.Serving;

/// <summary>Its logit is the digit that a document begins with.</summary>
internal sealed class Numbers : IPassageScorer
{
    private int _calls;

    public ManualResetEventSlim Gate { get; init; } = new(true);

    public List<TextPair> Read { get; } = [];

    public int Calls => Volatile.Read(ref _calls);

    public string Name => "numbers";

    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        Read.AddRange(pairs);
        Interlocked.Increment(ref _calls);
        Gate.Wait(cancellation);
        return
        [
            .. pairs.Select(pair =>
                char.IsAsciiDigit(pair.Passage[0])
                    ? pair.Passage[0] - '0'
                    : throw new CrossEncoderException($"No number in '{pair.Passage}'.")
            ),
        ];
    }
}

internal sealed record Reply(HttpStatusCode Status, JsonElement Json, string? RetryAfter);

/// <summary>A server over loopback with a client.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Deep = new() { MaxDepth = 128 };

    private readonly WebApplication _app;
    private readonly HttpClient _client;

    /// <summary>The embedded model's.</summary>
    public static readonly Lazy<TextTokenizer> Tokenizer = new(() => TextTokenizer.Load(ModelFolder.Shipped("cross-encoder-small-enzh")));

    private LoopbackServer(WebApplication app) => (_app, _client) = (app, new() { BaseAddress = new(app.Urls.First()) });

    public Uri Address => new(_client.BaseAddress!, "/rerank");

    public int Waiting => _app.Services.GetRequiredService<RequestBatcher>().Pairs;

    public static async Task<LoopbackServer> Start(IPassageScorer scorer, ServerSettings? settings = null, string name = "numbers")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddReranking(settings ?? new(), () => new(name, scorer, Logistic.SigmoidSingle, Tokenizer.Value));
        var app = builder.Build();
        app.MapReranking();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    public async Task<Reply> Post(string body, CancellationToken cancellation = default)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync(new Uri("/rerank", UriKind.Relative), content, cancellation);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Deep, CancellationToken.None);
        return new(answer.StatusCode, json, answer.Headers.RetryAfter?.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
