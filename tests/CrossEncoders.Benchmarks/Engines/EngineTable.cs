using System.Globalization;
using CrossEncoders.Elasticsearch;
using CrossEncoders.Evaluation;
using CrossEncoders.Lucene;
using CrossEncoders.Postgres;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Benchmarks.Engines;

/// <summary>XQuAD by each engine, alone and with a re-ranker behind it: MRR@10.</summary>
internal static class EngineTable
{
    private const string Metric = "MRR@10";

    private static readonly (string Engine, string Variable)[] Servers =
    [
        ("PostgreSQL full text", "CROSS_ENCODERS_POSTGRES"),
        ("PostgreSQL BM25, vectors", "CROSS_ENCODERS_PGLITE"),
        ("Elasticsearch", "CROSS_ENCODERS_ELASTICSEARCH"),
    ];

    public static int Run(Options options, string[] languages)
    {
        var depth = options.Number("depth", 10);
        using var encoder = BiEncoder.FromPretrained(options.Text("encoder", Path.Combine("data", "models", "multilingual-e5-small-enzh")));
        using var model = CrossEncoder.FromPretrained(options.Text("model", Path.Combine("data", "models", "cross-encoder-small-enzh")));
        foreach (var language in languages)
        {
            var set = RankingSet.Load(options.Text("shared"), $"xquad-{language}").Some(options.Number("questions", 200));
            var folder = Directory.CreateTempSubdirectory("engines-").FullName;
            using var disk = new LuceneIndex(folder);
            disk.Index(set.Passages, encoder);
            var bm25 = new Bm25Retriever(set.Passages);
            List<IRetriever> first =
            [
                bm25,
                new HybridRetriever([bm25, new DenseRetriever(set.Passages, encoder)], name: "in memory, hybrid"),
                disk.FullText(),
                disk.Hybrid(encoder, name: "Lucene, hybrid"),
            ];
            using var plain = Open("CROSS_ENCODERS_POSTGRES");
            plain?.Index(set.Passages);
            if (plain is not null)
                first.Add(plain.FullText());
            using var extended = Open("CROSS_ENCODERS_PGLITE");
            extended?.Index(set.Passages, encoder);
            if (extended is not null)
                first.AddRange([
                    extended.FullText(),
                    extended.Hybrid(encoder, PostgresRanking.Frequency, name: "PostgreSQL full text | vectors"),
                    extended.Hybrid(encoder, name: "PostgreSQL BM25 | vectors"),
                ]);
            using var elastic = OpenElastic();
            elastic?.Index(set.Passages, encoder);
            if (elastic is not null)
                first.AddRange([elastic.FullText($"{elastic.Server} BM25"), elastic.Hybrid(encoder, name: $"{elastic.Server}, hybrid")]);
            var known = model.ScoredOnce();
            List<IRetriever> all = [.. first, .. first.Select(retriever => retriever.RerankedBy(known, depth, retriever.Name + " +"))];
            var comparison = RankingComparison.Run(set.Questions, all, new() { Metrics = [RankingMetric.Mrr(10)], Resamples = 100 });
            Print($"XQuAD {language}, {set.Questions.Count} questions: MRR@10 alone, and with the first {depth} re-ranked");
            foreach (var retriever in first)
            {
                var (alone, reranked) = (comparison.Mean(retriever.Name, Metric), comparison.Mean(retriever.Name + " +", Metric));
                Print($"  {retriever.Name, -40} {alone:0.0000} {reranked:0.0000}");
            }

            foreach (
                var (engine, variable) in Servers.Where(server =>
                    Environment.GetEnvironmentVariable(server.Variable) is not { Length: > 0 }
                )
            )
                Print($"  {engine, -40} no server in {variable}: see tests/README.md");
            plain?.Drop();
            extended?.Drop();
            disk.Dispose();
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static PostgresIndex? Open(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } connection ? new(connection, new() { Name = "table" }) : null;

    private static ElasticIndex? OpenElastic() =>
        Environment.GetEnvironmentVariable("CROSS_ENCODERS_ELASTICSEARCH") is { Length: > 0 } address
            ? new(new(address), new ElasticIndexOptions { Name = "table" }.WithEnvironment())
            : null;

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
