using System.Text.Json;
using System.Text.Json.Nodes;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Elasticsearch;

/// <summary>What Elasticsearch and OpenSearch say differently: fields of vectors and searches in them.</summary>
internal sealed class ElasticServer(bool isOpenSearch, string version, ElasticIndexOptions options)
{
    /// <summary>What it is, and which version.</summary>
    public string Name { get; } = $"{(isOpenSearch ? "OpenSearch" : "Elasticsearch")} {version}";

    /// <summary>Asks a server which it is.</summary>
    public static ElasticServer Of(ElasticCalls calls, ElasticIndexOptions options, CancellationToken cancellation = default)
    {
        var answer = calls.Send("say which it is", HttpMethod.Get, "", null, cancellation: cancellation)!.Value;
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("version", out var version))
            throw new CrossEncoderException(
                $"Expected Elasticsearch or OpenSearch to say its version, but found '{Excerpt.Of(answer.GetRawText(), 200)}'. "
                    + "Check the address."
            );
        string? Said(string what) => version.TryGetProperty(what, out var said) ? said.GetString() : null;
        return new(Said("distribution") == "opensearch", Said("number") ?? "of no number", options);
    }

    /// <summary>Settings and fields of a new index. Terms are the kit's, parted by spaces; they and vectors are not given back.</summary>
    public string Creation(int? dimensions, JsonObject meta)
    {
        var properties = new JsonObject
        {
            ["id"] = new JsonObject { ["type"] = "keyword", ["ignore_above"] = 8000 },
            ["ordinal"] = new JsonObject { ["type"] = "long" },
            ["text"] = new JsonObject { ["type"] = "text", ["index"] = false },
            ["terms"] = Terms(),
        };
        var settings = new JsonObject
        {
            ["similarity"] = new JsonObject
            {
                ["kit"] = new JsonObject
                {
                    ["type"] = "BM25",
                    ["k1"] = options.Bm25.K1,
                    ["b"] = options.Bm25.B,
                },
            },
        };
        if (dimensions is { } length)
        {
            properties["vector"] = VectorField(length);
            if (isOpenSearch)
                settings["knn"] = true;
        }

        return new JsonObject
        {
            ["settings"] = new JsonObject { ["index"] = settings },
            ["mappings"] = new JsonObject
            {
                ["dynamic"] = "strict",
                ["_meta"] = meta,
                ["_source"] = new JsonObject { ["excludes"] = new JsonArray("terms", "vector") },
                ["properties"] = properties,
            },
        }.ToJsonString();
    }

    /// <summary>The body that notes something in an index made by <see cref="Creation"/>; any other refuses it.</summary>
    public static string Note(JsonObject meta) =>
        new JsonObject
        {
            ["_meta"] = meta,
            ["properties"] = new JsonObject { ["terms"] = Terms() },
        }.ToJsonString();

    private static JsonObject Terms() =>
        new()
        {
            ["type"] = "text",
            ["analyzer"] = "whitespace",
            ["similarity"] = "kit",
        };

    private JsonObject VectorField(int dimensions) =>
        isOpenSearch
            ? new()
            {
                ["type"] = "knn_vector",
                ["dimension"] = dimensions,
                ["method"] = new JsonObject
                {
                    ["name"] = "hnsw",
                    ["engine"] = "lucene",
                    ["space_type"] = "cosinesimil",
                },
            }
            : new()
            {
                ["type"] = "dense_vector",
                ["dims"] = dimensions,
                ["index"] = true,
                ["similarity"] = "cosine",
            };

    /// <summary>The body of a search by keywords; null where the query has no term.</summary>
    public static JsonObject? Keywords(string query, int size)
    {
        var terms = TextAnalyzer.QueryTerms(query);
        return terms.Count == 0
            ? null
            : Search(new() { ["match"] = new JsonObject { ["terms"] = new JsonObject { ["query"] = string.Join(' ', terms) } } }, size);
    }

    /// <summary>The body of a search by a vector, with every vector compared or those that the graph leads to.</summary>
    public JsonObject Nearest(float[] vector, int size, bool exact)
    {
        var numbers = new JsonArray([.. vector.Select(number => (JsonNode)number)]);
        if (exact)
        {
            var script = isOpenSearch
                ? new JsonObject
                {
                    ["lang"] = "knn",
                    ["source"] = "knn_score",
                    ["params"] = new JsonObject
                    {
                        ["field"] = "vector",
                        ["query_value"] = numbers,
                        ["space_type"] = "cosinesimil",
                    },
                }
                : new JsonObject
                {
                    ["source"] = "cosineSimilarity(params.query, 'vector') + 1.0",
                    ["params"] = new JsonObject { ["query"] = numbers },
                };
            var all = new JsonObject { ["match_all"] = new JsonObject() };
            return Search(
                new()
                {
                    ["script_score"] = new JsonObject { ["query"] = all, ["script"] = script },
                },
                size
            );
        }

        if (isOpenSearch)
            return Search(
                new()
                {
                    ["knn"] = new JsonObject
                    {
                        ["vector"] = new JsonObject { ["vector"] = numbers, ["k"] = Math.Max(size, 1) },
                    },
                },
                size
            );
        var search = Search(null, size);
        search["knn"] = new JsonObject
        {
            ["field"] = "vector",
            ["query_vector"] = numbers,
            ["k"] = Math.Max(size, 1),
            ["num_candidates"] = Math.Min(Math.Max(options.Candidates, size), 10_000),
        };
        return search;
    }

    /// <summary>The cosine that a score of these searches stands for.</summary>
    public static double Cosine(double score, bool exact) => exact ? score - 1 : 2 * score - 1;

    /// <summary>The passages of one answer of <c>_msearch</c>.</summary>
    public static Hit[] Hits(JsonElement answer) =>
        [
            .. answer
                .GetProperty("hits")
                .GetProperty("hits")
                .EnumerateArray()
                .Select(hit =>
                {
                    var source = hit.GetProperty("_source");
                    return new Hit(
                        new(source.GetProperty("id").GetString()!, source.GetProperty("text").GetString()!),
                        hit.GetProperty("_score").GetDouble()
                    );
                }),
        ];

    private static JsonObject Search(JsonObject? query, int size)
    {
        var search = new JsonObject
        {
            ["size"] = size,
            ["track_total_hits"] = false,
            ["track_scores"] = true,
            ["_source"] = new JsonObject { ["includes"] = new JsonArray("id", "text") },
            ["sort"] = new JsonArray("_score", new JsonObject { ["ordinal"] = "asc" }),
        };
        if (query is not null)
            search["query"] = query;
        return search;
    }
}
