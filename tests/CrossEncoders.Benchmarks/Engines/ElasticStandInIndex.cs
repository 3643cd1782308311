using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace CrossEncoders.Benchmarks.Engines;

/// <summary>One index of the stand-in.</summary>
internal sealed class ElasticStandInIndex(JsonObject creation)
{
    private readonly ConcurrentDictionary<string, JsonObject> _documents = new();
    private ElasticStandInRanking _visible = new([], null);

    public JsonObject Creation => creation;

    public JsonObject Mappings => creation["mappings"]!.AsObject();

    public int Count => _documents.Count;

    /// <summary>How many passages the indexer notes as stored.</summary>
    public long Noted => (long?)Mappings["_meta"]?["passages"] ?? 0;

    /// <summary>All that is stored, in its order.</summary>
    public IEnumerable<string> Contents =>
        _documents.Values.OrderBy(document => (long)document["ordinal"]!).Select(document => document.ToJsonString());

    /// <summary>Documents at the last refresh.</summary>
    public int Visible => _visible.Count;

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
    public static ElasticStandInIndex OfItsOwn() => new(new() { ["mappings"] = new JsonObject { ["properties"] = new JsonObject() } });

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
        var similarity = (string?)Mappings["properties"]?["terms"]?["similarity"] ?? "";
        _visible = new(_documents.Values, creation["settings"]?["index"]?["similarity"]?[similarity]);
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
        var hits = _visible
            .Best(body)
            .Select(
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
}
