using System.Diagnostics;
using System.Globalization;
using CrossEncoders.Lucene;
using CrossEncoders.Postgres;
using CrossEncoders.Retrieval;
using Npgsql;

namespace CrossEncoders.Benchmarks.Engines;

/// <summary>Engines over passages of real sentences: time and size of the index, memory, queries a second, recall.</summary>
internal static class EngineSpeed
{
    private const int TopK = 100;

    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        if (options.Text("table", "") is { Length: > 0 } languages)
            return EngineTable.Run(options, languages.Split(','));
        var shared = options.Text("shared");
        string[] queries =
        [
            .. SquadFile
                .Load(Path.Combine(shared, "data", "xquad", "xquad.en.json"))
                .Questions.Select(question => question.Text)
                .Take(options.Number("queries", 300)),
        ];
        foreach (
            var count in options.Text("passages", "10000,100000").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))
        )
        {
            var corpus = new EngineCorpus(shared, count);
            var embedder = options.Number("dimensions", 128) is > 0 and var dimensions ? new TermEmbedder(dimensions) : null;
            foreach (var engine in options.Text("engines", "memory,lucene,postgres").Split(','))
                Measure(engine, corpus, count, embedder, queries, options);
        }

        return 0;
    }

    private static void Measure(string engine, EngineCorpus corpus, int count, TermEmbedder? embedder, string[] queries, Options options)
    {
        Print($"{engine}, {count} passages");
        switch (engine)
        {
            case "memory":
                var passages = corpus.Passages().ToArray();
                Bm25Retriever? bm25 = null;
                Timed("BM25 indexed", () => bm25 = new(passages));
                Search("BM25", bm25!, queries);
                break;
            case "lucene":
                Lucene(corpus, embedder, queries, options);
                break;
            case "postgres":
                Postgres(corpus, embedder: null, queries, Environment.GetEnvironmentVariable("CROSS_ENCODERS_POSTGRES"));
                break;
            case "pglite":
                Postgres(corpus, embedder, queries, Environment.GetEnvironmentVariable("CROSS_ENCODERS_PGLITE"));
                break;
            default:
                throw new CrossEncoderException($"--engines takes memory, lucene, postgres and pglite, but was given '{engine}'.");
        }
    }

    private static void Lucene(EngineCorpus corpus, TermEmbedder? embedder, string[] queries, Options options)
    {
        var folder = options.Text("folder", Path.Combine("artifacts", "engines"));
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        using var index = new LuceneIndex(folder);
        Timed("indexed", () => index.Index(corpus.Passages(), embedder));
        Print($"  {Size(folder) / 1e6:0} MB on disk");
        Search("BM25", index.FullText(), queries);
        if (embedder is null)
            return;
        var exact = Search("exact vectors", index.Nearest(embedder), queries);
        using var graph = new LuceneIndex(folder, new() { Graph = new() });
        if (options.Text("graph", "yes") != "yes")
            return;
        Timed("indexed again with the graph", () => graph.Index(corpus.Passages(), embedder));
        Print($"  {Size(folder) / 1e6:0} MB on disk");
        Recall(exact, Search("graph", graph.Nearest(embedder), queries));
    }

    private static void Postgres(EngineCorpus corpus, TermEmbedder? embedder, string[] queries, string? connection)
    {
        if (connection is null)
            throw new CrossEncoderException("The engine needs a server: see tests/README.md for how to start one.");
        using var index = new PostgresIndex(connection, new() { Name = "benchmark", SearchLimit = TimeSpan.FromMinutes(5) });
        index.Drop();
        Timed("indexed", () => index.Index(corpus.Passages(), embedder));
        using (var source = NpgsqlDataSource.Create(connection))
        using (var command = source.CreateCommand("SELECT pg_total_relation_size('cross_encoders.benchmark')"))
            Print($"  {(long)command.ExecuteScalar()! / 1e6:0} MB on disk");
        Search("full text", index.FullText(PostgresRanking.Frequency), queries);
        if (embedder is not null)
        {
            Search("BM25", index.FullText(), queries);
            Recall(
                Search("exact vectors", index.Nearest(embedder, exact: true), queries),
                Search("HNSW", index.Nearest(embedder), queries)
            );
            Search("hybrid", index.Hybrid(embedder), queries);
        }

        index.Drop();
    }

    private static void Timed(string what, Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        using var process = Process.GetCurrentProcess();
        Print($"  {what} in {clock.Elapsed.TotalSeconds:0.0} s; the process had {process.PeakWorkingSet64 / 1e6:0} MB at most so far");
    }

    private static IReadOnlyList<IReadOnlyList<Hit>> Search(string what, IRetriever retriever, string[] queries)
    {
        retriever.SearchAll([.. queries.Take(20)], TopK);
        var clock = Stopwatch.StartNew();
        foreach (var query in queries.Take(100))
            retriever.Search(query, TopK);
        var single = Math.Min(100, queries.Length) / clock.Elapsed.TotalSeconds;
        clock.Restart();
        var results = retriever.SearchAll(queries, TopK);
        Print($"  {what}: {single:0} queries a second one by one, {queries.Length / clock.Elapsed.TotalSeconds:0} together");
        return results;
    }

    private static void Recall(IReadOnlyList<IReadOnlyList<Hit>> exact, IReadOnlyList<IReadOnlyList<Hit>> found)
    {
        var recall = exact
            .Zip(found, (one, other) =>
                one.Take(10).Select(hit => hit.Passage.Id).Intersect(other.Take(10).Select(hit => hit.Passage.Id)).Count() / 10.0
            )
            .Average();
        Print($"  of the nearest 10 it finds {recall:0.000}");
    }

    private static long Size(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
