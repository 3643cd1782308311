using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Elasticsearch;

/// <summary>
/// Fills an index that no alias points to, and points the alias at it at the end: a search sees the old one or the new one. How far it has
/// come stands in the index's own description, written after the passages it counts.
/// </summary>
internal sealed class ElasticBuild(ElasticCalls calls, ElasticServer server, ElasticIndexOptions options, ITextEmbedder? embedder)
{
    private readonly ElasticBulk _bulk = new(calls, options);

    /// <summary>Makes the index whole, or finds it so.</summary>
    public void Run(IEnumerable<Passage> passages, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var whole = ElasticState.Whole(calls, options, cancellation);
        var building = $"{options.Name}-{(whole is null ? 0 : whole.Number) + 1}";
        if (Start(passages, whole, building, cancellation) is not { } chain)
            return;
        var exists = chain.Count > 0;
        foreach (var part in From(passages, chain.Count).Chunk(options.BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var vectors = embedder?.EmbedPassages([.. part.Select(passage => passage.Text)], null, cancellation);
            if (vectors is not null && vectors.Length != part.Length)
                throw new CrossEncoderException(
                    $"An embedder must give one vector for each text, but '{embedder!.Name}' gave {vectors.Length} for {part.Length}."
                );
            if (!exists)
                calls.Send(
                    "make the index",
                    HttpMethod.Put,
                    building,
                    server.Creation(vectors?[0].Length, Meta(chain)),
                    done: "resource_already_exists_exception",
                    cancellation: cancellation
                );
            exists = true;
            var first = chain.Count;
            _bulk.Store(building, [.. part.Select((passage, i) => (passage.Id, Document(passage, first + i, vectors?[i])))], cancellation);
            Array.ForEach(part, chain.Add);
            Note(building, chain, cancellation);
            progress?.Report(new WorkProgress("indexing", chain.Count, 0, options.Name));
        }

        if (chain.Count == 0)
            throw new CrossEncoderException(
                "A search index needs at least one passage, but the collection is empty. Check the documents it was made of."
            );
        RequireAll(building, chain.Count, cancellation);
        Publish(building, whole, cancellation);
    }

    /// <summary>The place to go on from: the beginning, or where an earlier build stopped. Null where nothing is left to do.</summary>
    private PassageChain? Start(IEnumerable<Passage> passages, ElasticState? whole, string building, CancellationToken cancellation)
    {
        var settings = $"Elasticsearch 1; {embedder?.Name ?? "no vectors"}; {options.Bm25}";
        var part = ElasticState.Read(calls, building, cancellation);
        var none = (Count: -1L, Value: Array.Empty<byte>());
        var standings = PassageChain.Compare(
            passages,
            settings,
            whole is null ? none : (whole.Passages, whole.Chain),
            part is null ? none : (part.Passages, part.Chain)
        );
        if (standings[0] == PassageStanding.Whole)
            return null;
        if (standings[1] != PassageStanding.Different && part!.Passages > 0)
            return new(part.Chain, part.Passages);
        calls.Send("start over", HttpMethod.Delete, building, null, missing: true, cancellation: cancellation);
        return new(settings);
    }

    // A server that loses the index makes one by itself for the next passages, as it thinks fit: that one refuses the field's analysis.
    private void Note(string building, PassageChain chain, CancellationToken cancellation) =>
        calls.Send(
            "note how far it has come",
            HttpMethod.Put,
            $"{building}/_mapping",
            ElasticServer.Note(Meta(chain)),
            refused: $"Its index '{building}' is not as it was made: the server lost that one meanwhile. Index again, which starts over.",
            cancellation: cancellation
        );

    // What was sent twice took its own place, so a number that differs means ids that come twice, or passages lost on the server.
    private void RequireAll(string building, long passages, CancellationToken cancellation)
    {
        Send("make the passages visible", HttpMethod.Post, $"{building}/_refresh", null, cancellation);
        var found = Send("count the passages", HttpMethod.Get, $"{building}/_count", null, cancellation).GetProperty("count").GetInt64();
        if (found == passages)
            return;
        calls.Send("start over", HttpMethod.Delete, building, null, missing: true, cancellation: cancellation);
        throw new CrossEncoderException(
            $"{passages} passages were sent, but {found} are stored. Passage ids must be unique: give each passage its own, for example "
                + "document#number. Where they are, the server lost some: index again. The index before is searched as it was."
        );
    }

    // One request, so that a kill leaves the index before or the new one, and never both.
    private void Publish(string building, ElasticState? whole, CancellationToken cancellation)
    {
        var add = new JsonObject { ["index"] = building, ["alias"] = options.Name };
        var actions = new JsonArray(new JsonObject { ["add"] = add });
        if (whole is not null)
            actions.Add(new JsonObject { ["remove_index"] = new JsonObject { ["index"] = whole.Index } });
        calls.Send(
            "put the index in its place",
            HttpMethod.Post,
            "_aliases",
            new JsonObject { ["actions"] = actions }.ToJsonString(),
            done: whole is null ? null : $"no such index [{whole.Index}]", // the one to remove
            cancellation: cancellation
        );
    }

    private JsonElement Send(string what, HttpMethod method, string path, string? body, CancellationToken cancellation) =>
        calls.Send(what, method, path, body, cancellation: cancellation)!.Value;

    private JsonObject Meta(PassageChain chain) =>
        new()
        {
            ["passages"] = chain.Count,
            ["chain"] = Convert.ToHexString(chain.Value),
            ["embedder"] = embedder?.Name,
        };

    private static string Document(Passage passage, long ordinal, float[]? vector)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("id", passage.Id);
            writer.WriteNumber("ordinal", ordinal);
            writer.WriteString("text", passage.Text);
            writer.WriteString("terms", string.Join(' ', TextAnalyzer.Terms(passage.Text)));
            if (vector is not null)
            {
                writer.WriteStartArray("vector");
                foreach (var number in vector)
                    writer.WriteNumberValue(number);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static IEnumerable<Passage> From(IEnumerable<Passage> passages, long first)
    {
        using var next = passages.GetEnumerator();
        for (var i = 0L; next.MoveNext(); i++)
            if (i >= first)
                yield return next.Current;
    }
}

/// <summary>How far an index has come.</summary>
/// <param name="Index">Its name on the server.</param>
/// <param name="Passages">Passages in it.</param>
/// <param name="Chain">The hash over them, see <see cref="PassageChain"/>.</param>
/// <param name="Embedder">Whose vectors they have; null without.</param>
internal sealed record ElasticState(string Index, long Passages, byte[] Chain, string? Embedder)
{
    /// <summary>The number in its name.</summary>
    public int Number => int.Parse(Index[(Index.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture);

    /// <summary>The index that the alias points to; null where there is none.</summary>
    public static ElasticState? Whole(ElasticCalls calls, ElasticIndexOptions options, CancellationToken cancellation) =>
        calls.Send("read the alias", HttpMethod.Get, $"_alias/{options.Name}", null, missing: true, cancellation: cancellation) is { } found
            ? Read(calls, found.EnumerateObject().First().Name, cancellation)
            : null;

    /// <summary>The state of an index; null where there is none, or one of another kind.</summary>
    public static ElasticState? Read(ElasticCalls calls, string index, CancellationToken cancellation)
    {
        var found = calls.Send(
            "read how far it has come",
            HttpMethod.Get,
            $"{index}/_mapping",
            null,
            missing: true,
            cancellation: cancellation
        );
        return
            found?.GetProperty(index).GetProperty("mappings") is { } mappings
            && mappings.TryGetProperty("_meta", out var meta)
            && meta.TryGetProperty("chain", out var chain)
            ? new(
                index,
                meta.GetProperty("passages").GetInt64(),
                Convert.FromHexString(chain.GetString()!),
                meta.TryGetProperty("embedder", out var embedder) ? embedder.GetString() : null
            )
            : null;
    }
}
