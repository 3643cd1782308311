using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrossEncoders.Tests.Engines;

/// <summary>One index of the loopback server.</summary>
internal sealed class ElasticLoopbackIndex(JsonObject creation)
{
    private readonly ConcurrentDictionary<string, JsonObject> _documents = new();

    public JsonObject Creation => creation;

    public JsonObject Mappings => creation["mappings"]!.AsObject();

    public int Count => _documents.Count;

    /// <summary>How many passages the indexer notes as stored.</summary>
    public long Noted => (long?)Mappings["_meta"]?["passages"] ?? 0;

    /// <summary>All that is stored, in its order.</summary>
    public IEnumerable<string> Contents =>
        _documents.Values.OrderBy(document => (long)document["ordinal"]!).Select(document => document.ToJsonString());

    /// <summary>Documents at the last refresh.</summary>
    public int Visible { get; private set; }

    /// <summary>What an answer says of shards: there is one.</summary>
    public static JsonObject Shards =>
        new()
        {
            ["total"] = 1,
            ["successful"] = 1,
            ["skipped"] = 0,
            ["failed"] = 0,
        };

    /// <summary>One that the server makes for documents without an index: it takes whatever fields come.</summary>
    public static ElasticLoopbackIndex OfItsOwn() => new(new() { ["mappings"] = new JsonObject { ["properties"] = new JsonObject() } });

    /// <summary>Changes what may be changed; says why where that is refused.</summary>
    public string? SetMapping(JsonObject mapping)
    {
        foreach (var (name, field) in mapping["properties"]?.AsObject() ?? [])
            if (field!["similarity"] is { } similarity && creation["settings"]?["index"]?["similarity"]?[$"{similarity}"] is null)
                return $"Unknown Similarity type [{similarity}] for field [{name}]";
            else if (!JsonNode.DeepEquals(field, Mappings["properties"]![name]))
                return $"Mapper for [{name}] conflicts with existing mapper";
        Mappings["_meta"] = mapping["_meta"]!.DeepClone();
        return null;
    }

    public (int, string) Refresh()
    {
        Visible = _documents.Count;
        return (200, new JsonObject { ["_shards"] = Shards }.ToJsonString());
    }

    public (int, string) Bulk(string[] lines, string index, Func<string, int> rule)
    {
        var (items, errors) = (new JsonArray(), false);
        for (var i = 0; i < lines.Length; i += 2)
        {
            var id = (string)JsonNode.Parse(lines[i])!["index"]!["_id"]!;
            var document = JsonNode.Parse(lines[i + 1])!.AsObject();
            var unknown =
                (string?)Mappings["dynamic"] == "strict"
                    ? document.FirstOrDefault(field => !Mappings["properties"]!.AsObject().ContainsKey(field.Key)).Key
                    : null;
            var status = unknown is null ? rule(id) : 400;
            var item = new JsonObject
            {
                ["_index"] = index,
                ["_id"] = id,
                ["status"] = status,
            };
            if (status < 300)
                _documents[id] = document;
            else
                item["error"] = new JsonObject
                {
                    ["type"] = status == 429 ? "es_rejected_execution_exception" : "document_parsing_exception",
                    ["reason"] = $"field {unknown}",
                };
            errors |= status >= 300;
            items.Add(new JsonObject { ["index"] = item });
        }

        return (
            200,
            new JsonObject
            {
                ["took"] = 1,
                ["errors"] = errors,
                ["items"] = items,
            }.ToJsonString()
        );
    }

    public (int, string) Search(string[] lines, string index)
    {
        var responses = new JsonArray();
        for (var i = 1; i < lines.Length; i += 2)
            responses.Add(Search(JsonNode.Parse(lines[i])!.AsObject(), index));
        return (200, new JsonObject { ["took"] = 1, ["responses"] = responses }.ToJsonString());
    }

    private JsonObject Search(JsonObject body, string index)
    {
        var scored = _documents
            .Values.Select(document => (Document: document, Score: Score(document, body)))
            .Where(hit => hit.Score > 0)
            .OrderByDescending(hit => hit.Score)
            .ThenBy(hit => (long)hit.Document["ordinal"]!)
            .Take((int)body["size"]!);
        var hits = scored.Select(
            JsonNode (hit) =>
                new JsonObject
                {
                    ["_index"] = index,
                    ["_id"] = (string)hit.Document["id"]!,
                    ["_score"] = hit.Score,
                    ["_source"] = new JsonObject { ["id"] = (string)hit.Document["id"]!, ["text"] = (string)hit.Document["text"]! },
                    ["sort"] = new JsonArray(hit.Score, (long)hit.Document["ordinal"]!),
                }
        );
        return new()
        {
            ["status"] = 200,
            ["took"] = 1,
            ["timed_out"] = false,
            ["_shards"] = Shards,
            ["hits"] = new JsonObject { ["hits"] = new JsonArray([.. hits]) },
        };
    }

    private static double Score(JsonObject document, JsonObject body)
    {
        if (body["query"]?["match"]?["terms"]?["query"] is { } words)
        {
            var terms = ((string)document["terms"]!).Split(' ');
            return ((string)words!).Split(' ').Sum(word => terms.Count(term => term == word));
        }

        if (body["knn"]?["query_vector"] is { } near)
            return (1 + Cosine(document, near)) / 2;
        if (body["query"]?["knn"]?["vector"]?["vector"] is { } open)
            return (1 + Cosine(document, open)) / 2;
        var parameters = body["query"]!["script_score"]!["script"]!["params"]!;
        return 1 + Cosine(document, parameters["query"] ?? parameters["query_value"]!);
    }

    private static double Cosine(JsonObject document, JsonNode query) =>
        TensorPrimitives.CosineSimilarity<float>(Floats(document["vector"]!), Floats(query));

    private static float[] Floats(JsonNode array) => array.Deserialize<float[]>()!;
}
