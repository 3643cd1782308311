using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace CrossEncoders.Elasticsearch;

/// <summary>Sends requests, again where the server is away or too busy, and words its errors.</summary>
internal sealed class ElasticCalls : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly HttpClient _client;
    private readonly ElasticIndexOptions _options;
    private readonly TimeProvider _time;

    public ElasticCalls(Uri address, ElasticIndexOptions options, TimeProvider? time = null)
    {
        (_options, _time) = (options, time ?? TimeProvider.System);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // the key is for this server
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (options.CertificateFingerprint is { Length: > 0 } fingerprint)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                errors == SslPolicyErrors.None || Shows(fingerprint, certificate, chain);
        _client = new(handler) { BaseAddress = address, Timeout = options.RequestLimit };
        _client.DefaultRequestHeaders.Authorization =
            options.ApiKey is { } key ? new("ApiKey", key)
            : options.Username is { } user ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}")))
            : null;
    }

    /// <summary>Waits before the next try of what was refused for now; false where patience is at its end.</summary>
    /// <param name="since">When the first try was.</param>
    /// <param name="tries">How many there were.</param>
    /// <param name="asked">The pause that the server asked for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public bool Wait(long since, int tries, TimeSpan? asked, CancellationToken cancellation)
    {
        var doubled = FirstPause * Math.Pow(2, Math.Min(tries, 10));
        var pause = asked ?? (doubled < LongestPause ? doubled : LongestPause);
        if (_time.GetElapsedTime(since) + pause > _options.Patience)
            return false;
        Task.Delay(pause, _time, cancellation).GetAwaiter().GetResult();
        return true;
    }

    /// <summary>The time, as <see cref="Wait"/> takes it.</summary>
    public long Now => _time.GetTimestamp();

    /// <summary>A request whose answer must be a success; null where <paramref name="missing"/> is allowed and it is.</summary>
    /// <param name="what">What it is to do, for errors.</param>
    /// <param name="method">GET, POST, …</param>
    /// <param name="path">The path.</param>
    /// <param name="body">JSON; null for none.</param>
    /// <param name="missing">Whether a 404 is no error.</param>
    /// <param name="done">The error that says it was done before: a success where a try before this one was cut off.</param>
    /// <param name="refused">What a 400 means and what to do then; null for what the server's log says.</param>
    /// <param name="cancellation">Ends it.</param>
    public JsonElement? Send(
        string what,
        HttpMethod method,
        string path,
        string? body,
        bool missing = false,
        string? done = null,
        string? refused = null,
        CancellationToken cancellation = default
    )
    {
        var (since, tries) = (Now, 0);
        while (true)
        {
            var answer = Try(method, path, body, cancellation);
            if (answer.Status is >= 200 and < 300)
                return Parsed(what, answer);
            if (
                (missing && answer.Status == 404) || (tries > 0 && done is not null && answer.Text.Contains(done, StringComparison.Ordinal))
            )
                return null;
            if (!answer.IsForNow || !Wait(since, tries++, answer.After, cancellation))
                throw Worded(what, answer, refused);
        }
    }

    /// <summary>One try.</summary>
    public ElasticAnswer Try(HttpMethod method, string path, string? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, Kind(path));
        try
        {
            using var response = _client.Send(request, cancellation);
            using var reader = new StreamReader(response.Content.ReadAsStream(cancellation), Encoding.UTF8);
            var after = response.Headers.TryGetValues(RetryAfter.Header, out var values) ? RetryAfter.Of(values.First()) : null;
            return new((int)response.StatusCode, reader.ReadToEnd(), after is { } pause && pause > TimeSpan.Zero ? pause : null, null);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return new(0, error.Message, null, error);
        }
        catch (TaskCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            return new(0, $"no answer within {_options.RequestLimit.TotalSeconds:0} s", null, error);
        }
    }

    /// <summary>The answer as JSON.</summary>
    public JsonElement Parsed(string what, ElasticAnswer answer)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(answer.Text);
        }
        catch (JsonException error)
        {
            throw new CrossEncoderException(
                $"{Server} could not {what}: expected JSON, but found '{Excerpt.Of(answer.Text, 200)}'. "
                    + "Check that the address is that of Elasticsearch or OpenSearch, and of no proxy's page.",
                error
            );
        }
    }

    /// <summary>An error for the user.</summary>
    public CrossEncoderException Worded(string what, ElasticAnswer answer, string? refused = null)
    {
        var remedy = answer.Status switch
        {
            0 when answer.Error?.InnerException is System.Security.Authentication.AuthenticationException =>
                "Set CertificateFingerprint to that of the server's authority, or have the system trust it.",
            0 => $"It was tried for up to {_options.Patience.TotalSeconds:0} s. Check the address and whether the server is up.",
            400 when refused is not null => refused,
            401 => "Check the API key, or user and password.",
            403 => "The key or user lacks the right: it needs to read and write this index, and to change aliases for it.",
            404 => $"There is no whole index '{_options.Name}': index the passages first. A build that was interrupted does not count.",
            413 => $"Set {nameof(ElasticIndexOptions.BatchBytes)} lower.",
            429 or 502 or 503 or 504 =>
                $"It was too busy for {_options.Patience.TotalSeconds:0} s. Start again later: what is stored is kept.",
            _ => "See the server's log.",
        };
        var code = answer.Status == 0 ? "" : $" [{answer.Status}]";
        return new($"{Server} could not {what}: {Excerpt.Of(answer.Reason, 1000).TrimEnd('.')}{code}. {remedy}", answer.Error!);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private string Server => $"The search server at {_client.BaseAddress}";

    private static MediaTypeHeaderValue Kind(string path) =>
        path.Contains("_bulk", StringComparison.Ordinal) || path.Contains("_msearch", StringComparison.Ordinal)
            ? new("application/x-ndjson")
            : new("application/json");

    private static bool Shows(string fingerprint, X509Certificate? shown, X509Chain? chain)
    {
        var wanted = Convert.FromHexString(fingerprint.Replace(":", "", StringComparison.Ordinal));
        bool Is(X509Certificate? certificate) => certificate?.GetCertHash(HashAlgorithmName.SHA256).AsSpan().SequenceEqual(wanted) == true;
        return Is(shown) || chain?.ChainElements.Any(element => Is(element.Certificate)) == true;
    }
}

/// <summary>What came back; a status of 0 is no answer at all.</summary>
internal sealed record ElasticAnswer(int Status, string Text, TimeSpan? After, Exception? Error)
{
    /// <summary>Whether the same may go well later.</summary>
    public bool IsForNow =>
        Status is 429 or 502 or 503 or 504
        || (Status == 0 && Error?.InnerException is not System.Security.Authentication.AuthenticationException);

    /// <summary>The reason that the server gives.</summary>
    public string Reason
    {
        get
        {
            try
            {
                var error = JsonSerializer.Deserialize<JsonElement>(Text).GetProperty("error");
                return error.ValueKind == JsonValueKind.String ? error.GetString()! : Of(error);
            }
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                return Text.Length == 0 ? "it gave no reason" : Text;
            }
        }
    }

    /// <summary>Type and reason of an error in an answer.</summary>
    public static string Of(JsonElement error)
    {
        var type = error.TryGetProperty("type", out var given) ? given : default;
        return $"{type}: {(error.TryGetProperty("reason", out var reason) ? reason : error)}";
    }
}
