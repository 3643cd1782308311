using System.Text.Json;
using CrossEncoders.Evaluation;
using Parquet;
using Parquet.Schema;

namespace CrossEncoders.Tests.Evaluation;

/// <summary>Two tiny sets in NanoBEIR's layout.</summary>
internal static class NanoBeirFolder
{
    public static readonly NanoBeirOptions Options = new() { Sets = ["msmarco", "NQ"] };

    /// <summary>
    /// Of MSMARCO's two queries one has an answer that BM25 missed, and the other none that it found; NQ has one query that BM25 answers.
    /// </summary>
    public static string Write(string folder)
    {
        string[] ids = ["p1", "p2", "p3", "n1", "n2"];
        Lines(folder, "corpus", "NanoMSMARCO", ids.Select(id => new Dictionary<string, object> { ["_id"] = id, ["text"] = $"text {id}" }));
        Lines(folder, "queries", "NanoMSMARCO", [Text("q1", "one"), Text("q2", "two")]);
        Lines(folder, "qrels", "NanoMSMARCO", [Judged("q1", "p1"), Judged("q1", "p2"), Judged("q2", "p3")]);
        Lines(folder, "bm25", "NanoMSMARCO", [Found("q1", "n1", "p1", "n2"), Found("q2", "n1", "n2")]);
        Lines(folder, "corpus", "NanoNQ", [Text("p4", "text p4"), Text("n3", "text n3")]);
        Lines(folder, "queries", "NanoNQ", [Text("q3", "three")]);
        Lines(folder, "qrels", "NanoNQ", [Judged("q3", "p4")]);
        Lines(folder, "bm25", "NanoNQ", [Found("q3", "p4", "n3")]);
        return folder;
    }

    public static NanoBeirEvaluator Evaluator(NanoBeirOptions? options = null)
    {
        using var scratch = new ScratchFolder();
        return NanoBeirEvaluator.FromFolder(Write(scratch["nano"]), options ?? Options);
    }

    public static void Lines(string folder, string part, string set, IEnumerable<IReadOnlyDictionary<string, object>> rows)
    {
        Directory.CreateDirectory(Path.Combine(folder, part));
        System.IO.File.WriteAllLines(Path.Combine(folder, part, $"{set}.jsonl"), rows.Select(row => JsonSerializer.Serialize(row)));
    }

    public static Dictionary<string, object> Text(string id, string text) => new() { ["_id"] = id, ["text"] = text };

    public static Dictionary<string, object> Judged(string query, string passage) =>
        new() { ["query-id"] = query, ["corpus-id"] = passage };

    public static Dictionary<string, object> Found(string query, params string[] passages) =>
        new() { ["query-id"] = query, ["corpus-ids"] = passages };

    /// <summary>A set of one query as the hub has it, in Parquet.</summary>
    public static async Task<SortedDictionary<string, byte[]>> ParquetAsync(string set)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        async Task Texts(string part, string id, string text) => await Two(part, ("_id", id), ("text", text));
        async Task Two(string part, (string Name, string Value) first, (string Name, string Value) second)
        {
            var (one, other) = (new DataField<string>(first.Name), new DataField<string>(second.Name));
            files[$"{part}/{set}-00000-of-00001.parquet"] = await File(new ParquetSchema(one, other), async group =>
            {
                await group.WriteAsync(one, [first.Value]);
                await group.WriteAsync(other, [second.Value]);
            });
        }

        await Texts("corpus", "p1", "text p1");
        await Texts("queries", "q1", "one");
        await Two("qrels", ("query-id", "q1"), ("corpus-id", "p1"));
        var (query, found) = (new DataField<string>("query-id"), new DataField<string>("element"));
        files[$"bm25/{set}-00000-of-00001.parquet"] = await File(
            new ParquetSchema(query, new ListField("corpus-ids", found)),
            async group =>
            {
                await group.WriteAsync(query, ["q1"]);
                await group.WriteAsync(found, ["p1"], new[] { 0 });
            }
        );
        return files;
    }

    private static async Task<byte[]> File(ParquetSchema schema, Func<ParquetRowGroupWriter, Task> write)
    {
        using var stream = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(schema, stream))
        {
            using var group = writer.CreateRowGroup();
            await write(group);
        }

        return stream.ToArray();
    }
}
