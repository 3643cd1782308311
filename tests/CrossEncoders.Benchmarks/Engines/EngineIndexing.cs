using System.Globalization;
using CrossEncoders.Elasticsearch;
using CrossEncoders.Lucene;
using CrossEncoders.Postgres;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Benchmarks.Engines;

/// <summary>Indexes made-up passages in an engine: what the tests kill and start again.</summary>
internal static class EngineIndexing
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var (place, name) = (options.Text("place"), options.Text("name", "passages"));
        var (passages, batch) = (Passages(options.Number("passages", 4000)), options.Number("batch", 100));
        switch (options.Text("engine"))
        {
            case "postgres":
                using (
                    var index = new PostgresIndex(
                        place,
                        new()
                        {
                            Schema = "tests",
                            Name = name,
                            BatchSize = batch,
                        }
                    )
                )
                    index.Index(passages);
                break;
            case "elasticsearch":
                using (var index = new ElasticIndex(new(place), new() { Name = name, BatchSize = batch }))
                    index.Index(passages);
                break;
            case "lucene":
                using (var index = new LuceneIndex(place, new() { BatchSize = batch }))
                    index.Index(passages);
                break;
            case var other:
                throw new CrossEncoderException($"--engine takes postgres, lucene and elasticsearch, but was given '{other}'.");
        }

        return 0;
    }

    /// <summary>Passages with a number each; the same ones every time.</summary>
    public static IEnumerable<Passage> Passages(int count) =>
        Enumerable
            .Range(0, count)
            .Select(i => new Passage(
                i.ToString(CultureInfo.InvariantCulture),
                $"Pump {1000 + i} of group {i % 17} stops above {i % 29} bar, and valve {i * 7 % 1000} closes. 编号{i}的水泵停机。"
            ));
}
