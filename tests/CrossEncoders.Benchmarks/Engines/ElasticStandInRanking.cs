using System.Numerics;
using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrossEncoders.Benchmarks.Engines;

/// <summary>
/// What a search of the stand-in sees, which is what was there at the last refresh, ranked as one shard of Elasticsearch ranks it: by
/// Lucene's BM25 with a passage's length in one byte, in single precision, times k1 + 1; and by cosine. Every vector is compared, where
/// the real one follows a graph.
/// </summary>
/// <remarks>
/// Lucene's BM25Similarity and SmallFloat (intToByte4), Elasticsearch's LegacyBM25Similarity. The tests hold the scores
/// against those that tests/servers/LuceneScores.java prints.
/// </remarks>
internal sealed class ElasticStandInRanking
{
    private readonly JsonObject[] _documents; // by their ordinal, which parts those of equal score
    private readonly float[]?[] _vectors;
    private readonly float[] _discounts; // (documents): what their length makes of a count
    private readonly Dictionary<string, List<(int Document, int Count)>> _holders = new(StringComparer.Ordinal);
    private readonly float _factor;
    private readonly int _worded; // documents with any term

    /// <summary>Indexes the documents.</summary>
    /// <param name="documents">As they were sent.</param>
    /// <param name="similarity">The constants of BM25, as the index was made with; null for the server's own.</param>
    public ElasticStandInRanking(IEnumerable<JsonObject> documents, JsonNode? similarity)
    {
        _documents = [.. documents.OrderBy(document => (long?)document["ordinal"])];
        _vectors = [.. _documents.Select(document => document["vector"]?.Deserialize<float[]>())];
        var lengths = new int[_documents.Length];
        for (var i = 0; i < lengths.Length; i++)
        {
            var terms = Terms(_documents[i]["terms"]);
            lengths[i] = terms.Length;
            foreach (var (term, count) in terms.CountBy(term => term))
                (_holders.TryGetValue(term, out var holders) ? holders : _holders[term] = []).Add((i, count));
        }

        var (k1, b) = ((float?)similarity?["k1"] ?? 1.2f, (float?)similarity?["b"] ?? 0.75f);
        _factor = 1 + k1;
        _worded = lengths.Count(length => length > 0);
        var average = (float)(lengths.Sum(length => (long)length) / (double)Math.Max(_worded, 1));
        _discounts = Array.ConvertAll(lengths, length => 1 / (k1 * (1 - b + b * InOneByte(length) / average)));
    }

    /// <summary>How many documents.</summary>
    public int Count => _documents.Length;

    /// <summary>What is left of a length that is kept in one byte: up to 39 all of it, beyond 24 its first four bits.</summary>
    public static int InOneByte(int length)
    {
        var beyond = length - 24;
        var lost = beyond < 16 ? 0 : BitOperations.Log2((uint)beyond) - 3;
        return 24 + (beyond >> lost << lost);
    }

    /// <summary>The best documents for a search, best first; those of equal score by their ordinal.</summary>
    public IEnumerable<(JsonObject Document, float Score)> Best(JsonObject body) =>
        Scored(body)
            .OrderByDescending(hit => hit.Score)
            .ThenBy(hit => hit.Document)
            .Take(Math.Min((int)body["size"]!, (int?)(body["knn"] ?? body["query"]?["knn"]?["vector"])?["k"] ?? int.MaxValue))
            .Select(hit => (_documents[hit.Document], hit.Score));

    private IEnumerable<(int Document, float Score)> Scored(JsonObject body)
    {
        if (body["query"]?["match"]?["terms"]?["query"] is { } words)
            return OfWords(Terms(words));
        if ((body["knn"]?["query_vector"] ?? body["query"]?["knn"]?["vector"]?["vector"]) is { } near)
            return Cosines(near).Select(hit => (hit.Document, (1 + hit.Cosine) / 2));
        var parameters = body["query"]!["script_score"]!["script"]!["params"]!;
        return Cosines(parameters["query"] ?? parameters["query_value"]!).Select(hit => (hit.Document, 1 + hit.Cosine));
    }

    private IEnumerable<(int Document, float Score)> OfWords(string[] query)
    {
        var sums = new Dictionary<int, double>();
        foreach (var (term, times) in query.CountBy(term => term))
        {
            if (!_holders.TryGetValue(term, out var holders))
                continue;
            var weight = times * _factor * (float)Math.Log(1 + (_worded - holders.Count + 0.5) / (holders.Count + 0.5));
            foreach (var (document, count) in holders)
                sums[document] = sums.GetValueOrDefault(document) + (weight - weight / (1 + count * _discounts[document]));
        }

        return sums.Select(sum => (sum.Key, (float)sum.Value));
    }

    private IEnumerable<(int Document, float Cosine)> Cosines(JsonNode query)
    {
        var vector = query.Deserialize<float[]>()!;
        return from entry in _vectors.Index()
            where entry.Item is not null
            select (entry.Index, TensorPrimitives.CosineSimilarity<float>(entry.Item, vector));
    }

    private static string[] Terms(JsonNode? text) => ((string?)text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
