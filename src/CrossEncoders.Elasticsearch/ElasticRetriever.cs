using System.Text;
using System.Text.Json.Nodes;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Elasticsearch;

/// <summary>Which lists a search asks for.</summary>
[Flags]
internal enum ElasticLists
{
    Keywords = 1,
    Vectors = 2,
}

/// <summary>A search by <c>_msearch</c>: one round trip for many queries, and for both lists of a hybrid search.</summary>
internal sealed class ElasticRetriever(
    string name,
    ElasticCalls calls,
    ElasticServer server,
    ElasticIndexOptions options,
    ElasticLists lists,
    ITextEmbedder? embedder = null,
    bool exact = false,
    int k = 60,
    int depth = 0
) : BatchedRetriever(name, embedder, queriesATime: 50)
{
    /// <inheritdoc/>
    protected override IReadOnlyList<IReadOnlyList<Hit>> Ask(string[] queries, float[][]? vectors, int topK, CancellationToken cancellation)
    {
        var size = Math.Max(topK, depth);
        var searches = new List<(int Query, ElasticLists List, JsonObject Body)>();
        for (var i = 0; i < queries.Length; i++)
        {
            if (lists.HasFlag(ElasticLists.Keywords) && ElasticServer.Keywords(queries[i], size) is { } words)
                searches.Add((i, ElasticLists.Keywords, words));
            if (vectors is not null)
                searches.Add((i, ElasticLists.Vectors, server.Nearest(vectors[i], size, exact)));
        }

        var answers = Send([.. searches.Select(search => search.Body)], cancellation);
        var found = searches.Zip(answers).ToLookup(pair => pair.First.Query, pair => Converted(pair.First.List, pair.Second));
        IReadOnlyList<Hit> Of(int query) =>
            lists == (ElasticLists.Keywords | ElasticLists.Vectors)
                ? HybridRetriever.Fuse(found[query], topK, k)
                : found[query].FirstOrDefault() ?? [];
        return [.. Enumerable.Range(0, queries.Length).Select(Of)];
    }

    private Hit[] Converted(ElasticLists list, Hit[] hits) =>
        list == ElasticLists.Keywords ? hits : Array.ConvertAll(hits, hit => hit with { Score = ElasticServer.Cosine(hit.Score, exact) });

    /// <summary>The answers to all searches; those that failed because the server is too busy are asked again.</summary>
    private Hit[][] Send(IReadOnlyList<JsonObject> searches, CancellationToken cancellation)
    {
        var results = new Hit[searches.Count][];
        var left = Enumerable.Range(0, searches.Count).ToList();
        var (since, tries) = (calls.Now, 0);
        while (left.Count > 0)
        {
            var body = new StringBuilder();
            foreach (var i in left)
                body.Append("{}\n").Append(searches[i].ToJsonString()).Append('\n');
            var answer = calls
                .Send("search", HttpMethod.Post, $"{options.Name}/_msearch", body.ToString(), cancellation: cancellation)!
                .Value;
            var (again, failed) = (new List<int>(), default(ElasticAnswer));
            foreach (var (i, response) in left.Zip(answer.GetProperty("responses").EnumerateArray()))
            {
                var status = response.TryGetProperty("status", out var given) ? given.GetInt32() : 200;
                if (!response.TryGetProperty("error", out _) && !IsPartial(response))
                {
                    results[i] = ElasticServer.Hits(response);
                    continue;
                }

                failed = new(status == 200 ? 503 : status, response.GetRawText(), null, null);
                if (!failed.IsForNow)
                    throw calls.Worded("search", failed);
                again.Add(i);
            }

            if (again.Count > 0 && !calls.Wait(since, tries++, null, cancellation))
                throw calls.Worded("search", failed!);
            left = again;
        }

        return results;
    }

    // Some shards did not answer: what is there is not the whole ranking.
    private static bool IsPartial(System.Text.Json.JsonElement response) =>
        response.TryGetProperty("timed_out", out var late) && late.GetBoolean()
        || response.TryGetProperty("_shards", out var shards) && shards.TryGetProperty("failed", out var failed) && failed.GetInt32() > 0;
}
