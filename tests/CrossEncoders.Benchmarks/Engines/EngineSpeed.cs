using System.Globalization;
using CrossEncoders.Lucene;
using CrossEncoders.Postgres;
using CrossEncoders.Retrieval;
using Npgsql;
using static CrossEncoders.Benchmarks.Engines.EngineMeasures;

namespace CrossEncoders.Benchmarks.Engines;

/// <summary>Engines over passages of real sentences: time and size of the index, memory, queries a second, recall.</summary>
internal sealed class EngineSpeed(Options options, EngineCorpus corpus, string[] queries, KnownVectors? vectors)
{
    private readonly int[] _expansions = Numbers(options.Text("expansion", "100,200,400"));
    private readonly (int Connectivity, int ExpansionAdd)[] _graphs =
        options.Text("graphs", "32x128") is var text && text == "none"
            ? []
            : [.. text.Split(',').Select(graph => Numbers(graph.Replace('x', ','))).Select(pair => (pair[0], pair[1]))];

    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        if (options.Text("table", "") is { Length: > 0 } languages)
            return EngineTable.Run(options, languages.Split(','));
        var shared = options.Text("shared");
        var encoder = options.Text("encoder", "");
        using var model = encoder.Length > 0 ? BiEncoder.FromPretrained(encoder) : null;
        foreach (var count in Numbers(options.Text("passages", "10000,100000")))
        {
            var corpus = new EngineCorpus(shared, count, options.Number("sentences", 6));
            var queries = Queries(options, corpus);
            var vectors =
                model is not null ? new KnownVectors(model)
                : options.Number("dimensions", 128) is > 0 and var dimensions ? new(new TermEmbedder(dimensions))
                : null;
            vectors?.LearnQueries(queries);
            if (model is not null)
                Timed("vectors of the model made", () => vectors!.LearnPassages(corpus.Passages().Select(passage => passage.Text)));
            foreach (var engine in options.Text("engines", "memory,lucene,postgres").Split(','))
            {
                Print($"{engine}, {count} passages");
                new EngineSpeed(options, corpus, queries, vectors).Measure(engine);
            }
        }

        return 0;
    }

    private static string[] Queries(Options options, EngineCorpus corpus)
    {
        var asked = options.Number("queries", 300);
        return options.Text("ask", "questions") switch
        {
            "questions" =>
            [
                .. SquadFile
                    .Load(Path.Combine(options.Text("shared"), "data", "xquad", "xquad.en.json"))
                    .Questions.Select(question => question.Text)
                    .Distinct()
                    .Take(asked),
            ],
            "passages" => [.. corpus.Others(asked)],
            var other => throw new CrossEncoderException($"--ask takes questions and passages, but was given '{other}'."),
        };
    }

    private void Measure(string engine)
    {
        switch (engine)
        {
            case "memory":
                Memory();
                break;
            case "lucene":
                Lucene();
                break;
            case "postgres":
                Postgres("CROSS_ENCODERS_POSTGRES", null);
                break;
            case "pglite":
                Postgres("CROSS_ENCODERS_PGLITE", vectors);
                break;
            default:
                throw new CrossEncoderException($"--engines takes memory, lucene, postgres and pglite, but was given '{engine}'.");
        }
    }

    private void Memory()
    {
        var passages = corpus.Passages().ToArray();
        Bm25Retriever? bm25 = null;
        Timed("BM25 indexed, its texts in memory,", () => bm25 = new(passages));
        Search("BM25", bm25!, queries);
    }

    private void Lucene()
    {
        var folder = options.Text("folder", Path.Combine("artifacts", "engines"));
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        using (var words = new LuceneIndex(folder))
        {
            Timed("indexed", () => words.Index(corpus.Passages(), vectors));
            Print($"  {Size(folder) / 1e6:0} MB on disk");
            Search("BM25", words.FullText(), queries);
        }

        if (vectors is null)
            return;
        using var every = new LuceneIndex(folder);
        var exact = Search("exact vectors", every.Nearest(vectors, exact: true), queries);
        Contrast(every.Nearest(vectors, exact: true), vectors, queries);
        foreach (var (connectivity, expansion) in _graphs)
            Graph(folder, new() { Connectivity = connectivity, ExpansionAdd = expansion }, exact);
    }

    private void Graph(string folder, GraphOptions graph, IReadOnlyList<IReadOnlyList<Hit>> exact)
    {
        using (var index = new LuceneIndex(folder, new() { Graph = graph }))
            Timed($"graph {graph.Connectivity}x{graph.ExpansionAdd} made", () => index.Index(corpus.Passages(), vectors));
        Print($"  {Size(folder) / 1e6:0} MB on disk");
        foreach (var expansion in _expansions)
        {
            using var open = new LuceneIndex(folder, new() { Graph = graph with { ExpansionSearch = expansion } });
            Recall(exact, Search($"{expansion} candidates", open.Nearest(vectors!), queries));
        }
    }

    private void Postgres(string variable, KnownVectors? embedder)
    {
        var connection = Environment.GetEnvironmentVariable(variable);
        if (connection is not { Length: > 0 })
            throw new CrossEncoderException($"The engine needs a server in {variable}: see tests/README.md for how to start one.");
        var hnsw = new HnswOptions();
        var settings = new PostgresIndexOptions
        {
            Name = "benchmark",
            SearchLimit = TimeSpan.FromMinutes(5),
            Hnsw = hnsw,
        };
        using var index = new PostgresIndex(connection, settings);
        index.Drop();
        Timed("indexed", () => index.Index(corpus.Passages(), embedder));
        using (var source = NpgsqlDataSource.Create(connection))
        using (var command = source.CreateCommand("SELECT pg_total_relation_size('cross_encoders.benchmark')"))
            Print($"  {(long)command.ExecuteScalar()! / 1e6:0} MB on the server");
        Search("full text", index.FullText(PostgresRanking.Frequency), queries);
        if (embedder is not null)
        {
            Search("BM25", index.FullText(), queries);
            var exact = Search("exact vectors", index.Nearest(embedder, exact: true), queries);
            foreach (var expansion in _expansions)
            {
                using var open = new PostgresIndex(connection, settings with { Hnsw = hnsw with { EfSearch = expansion } });
                Recall(exact, Search($"HNSW, {expansion} candidates", open.Nearest(embedder), queries));
            }

            Search("hybrid", index.Hybrid(embedder), queries);
        }

        index.Drop();
    }

    private static int[] Numbers(string text) => [.. text.Split(',').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
}
