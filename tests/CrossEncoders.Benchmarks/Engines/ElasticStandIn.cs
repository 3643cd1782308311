using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CrossEncoders.Benchmarks.Engines;

/// <summary>What the stand-in is to answer instead of the truth.</summary>
internal sealed record Fault(int Status, string Text = "", string? RetryAfter = null, bool Cut = false)
{
    /// <summary>Does what is asked, and cuts the connection in place of an answer.</summary>
    public static Fault Unanswered { get; } = new(-1, Cut: true);

    public static Fault Of(int status, string type = "fault", string reason = "made by the test") =>
        new(
            status,
            new JsonObject
            {
                ["error"] = new JsonObject { ["type"] = type, ["reason"] = reason },
                ["status"] = status,
            }.ToJsonString()
        );
}

/// <summary>
/// A stand-in for Elasticsearch, and not Elasticsearch: a server over loopback that answers as the published REST API does, as far as the
/// adapter asks (indexes, aliases, <c>_bulk</c>, <c>_msearch</c> with match, kNN and script scores), and ranks by the same formulas. It is
/// strict where the real one is, can be told to fail, keeps all in memory, and says in its version what it is.
/// </summary>
internal sealed class ElasticStandIn : IAsyncDisposable
{
    private const string Elasticsearch = """
        {"name":"stand-in","cluster_name":"no-elasticsearch","cluster_uuid":"1","tagline":"You Know, for Search",
        "version":{"number":"9.1.0-stand-in",
        "build_flavor":"default","build_type":"docker","build_hash":"0","build_date":"2026-01-01T00:00:00Z","build_snapshot":false,
        "lucene_version":"10.2.2","minimum_wire_compatibility_version":"8.19.0","minimum_index_compatibility_version":"8.0.0"}}
        """;
    private const string OpenSearch = """{"version":{"distribution":"opensearch","number":"2.19.0-stand-in"}}""";

    private const string Done = """{"acknowledged":true}""";

    /// <summary>A folder that all requests and answers are written to, to be held against the published specification.</summary>
    private static readonly string? Wire = Environment.GetEnvironmentVariable("CROSS_ENCODERS_WIRE");

    private WebApplication _app;

    private ElasticStandIn(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>The indexes by name.</summary>
    public ConcurrentDictionary<string, ElasticStandInIndex> Indexes { get; } = new();

    public ConcurrentDictionary<string, string> Aliases { get; } = new();

    /// <summary>Method, path, and body of each request.</summary>
    public ConcurrentQueue<(string What, string Body)> Requests { get; } = new();

    /// <summary>Told of each request before it is answered; what it gives is the answer.</summary>
    public Func<string, string, Fault?> Before { get; set; } = (_, _) => null;

    /// <summary>Told of each document of a bulk request by its id; a status from 400 on refuses it.</summary>
    public Func<string, int> Document { get; set; } = _ => 201;

    /// <summary>The header of credentials that is demanded.</summary>
    public string? Authorization { get; init; }

    public bool IsOpenSearch { get; init; }

    /// <summary>Whether it keeps what it was asked.</summary>
    public bool KeepsRequests { get; init; } = true;

    public static Task<ElasticStandIn> Start(Action<ListenOptions>? listen = null) => Start(app => new ElasticStandIn(app), listen);

    public static async Task<ElasticStandIn> Start(Func<WebApplication, ElasticStandIn> make, Action<ListenOptions>? listen = null)
    {
        var app = Build(0, listen);
        var server = make(app);
        app.Run(server.Answer);
        await app.StartAsync();
        return server;
    }

    /// <summary>The command: prints its address, and answers until it is told to end.</summary>
    public static async Task<int> Serve()
    {
        await using var server = await Start(app => new ElasticStandIn(app) { KeepsRequests = false });
        Console.WriteLine(server.Address);
        await server._app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Stops it: connections are refused. What is stored stays.</summary>
    public async Task Stop()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    /// <summary>Starts it again where it was, once no other connection of this machine has taken its port meanwhile.</summary>
    public async Task Again(Uri address)
    {
        for (var tries = 0; ; tries++)
            try
            {
                _app = Build(address.Port);
                _app.Run(Answer);
                await _app.StartAsync();
                return;
            }
            catch (IOException) when (tries < 100)
            {
                await Task.Delay(100);
            }
    }

    private static WebApplication Build(int port, Action<ListenOptions>? listen = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen ?? (_ => { })));
        return builder.Build();
    }

    public static ElasticStandIn Make(WebApplication app, string? authorization = null, bool isOpenSearch = false) =>
        new(app) { Authorization = authorization, IsOpenSearch = isOpenSearch };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        var path = context.Request.Path.Value!.Trim('/');
        var what = $"{context.Request.Method} {path}";
        if (KeepsRequests)
            Requests.Enqueue((what, body));
        var fault =
            Authorization is not null && context.Request.Headers.Authorization != Authorization
                ? Fault.Of(401, "security_exception", "missing authentication credentials")
                : Before(what, body);
        if (fault?.Cut == true)
        {
            if (fault == Fault.Unanswered)
                Truth(what, path.Split('/'), body, context.Request.ContentType);
            context.Abort();
            return;
        }

        if (fault?.RetryAfter is { } after)
            context.Response.Headers.RetryAfter = after;
        var (status, text) = fault is null ? Truth(what, path.Split('/'), body, context.Request.ContentType) : (fault.Status, fault.Text);
        if (Wire is not null && fault is null)
            Write(
                new()
                {
                    ["request"] = what,
                    ["body"] = body,
                    ["status"] = status,
                    ["answer"] = text,
                    ["opensearch"] = IsOpenSearch,
                }
            );
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(text);
    }

    private (int Status, string Text) Truth(string what, string[] path, string body, string? type)
    {
        var method = what.Split(' ')[0];
        return (method, path.Length == 1 ? "" : path[1], path[0]) switch
        {
            ("GET", "", "") => (200, IsOpenSearch ? OpenSearch : Elasticsearch),
            ("GET", var name, "_alias") => Aliases.TryGetValue(name, out var index)
                ? (
                    200,
                    new JsonObject
                    {
                        [index] = new JsonObject { ["aliases"] = new JsonObject { [name] = new JsonObject() } },
                    }.ToJsonString()
                )
                : Missing(),
            ("POST", "", "_aliases") => Alias(JsonNode.Parse(body)!["actions"]!.AsArray()),
            ("PUT", "", var name) => Indexes.TryAdd(name, new(JsonNode.Parse(body)!.AsObject()))
                ? (200, $$"""{"index":"{{name}}","acknowledged":true,"shards_acknowledged":true}""")
                : (400, Fault.Of(400, "resource_already_exists_exception").Text),
            ("DELETE", "", var name) => Indexes.TryRemove(name, out _) ? (200, Done) : Missing(),
            (_, "_msearch", var name) => Aliases.TryGetValue(name, out var index)
                ? NdJson(body, type, lines => Indexes[index].Search(lines, index))
                : Missing(),
            ("POST", "_bulk", var name) => NdJson(body, type, lines =>
                Indexes.GetOrAdd(name, _ => ElasticStandInIndex.OfItsOwn()).Bulk(lines, name, Document)
            ),
            (_, _, var name) when !Indexes.ContainsKey(name) => Missing(),
            ("PUT", "_mapping", var name) => Indexes[name].SetMapping(JsonNode.Parse(body)!.AsObject()) is { } refused
                ? (400, Fault.Of(400, "mapper_parsing_exception", refused).Text)
                : (200, Done),
            ("GET", "_mapping", var name) => (
                200,
                new JsonObject { [name] = new JsonObject { ["mappings"] = Indexes[name].Mappings.DeepClone() } }.ToJsonString()
            ),
            ("POST", "_refresh", var name) => Indexes[name].Refresh(),
            ("GET", "_count", var name) => (
                200,
                new JsonObject { ["count"] = Indexes[name].Visible, ["_shards"] = ElasticStandInIndex.Shards }.ToJsonString()
            ),
            _ => (400, Fault.Of(400, "illegal_argument_exception", $"no handler for {what}").Text),
        };
    }

    private (int, string) Alias(JsonArray actions)
    {
        var all = actions.Select(action => action!.AsObject().First()).ToList();
        foreach (var name in all.Select(action => (string)action.Value!["index"]!).Where(name => !Indexes.ContainsKey(name)))
            return (404, Fault.Of(404, "index_not_found_exception", $"no such index [{name}]").Text);
        foreach (var (kind, action) in all)
            if (kind == "add")
                Aliases[(string)action!["alias"]!] = (string)action["index"]!;
            else if (kind == "remove_index")
                Indexes.TryRemove((string)action!["index"]!, out _);
            else
                return (400, Fault.Of(400, "illegal_argument_exception", $"no action {kind}").Text);
        return (200, Done);
    }

    private static void Write(JsonObject exchange)
    {
        lock (Elasticsearch)
            File.AppendAllText(Path.Combine(Wire!, "wire.jsonl"), exchange.ToJsonString() + "\n");
    }

    private static (int, string) NdJson(string body, string? type, Func<string[], (int, string)> answer) =>
        type?.StartsWith("application/x-ndjson", StringComparison.Ordinal) == true && body.EndsWith('\n')
            ? answer(body[..^1].Split('\n'))
            : (400, Fault.Of(400, "illegal_argument_exception", "lines of JSON that end in a line feed were expected").Text);

    private static (int, string) Missing() => (404, Fault.Of(404, "index_not_found_exception", "no such index").Text);
}
