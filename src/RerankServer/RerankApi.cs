using System.Text.Encodings.Web;
using System.Text.Json;
using CrossEncoders;

namespace RerankServer;

/// <summary>Re-ranking over HTTP, in the shapes that clients of Cohere, Jina, vLLM and TEI speak.</summary>
public static class RerankApi
{
    private const string Refused = "invalid_request_error";

    /// <summary>Those of ASP.NET, but deeper than what is read: a document that is returned lies deeper in the answer.</summary>
    private static readonly JsonSerializerOptions Written = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 128,
    };

    /// <summary>Adds the model, loaded when first asked for, and its queue.</summary>
    public static IServiceCollection AddReranking(
        this IServiceCollection services,
        ServerSettings settings,
        Func<LoadedModel>? load = null
    ) =>
        services
            .AddSingleton(settings)
            .AddSingleton(_ => load?.Invoke() ?? LoadedModel.Of(settings))
            .AddSingleton(provider => new RequestBatcher(
                provider.GetRequiredService<LoadedModel>().Scorer,
                settings.BatchPairs,
                settings.MaxWaitingPairs
            ));

    /// <summary>Maps <c>POST /rerank</c> (also under /v1 and /v2), <c>GET /health</c> and <c>GET /info</c>.</summary>
    public static void MapReranking(this WebApplication app)
    {
        app.UseStatusCodePages(context => Elsewhere(context.HttpContext));
        foreach (var path in (string[])["/rerank", "/v1/rerank", "/v2/rerank"])
            app.MapPost(path, RerankAsync);
        app.MapGet("/health", (RequestBatcher queue) => Results.Json(new { status = "ok", waiting_pairs = queue.Pairs }));
        app.MapGet("/info", (LoadedModel model, ServerSettings settings) =>
            Results.Json(new { model_id = model.Name, max_client_batch_size = settings.MaxDocuments })
        );
    }

    /// <summary>Answers a path or method that no endpoint has, and whatever else ended without a body.</summary>
    private static Task Elsewhere(HttpContext http)
    {
        var status = http.Response.StatusCode;
        var asked = $"{http.Request.Method} {http.Request.Path}";
        var message = status is 404 or 405 ? $"There is no {asked}; expected POST /rerank, GET /health or GET /info." : $"{asked} failed.";
        return status == 499 ? Task.CompletedTask : Error(status, Refused, message, isTei: false).ExecuteAsync(http);
    }

    private static async Task<IResult> RerankAsync(HttpContext http, LoadedModel model, RequestBatcher queue, ServerSettings settings)
    {
        var isTei = false;
        try
        {
            using var json = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            isTei = RerankRequest.IsInTeisForm(json.RootElement);
            var request = RerankRequest.Of(json.RootElement, settings);
            var texts = request.MaxTokens is { } most
                ? request.Documents.Select(document => model.Beginning(document, most))
                : request.Documents;
            TextPair[] pairs = [.. texts.Select(document => new TextPair(request.Query, document))];
            if (queue.TryScore(pairs, http.RequestAborted) is not { } scoring)
            {
                http.Response.Headers.RetryAfter = "1";
                return Error(429, "overloaded", $"{queue.Pairs} pairs wait already. Try again in a second.", isTei);
            }

            return Answer(request, await scoring, model);
        }
        catch (BadRequestException error)
        {
            return Error(400, Refused, error.Message, isTei);
        }
        // half of a surrogate pair in a text that is read, or in a document that is written again
        catch (Exception error) when (error is InvalidOperationException or JsonException { InnerException: InvalidOperationException })
        {
            return Error(400, Refused, "A text of the body holds half a character; expected valid Unicode.", isTei);
        }
        catch (JsonException error)
        {
            return Error(400, Refused, $"The body is not JSON: {error.Message}", isTei);
        }
        catch (BadHttpRequestException error)
        {
            return Error(error.StatusCode, Refused, $"The request cannot be read: {error.Message}", isTei);
        }
        catch (OperationCanceledException)
        {
            return http.RequestAborted.IsCancellationRequested
                ? Results.StatusCode(499) // nobody hears it
                : Error(503, "stopping", "The server stops.", isTei);
        }
        catch (CrossEncoderException error)
        {
            return Error(500, "scoring_failed", error.Message, isTei);
        }
    }

    private static IResult Answer(RerankRequest request, float[] logits, LoadedModel model)
    {
        var results = logits
            .Index()
            .OrderByDescending(logit => logit.Item) // stable: ties in the order given
            .Take(request.Top ?? logits.Length)
            .Select(logit => (logit.Index, Score: request.RawScores ? logit.Item : model.Activation(logit.Item)))
            .ToList();
        if (request.IsTei)
            return Json(results.ConvertAll(result => Ranked(result.Index, "score", result.Score, "text", request)));
        var ranked = results.ConvertAll(result => Ranked(result.Index, "relevance_score", result.Score, "document", request));
        return Json(
            new
            {
                id = $"rerank-{Guid.NewGuid():N}",
                model = model.Name,
                results = ranked,
            }
        );
    }

    /// <summary>Written here and not when it is sent, where what cannot be written would be an error without a body.</summary>
    private static IResult Json(object answer) =>
        Results.Bytes(JsonSerializer.SerializeToUtf8Bytes(answer, Written), "application/json; charset=utf-8");

    private static Dictionary<string, object?> Ranked(int index, string scoreName, float score, string documentName, RerankRequest request)
    {
        var answer = new Dictionary<string, object?> { ["index"] = index, [scoreName] = score };
        if (request.ReturnDocuments)
            answer[documentName] = request.IsTei ? request.Documents[index] : Document(request.Given[index]);
        return answer;
    }

    /// <summary>An object as it was given, a text as an object with it.</summary>
    private static object Document(JsonElement given) => given.ValueKind == JsonValueKind.Object ? given : new { text = given.GetString() };

    /// <summary>Cohere's message, the error object of Jina and vLLM, or TEI's.</summary>
    private static IResult Error(int status, string type, string message, bool isTei) =>
        isTei
            ? Results.Json(
                new
                {
                    error = message,
                    error_type = status == 429 ? "Overloaded"
                    : status < 500 ? "Validation"
                    : "Backend",
                },
                statusCode: status
            )
            : Results.Json(
                new
                {
                    message,
                    error = new
                    {
                        message,
                        type,
                        code = status,
                    },
                },
                statusCode: status
            );
}
