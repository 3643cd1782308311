using System.Globalization;
using CrossEncoders.Lucene;
using CrossEncoders.Postgres;
using CrossEncoders.Retrieval;
using Npgsql;
using static CrossEncoders.Benchmarks.Engines.EngineMeasures;

namespace CrossEncoders.Benchmarks.Engines;

/// <summary>Engines over passages of real sentences: time and size of the index, memory, queries a second, recall.</summary>
internal sealed class EngineSpeed(Options options, EngineCorpus corpus, string[] queries, KnownVectors? vectors, EngineMeasures measures)
{
    private readonly int[] _expansions = Numbers(options.Text("expansion", "100,200,400"));
    private readonly GraphOptions[] _graphs =
        options.Text("graphs", "32x128") is var text && text == "none"
            ? []
            :
            [
                .. text.Split(',')
                    .Select(graph => Numbers(graph.Replace('x', ',')))
                    .Select(numbers => new GraphOptions
                    {
                        Connectivity = numbers[0],
                        ExpansionAdd = numbers[1],
                        PartSize = numbers.Length > 2 ? numbers[2] : new GraphOptions().PartSize,
                    }),
            ];

    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        if (options.Text("table", "") is { Length: > 0 } languages)
            return EngineTable.Run(options, languages.Split(','));
        var shared = options.Text("shared");
        var encoder = options.Text("encoder", "");
        using var model = encoder.Length > 0 ? BiEncoder.FromPretrained(encoder) : null;
        var growth = new EngineGrowth();
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
                Watched("vectors of the model made", () => vectors!.LearnPassages(corpus.Passages().Select(passage => passage.Text)));
            foreach (var engine in options.Text("engines", "memory,lucene,postgres").Split(','))
            {
                Print($"{engine}, {count} passages");
                var measures = new EngineMeasures(engine, count, growth, here: engine is "memory" or "lucene");
                new EngineSpeed(options, corpus, queries, vectors, measures).Measure(engine);
            }
        }

        growth.Print();

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
        measures.Timed("BM25 indexed, its texts in memory,", () => bm25 = new(passages));
        measures.Search("BM25", bm25!, queries);
        if (vectors is null)
            return;
        DenseRetriever? dense = null;
        measures.Timed("vectors made", () => dense = new(passages, vectors));
        measures.Search("exact vectors", dense!, queries);
    }

    private void Lucene()
    {
        var folder = Path.Combine(options.Text("folder", Path.Combine("artifacts", "engines")), $"{corpus.Count}");
        if (Directory.Exists(folder) && options.Text("keep", "no") != "yes")
            Directory.Delete(folder, recursive: true);
        using (var words = new LuceneIndex(folder))
        {
            measures.Timed("indexed", () => words.Index(corpus.Passages(), vectors));
            measures.Size("on disk", Bytes(folder));
            measures.Search("BM25", words.FullText(), queries);
        }

        if (vectors is null)
            return;
        using var every = new LuceneIndex(folder);
        var exact = measures.Search("exact vectors", every.Nearest(vectors, exact: true), queries);
        Contrast(every.Nearest(vectors, exact: true), vectors, queries);
        foreach (var graph in _graphs)
            Graph(folder, graph, exact);
    }

    private void Graph(string folder, GraphOptions graph, IReadOnlyList<IReadOnlyList<Hit>> exact)
    {
        var name = $"graph {graph.Connectivity}x{graph.ExpansionAdd}x{graph.PartSize}";
        using (var index = new LuceneIndex(folder, new() { Graph = graph }))
            measures.Timed($"{name} made", () => index.Index(corpus.Passages(), vectors));
        measures.Size($"on disk with {name}", Bytes(folder));
        foreach (var expansion in _expansions)
        {
            using var open = new LuceneIndex(folder, new() { Graph = graph with { ExpansionSearch = expansion } });
            Recall(exact, measures.Search($"{name}, {expansion} candidates", open.Nearest(vectors!), queries));
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
        measures.Timed("indexed", () => index.Index(corpus.Passages(), embedder));
        using (var source = NpgsqlDataSource.Create(connection))
        using (var command = source.CreateCommand("SELECT pg_total_relation_size('cross_encoders.benchmark')"))
            measures.Size("on the server", (long)command.ExecuteScalar()!);
        measures.Search("full text", index.FullText(PostgresRanking.Frequency), queries);
        if (embedder is not null)
        {
            measures.Search("BM25", index.FullText(), queries);
            var exact = measures.Search("exact vectors", index.Nearest(embedder, exact: true), queries);
            foreach (var expansion in _expansions)
            {
                using var open = new PostgresIndex(connection, settings with { Hnsw = hnsw with { EfSearch = expansion } });
                Recall(exact, measures.Search($"HNSW, {expansion} candidates", open.Nearest(embedder), queries));
            }

            measures.Search("hybrid", index.Hybrid(embedder), queries);
        }

        index.Drop();
    }

    private static int[] Numbers(string text) => [.. text.Split(',').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
}
