using CrossEncoders.Documents;

namespace CrossEncoders.Evaluation;

/// <summary>One set of NanoBEIR, ready to be scored.</summary>
/// <param name="Name">For example "NanoMSMARCO".</param>
/// <param name="Queries">Its queries.</param>
internal sealed record NanoBeirSet(string Name, IReadOnlyList<NanoBeirQuery> Queries)
{
    public const string Corpus = "corpus";
    public const string Questions = "queries";
    public const string Judgments = "qrels";
    public const string FirstStage = "bm25";
    private static readonly string[] Extensions = [".parquet", ".jsonl"];

    /// <summary>Reads a set of a folder: <c>corpus/NanoMSMARCO-….parquet</c>, and so queries, qrels and bm25.</summary>
    /// <exception cref="CrossEncoderException">A file or column is missing, or names what is not there.</exception>
    public static NanoBeirSet Read(string folder, string name, NanoBeirOptions options)
    {
        var passages = Texts(folder, Corpus, name);
        var queries = Texts(folder, Questions, name);
        var relevant = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (row, file) in Rows(folder, Judgments, name))
        {
            var query = Id(row, "query-id", file);
            if (!relevant.TryGetValue(query, out var ids))
                relevant[query] = ids = [];
            ids.AddRange(Ids(row, "corpus-id", file).Except(ids, StringComparer.Ordinal));
        }

        var read = new List<NanoBeirQuery>();
        foreach (var (row, file) in Rows(folder, FirstStage, name))
        {
            var query = Id(row, "query-id", file);
            string[] found = [.. Ids(row, "corpus-ids", file).Take(options.Depth)];
            var text = Of(queries, query, "query", file);
            if (!relevant.TryGetValue(query, out var positives))
                throw new CrossEncoderException(
                    $"'{file}' has the query '{query}', for which {Judgments} names no relevant passage. Check that the files belong "
                        + "together."
                );
            foreach (var id in found.Concat(positives))
                _ = Of(passages, id, "passage", file);
            read.Add(NanoBeirQuery.Of(text, positives, found, id => passages[id], options.AlwaysRerankPositives));
        }

        return new(name, read);
    }

    private static Dictionary<string, string> Texts(string folder, string part, string name)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (row, file) in Rows(folder, part, name))
            texts[Id(row, "_id", file)] = $"{Value(row, "text", file)}";
        return texts;
    }

    private static IEnumerable<(TableRow Row, string File)> Rows(string folder, string part, string name) =>
        Files(folder, part, name).SelectMany(file => TableRows.Read(file).Select(row => (row, file)));

    private static string[] Files(string folder, string part, string name)
    {
        var inside = Path.Combine(folder, part);
        string[] files = Directory.Exists(inside)
            ?
            [
                .. Directory
                    .EnumerateFiles(inside)
                    .Where(file => Extensions.Contains(Path.GetExtension(file)))
                    .Where(file =>
                        Path.GetFileName(file).StartsWith(name + "-", StringComparison.Ordinal)
                        || Path.GetFileNameWithoutExtension(file) == name
                    )
                    .Order(StringComparer.Ordinal),
            ]
            : [];
        return files.Length > 0
            ? files
            : throw new CrossEncoderException(
                $"'{folder}' has no {part} of {name}: expected {part}/{name}-….parquet, as NanoBEIR is on the hub, or {part}/{name}.jsonl. "
                    + "Name the sets that it has, or fetch it again."
            );
    }

    private static object? Value(TableRow row, string column, string file) =>
        row.Values.TryGetValue(column, out var value)
            ? value
            : throw new CrossEncoderException($"'{file}' has no column {column}, but {string.Join(", ", row.Values.Keys)}. Rename it.");

    private static string Id(TableRow row, string column, string file) =>
        Evaluation.Judgments.Id(Value(row, column, file), file, row.Number);

    private static IEnumerable<string> Ids(TableRow row, string column, string file) =>
        Value(row, column, file) is IEnumerable<object?> list
            ? list.Select(id => Evaluation.Judgments.Id(id, file, row.Number))
            : [Id(row, column, file)];

    private static string Of(Dictionary<string, string> texts, string id, string kind, string file) =>
        texts.TryGetValue(id, out var text)
            ? text
            : throw new CrossEncoderException(
                $"'{file}' names the {kind} '{id}', which is not there. Check that the files belong together."
            );
}
