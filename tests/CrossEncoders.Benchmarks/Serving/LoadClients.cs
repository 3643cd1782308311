using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace CrossEncoders.Benchmarks.Serving;

/// <summary>Clients that send the load's requests, each the next one when it has the answer to the last.</summary>
internal sealed class LoadClients : IDisposable
{
    private readonly HttpClient _http;

    public LoadClients(Uri server)
    {
        _http = new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(30) })
        {
            BaseAddress = server,
            Timeout = TimeSpan.FromMinutes(10),
        };
    }

    /// <summary>How often each kind of request had each kind of answer.</summary>
    public ConcurrentDictionary<string, int> Answers { get; } = new();

    /// <summary>Answers that should not have been.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>Seconds of the requests that were served.</summary>
    public ConcurrentBag<double> Seconds { get; } = [];

    /// <summary>Documents that were scored for a client that waited.</summary>
    public int Documents => _documents;

    private int _documents;

    /// <summary>Sends requests <paramref name="first"/> to <paramref name="end"/> − 1 from so many clients.</summary>
    public Task Send(int first, int end, int clients, Func<int, LoadRequest> request)
    {
        var next = first - 1;
        return Task.WhenAll(
            Enumerable
                .Range(0, clients)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (Interlocked.Increment(ref next) is var number && number < end)
                            await Send(number, request(number));
                    })
                )
        );
    }

    /// <summary>The pairs that the server says wait.</summary>
    public async Task<int> Waiting()
    {
        using var json = JsonDocument.Parse(await _http.GetStringAsync(new Uri("/health", UriKind.Relative)));
        return json.RootElement.GetProperty("waiting_pairs").GetInt32();
    }

    public void Dispose() => _http.Dispose();

    private async Task Send(int number, LoadRequest request)
    {
        string answer;
        try
        {
            answer = request.Kind == LoadKind.CutOff ? await CutOff(request) : await Post(number, request);
        }
        catch (OperationCanceledException) when (request.Patience is not null)
        {
            answer = "given up";
        }
        catch (Exception error)
        {
            answer = error.GetBaseException().GetType().Name;
            Failures.Enqueue($"{request.Kind} {number}: {error.GetBaseException().Message}");
        }

        Answers.AddOrUpdate($"{request.Kind} {answer}", 1, (_, count) => count + 1);
    }

    private async Task<string> Post(int number, LoadRequest request)
    {
        using var patience = new CancellationTokenSource();
        if (request.Patience is { } milliseconds)
            patience.CancelAfter(milliseconds);
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri("/rerank", UriKind.Relative));
        message.Content = new ByteArrayContent(request.Body);
        message.Content.Headers.ContentType = new("application/json");
        message.Headers.ExpectContinue = request.Kind == LoadKind.TooLarge; // else the refusal races with the rest of the body
        var clock = Stopwatch.StartNew();
        using var response = await _http.SendAsync(message, patience.Token);
        var text = await response.Content.ReadAsStringAsync(patience.Token);
        var seconds = clock.Elapsed.TotalSeconds;
        var status = (int)response.StatusCode;
        var problem = !request.Allows(status) ? $"the status {status}" : Problem(text, status, request);
        if (problem is not null)
            Failures.Enqueue($"{request.Kind} {number}: {problem}: {(text.Length > 300 ? text[..300] : text)}");
        if (status == 200)
        {
            Seconds.Add(seconds);
            Interlocked.Add(ref _documents, request.Documents);
        }

        return status.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>What is wrong with an answer; null for nothing.</summary>
    private static string? Problem(string text, int status, LoadRequest request)
    {
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        if (status != 200)
            return root.TryGetProperty("error", out _) ? null : "a refusal without an error";
        var isTei = root.ValueKind == JsonValueKind.Array;
        var results = (isTei ? root : root.GetProperty("results")).EnumerateArray().ToArray();
        float[] scores = [.. results.Select(result => result.GetProperty(isTei ? "score" : "relevance_score").GetSingle())];
        var indices = results.Select(result => result.GetProperty("index").GetInt32()).Order();
        return !indices.SequenceEqual(Enumerable.Range(0, request.Documents)) ? "not every document once"
            : scores.Zip(scores.Skip(1)).Any(two => !(two.First >= two.Second)) ? "scores that do not fall"
            : null;
    }

    /// <summary>Half a request, and then nothing.</summary>
    private async Task<string> CutOff(LoadRequest request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_http.BaseAddress!.Host, _http.BaseAddress.Port);
        var stream = socket.GetStream();
        var head =
            $"POST /rerank HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {request.Body.Length}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        await stream.WriteAsync(request.Body.AsMemory(0, request.Body.Length / 2));
        return "cut off";
    }
}
