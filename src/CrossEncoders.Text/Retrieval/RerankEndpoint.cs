using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace CrossEncoders.Retrieval;

/// <summary>
/// A re-ranker that a server holds, over HTTP: by the interface of TEI (Hugging Face's text-embeddings-inference), which src/RerankServer
/// speaks, too, or by that of Cohere, Jina and vLLM. Safe for concurrent use.
/// </summary>
/// <remarks>
/// TEI is asked for <c>raw_scores</c>, which are logits; the others give what their models make of them, mostly between 0 and 1. The order
/// is the same, but the differences of scores are not.
/// </remarks>
public sealed class RerankEndpoint : IPassageScorer, IDisposable
{
    private const int MostWaits = 10;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly Uri _address;
    private readonly RerankEndpointOptions _options;
    private readonly HttpClient _client;
    private readonly HttpClient? _owned;

    /// <summary>Scores by what answers at an address.</summary>
    /// <param name="address">Where requests are posted to, for example http://localhost:8080/rerank.</param>
    /// <param name="options">The interface, and how much is sent at once; null for the defaults.</param>
    /// <param name="client">
    /// What sends, for example with a key in its <see cref="HttpClient.DefaultRequestHeaders"/>; it stays its owner's. Null makes one.
    /// </param>
    public RerankEndpoint(Uri address, RerankEndpointOptions? options = null, HttpClient? client = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        (_address, _options) = (address, options ?? new());
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
            throw new CrossEncoderException($"The address is '{address}'; expected one like http://localhost:8080/rerank.");
        if (!Enum.IsDefined(_options.Interface))
            throw new CrossEncoderException(
                $"Interface is {_options.Interface}; expected {string.Join(" or ", Enum.GetNames<RerankInterface>())}."
            );
        if (_options.BatchSize < 1)
            throw new CrossEncoderException($"BatchSize is {_options.BatchSize}; expected at least 1.");
        _client = client ?? new();
        _owned = client is null ? _client : null;
        Name = _options.Name ?? address.Authority;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Scores of pairs, in their order; pairs of one query that stand together are sent together.</summary>
    /// <exception cref="CrossEncoderException">The server cannot be reached, refuses, or does not give each document one score.</exception>
    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var scores = new float[pairs.Count];
        for (int start = 0, end; start < pairs.Count; start = end)
        {
            for (end = start + 1; end < pairs.Count && end - start < _options.BatchSize && pairs[end].Query == pairs[start].Query; end++)
            { }
            string[] documents = [.. Enumerable.Range(start, end - start).Select(i => pairs[i].Passage)];
            Ask(pairs[start].Query, documents, scores.AsSpan(start, end - start), cancellation);
            progress?.Report(new WorkProgress("scoring pairs", end, pairs.Count));
        }

        return scores;
    }

    /// <inheritdoc/>
    public void Dispose() => _owned?.Dispose();

    private void Ask(string query, string[] documents, Span<float> scores, CancellationToken cancellation)
    {
        var isTei = _options.Interface == RerankInterface.Tei;
        var fields = new Dictionary<string, object> { ["query"] = query, [isTei ? "texts" : "documents"] = documents };
        if (isTei)
            (fields["raw_scores"], fields["truncate"]) = (true, true);
        if (_options.Model is { } model)
            fields["model"] = model;
        var answer = Posted(JsonSerializer.SerializeToUtf8Bytes(fields), cancellation);
        try
        {
            using var json = JsonDocument.Parse(answer);
            var results = isTei ? json.RootElement : json.RootElement.GetProperty("results");
            scores.Fill(float.NaN);
            foreach (var result in results.EnumerateArray())
            {
                ref var score = ref scores[result.GetProperty("index").GetInt32()];
                if (!float.IsNaN(score))
                    throw new JsonException("Two scores are of one document.");
                score = result.GetProperty(isTei ? "score" : "relevance_score").GetSingle();
            }
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException
            )
        {
            throw new CrossEncoderException(
                $"{_address} does not answer as {_options.Interface} does: {Excerpt.Of(answer, 200)}. Check the address and the interface.",
                error
            );
        }

        if (scores.IndexOf(float.NaN) is >= 0 and var missing)
            throw new CrossEncoderException(
                $"The answer of {_address} has no score for document {missing + 1} of {documents.Length}; expected one for each. Check "
                    + "whether the server limits its results, or send fewer at once (BatchSize)."
            );
        ScoreList.Require(this, scores.ToArray(), documents.Length);
    }

    /// <summary>The answer to a request; where the server is busy, after the pause that it asks for.</summary>
    private string Posted(byte[] body, CancellationToken cancellation)
    {
        for (var waits = 0; ; waits++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var response = _client.Send(request, cancellation);
                using var reader = new StreamReader(response.Content.ReadAsStream(cancellation));
                var text = reader.ReadToEnd();
                if (response.IsSuccessStatusCode)
                    return text;
                var isBusy = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
                var answer = text.Length > 0 ? Excerpt.Of(text, 300) : response.ReasonPhrase;
                if (!isBusy || waits == MostWaits)
                    throw new CrossEncoderException(
                        $"{_address} refuses with status {(int)response.StatusCode}: {answer}"
                            + (isBusy ? $", {MostWaits + 1} times in a row. Ask again later." : ". Check the address and its limits.")
                    );
                var pause = RetryAfter.Of(response.Headers.RetryAfter?.ToString()) ?? TimeSpan.FromSeconds(1);
                cancellation.WaitHandle.WaitOne(
                    pause < TimeSpan.Zero ? TimeSpan.Zero
                    : pause > LongestWait ? LongestWait
                    : pause
                );
                cancellation.ThrowIfCancellationRequested();
            }
            catch (HttpRequestException error)
            {
                throw new CrossEncoderException($"{_address} cannot be reached: {error.Message.TrimEnd('.')}. Is the server up?", error);
            }
            catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
            {
                throw new CrossEncoderException(
                    $"{_address} has not answered: {error.Message.TrimEnd('.')}. Give the client a longer Timeout, or send fewer documents "
                        + "at once (BatchSize).",
                    error
                );
            }
        }
    }
}

/// <summary>How a re-ranking server is asked.</summary>
public sealed record RerankEndpointOptions
{
    /// <summary>The interface it speaks.</summary>
    public RerankInterface Interface { get; init; }

    /// <summary>The most documents of a request; TEI takes 32 unless it is told otherwise.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The model to name in requests; null names none, for servers that hold one.</summary>
    public string? Model { get; init; }

    /// <summary>A name for tables and charts; null takes host and port.</summary>
    public string? Name { get; init; }
}

/// <summary>The interfaces of re-ranking servers.</summary>
public enum RerankInterface
{
    /// <summary>Hugging Face's text-embeddings-inference: "texts" to a list of "index" and "score".</summary>
    Tei,

    /// <summary>Cohere, Jina and vLLM: "documents" to "results" with "index" and "relevance_score".</summary>
    Cohere,
}
