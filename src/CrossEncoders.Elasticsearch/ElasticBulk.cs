using System.Text;
using System.Text.Json;

namespace CrossEncoders.Elasticsearch;

/// <summary>
/// Sends documents by <c>_bulk</c>: those that the server has no room for now are sent again, alone; those that it refuses are named.
/// </summary>
internal sealed class ElasticBulk(ElasticCalls calls, ElasticIndexOptions options)
{
    private const int Named = 3; // of the documents that are refused

    /// <summary>Stores all documents, or throws.</summary>
    /// <param name="index">The index.</param>
    /// <param name="documents">Ids, and lines of JSON. What is stored under an id takes the place of what was.</param>
    /// <param name="cancellation">Stops the work.</param>
    public void Store(string index, IReadOnlyList<(string Id, string Json)> documents, CancellationToken cancellation)
    {
        var part = new List<(string Id, string Json)>();
        var bytes = 0L;
        foreach (var document in documents)
        {
            var length = Encoding.UTF8.GetByteCount(document.Json) + document.Id.Length + 50L;
            if (part.Count > 0 && bytes + length > options.BatchBytes)
            {
                StorePart(index, part, cancellation);
                (part, bytes) = ([], 0);
            }

            part.Add(document);
            bytes += length;
        }

        StorePart(index, part, cancellation);
    }

    private void StorePart(string index, List<(string Id, string Json)> documents, CancellationToken cancellation)
    {
        var (since, tries) = (calls.Now, 0);
        while (documents.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var answer = calls.Try(HttpMethod.Post, $"{index}/_bulk", Body(documents), cancellation);
            if (answer.Status == 413 && documents.Count > 1) // a limit of the server's or of a proxy before it
            {
                StorePart(index, documents[..(documents.Count / 2)], cancellation);
                StorePart(index, documents[(documents.Count / 2)..], cancellation);
                return;
            }

            var left = documents;
            if (answer.Status is >= 200 and < 300)
                left = Left(documents, calls.Parsed("store passages", answer));
            else if (!answer.IsForNow)
                throw calls.Worded("store passages", answer);
            if (left.Count < documents.Count)
                (since, tries) = (calls.Now, 0); // it moves on
            if (left.Count > 0 && !calls.Wait(since, tries++, answer.After, cancellation))
                throw calls.Worded("store passages", answer.Status is >= 200 and < 300 ? answer with { Status = 429, Text = "" } : answer);
            documents = left;
        }
    }

    /// <summary>The documents that the server has no room for now; an error where it refuses some for good.</summary>
    private static List<(string Id, string Json)> Left(List<(string Id, string Json)> documents, JsonElement answer)
    {
        if (answer.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.False)
            return [];
        var (left, refused) = (new List<(string Id, string Json)>(), new List<string>());
        var items = answer.GetProperty("items");
        if (items.GetArrayLength() != documents.Count)
            throw new CrossEncoderException(
                $"A bulk request must be answered document by document, but {documents.Count} were sent and "
                    + $"{items.GetArrayLength()} answered. "
                    + "Check what stands between this program and the server."
            );
        for (var i = 0; i < documents.Count; i++)
        {
            var item = items[i].EnumerateObject().First().Value;
            var status = item.GetProperty("status").GetInt32();
            if (status is 429 or 503)
                left.Add(documents[i]);
            else if (status is < 200 or >= 300)
                refused.Add($"'{Excerpt.Of(documents[i].Id, 80)}' [{status}] {ElasticAnswer.Of(item.GetProperty("error"))}");
        }

        return refused.Count == 0
            ? left
            : throw new CrossEncoderException(
                $"The search server refused {refused.Count} of {documents.Count} passages, for example "
                    + $"{string.Join("; ", refused.Take(Named))}. The others of the request are stored. Repair or "
                    + "leave out those, and start again."
            );
    }

    private static string Body(List<(string Id, string Json)> documents)
    {
        var body = new StringBuilder();
        foreach (var (id, json) in documents)
            body.Append("{\"index\":{\"_id\":").Append(JsonSerializer.Serialize(id)).Append("}}\n").Append(json).Append('\n');
        return body.ToString();
    }
}
