using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CrossEncoders.Tests.Hub;

/// <summary>A request as it arrived.</summary>
internal sealed record Request(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The body, read as UTF-8; empty without a Content-Length.</summary>
    public string Body { get; init; } = "";

    /// <summary>The first byte a Range header asks for; 0 without one.</summary>
    public long From => Headers.TryGetValue("range", out var range) ? long.Parse(range["bytes=".Length..^1]) : 0;
}

/// <summary>What is sent back, honest or not.</summary>
internal sealed record Reply(int Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    /// <summary>The Content-Length that is claimed; null for none (the end of the connection ends the body).</summary>
    public long? Claimed { get; init; } = Body.Length;

    /// <summary>After how many bytes of the body the connection breaks off.</summary>
    public int BreakAfter { get; init; } = int.MaxValue;

    /// <summary>How long nothing is sent.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Whether the connection is closed without a word.</summary>
    public bool HangsUp { get; init; }

    /// <summary>Whether the connection stays open and silent after the body.</summary>
    public bool Silent { get; init; }
}

/// <summary>An HTTP/1.1 server on loopback that can also misbehave.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Request, Reply> _answer;

    public LoopbackServer(Func<Request, Reply> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = $"http://{_listener.LocalEndpoint}";
        _ = AcceptAsync();
    }

    public string Address { get; }

    public ConcurrentQueue<Request> Requests { get; } = new();

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                if (await ReadAsync(stream) is not { } request)
                    return;
                Requests.Enqueue(request);
                var reply = _answer(request);
                await Task.Delay(reply.Delay, _stop.Token);
                if (reply.HangsUp)
                    return;
                var head = new StringBuilder($"HTTP/1.1 {reply.Status} Answer\r\nConnection: close\r\n");
                if (reply.Claimed is { } length)
                    head.Append($"Content-Length: {length}\r\n");
                foreach (var (name, value) in reply.Headers)
                    head.Append($"{name}: {value}\r\n");
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()));
                if (request.Method != "HEAD")
                    await stream.WriteAsync(reply.Body.AsMemory(0, Math.Min(reply.BreakAfter, reply.Body.Length)));
                await stream.FlushAsync();
                if (reply.Silent)
                    await Task.Delay(Timeout.Infinite, _stop.Token);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                // the client went away, or the test is over
            }
        }
    }

    private static async Task<Request?> ReadAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true); // one character a byte
        if (await reader.ReadLineAsync() is not { } first)
            return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
            headers[line.Split(':')[0]] = line[(line.IndexOf(':') + 1)..].Trim();
        var body = new char[headers.TryGetValue("content-length", out var length) ? int.Parse(length) : 0];
        if (body.Length > 0)
            await reader.ReadBlockAsync(body); // of nothing it would wait for a byte
        return new Request(first.Split(' ')[0], first.Split(' ')[1], headers)
        {
            Body = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)),
        };
    }
}
