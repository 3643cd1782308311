using System.Text.Json.Nodes;
using CrossEncoders.Retrieval;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// Reads models that Python made (<c>tests/python/make_relatives.py</c>, <c>make_multi_vector.py</c>), lays tokens, logits, scores and
/// vectors beside Python's (<c>cases.json</c>), and saves them again, to be read back in Python.
/// </summary>
internal static class Relatives
{
    private const double Tolerance = 1e-5; // of the size, at least 1

    public static int Run(string[] arguments)
    {
        var given = new Options(arguments);
        var (models, output) = (given.Text("models"), given.Text("output"));
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var cases in Directory.EnumerateFiles(models, "cases.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var folder = Path.GetDirectoryName(cases)!;
            var name = Path.GetRelativePath(models, folder);
            var json = JsonNode.Parse(File.ReadAllText(cases))!.AsObject();
            var found = new Findings();
            string state;
            try
            {
                Compare(folder, Path.Combine(output, name), json, found);
                state = found.IsSame ? "same" : "DIFFERENT";
            }
            catch (CrossEncoderException error)
            {
                state = "refused";
                found.Add(error.Message);
            }

            Console.WriteLine($"{state, -9} {name}: {found}");
            counts[state] = counts.GetValueOrDefault(state) + 1;
        }

        Console.WriteLine(string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}")));
        return counts.ContainsKey("DIFFERENT") ? 1 : 0;
    }

    private static void Compare(string folder, string target, JsonObject cases, Findings found)
    {
        if (cases["pairs"] is not null && Directory.Exists(Path.Combine(folder, "adapter")))
            SavedAgain.Adapter(folder, target, Pairs(cases), (int)cases["max_seq_length"]!);
        if (cases["pairs"] is not null)
            Scores(folder, target, cases, found);
        else if (cases["texts"] is not null)
            Vectors(folder, target, cases, found);
        else
            TokenVectors(folder, target, cases, found);
    }

    private static void Scores(string folder, string target, JsonObject cases, Findings found)
    {
        var isAdapter = Directory.Exists(Path.Combine(folder, "adapter"));
        var (pairs, results) = (Pairs(cases), cases["results"]!.AsArray());
        foreach (var result in results)
        {
            using var model = isAdapter
                ? SavedAgain.Load(Path.Combine(folder, "adapter"))
                : SavedAgain.Load(folder, (string?)result!["prompt"]);
            found.Check("length", (int)cases["max_seq_length"]! == model.MaxLength, $"{model.MaxLength}");
            var wrong = model
                .Tokenize(pairs)
                .Zip(result!["ids"]!.AsArray())
                .Index()
                .Where(row => !Same(row.Item.First.Ids, row.Item.Second!));
            found.Check("tokens", !wrong.Any(), $"pairs {string.Join(' ', wrong.Select(row => row.Index))} of {pairs.Length} are others");
            found.Near("logits", Numbers(result["logits_in_one_batch"]!), model.Score(pairs));
            found.Near("alone", Numbers(result["logits"]!), [.. pairs.SelectMany(pair => model.Score([pair]))]);
            found.Near("scores", Numbers(result["predict"]!), model.Predict(pairs));
        }

        if (!isAdapter)
            SavedAgain.Whole(folder, folder, target, pairs, results.Select(result => (string?)result!["prompt"]));
    }

    private static void Vectors(string folder, string target, JsonObject cases, Findings found)
    {
        string[] texts = [.. cases["texts"]!.AsArray().Select(text => (string)text!)];
        using var model = BiEncoder.FromPretrained(
            folder,
            new()
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
                Report = note => found.Add(note),
            }
        );
        found.Check("length", (int)cases["max_seq_length"]! == model.MaxLength, $"{model.MaxLength}");
        foreach (var result in cases["vectors"]!.AsArray())
        {
            var method = (string)result!["method"]!;
            var expected = result["embeddings"]!.AsArray().Select(row => Unit(Numbers(row!)));
            var actual = method == "query" ? model.EmbedQueries(texts) : model.EmbedPassages(texts);
            found.Near(method, [.. expected.SelectMany(row => row)], [.. actual.SelectMany(row => row)]);
        }

        model.SavePretrained(target);
        File.Copy(Path.Combine(folder, "cases.json"), Path.Combine(target, "cases.json"), overwrite: true);
    }

    private static void TokenVectors(string folder, string target, JsonObject cases, Findings found)
    {
        using var model = MultiVectorEncoder.FromPretrained(
            folder,
            new()
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
                Report = note => found.Add(note),
            }
        );
        var (queries, passages) = (cases["query"]!.AsArray(), cases["document"]!.AsArray());
        foreach (var (method, rows, embed) in new[] { ("query", queries, true), ("document", passages, false) })
        {
            string[] texts = [.. rows.Select(row => (string)row!["text"]!)];
            var actual = embed ? model.EmbedQueries(texts) : model.EmbedPassages(texts);
            for (var i = 0; i < texts.Length; i++)
                found.Near(method, Numbers(rows[i]!["vectors"]!), [.. actual[i].SelectMany(token => token)]);
        }

        if (cases["scores"] is JsonArray scores)
        {
            using var scorer = new LateInteraction(model);
            int[] kept = [.. cases["scored_documents"]!.AsArray().Select(index => (int)index!)];
            TextPair[] pairs =
            [
                .. queries.SelectMany(query => kept.Select(i => new TextPair((string)query!["text"]!, (string)passages[i]!["text"]!))),
            ];
            found.Near("scores", Numbers(scores), scorer.Score(pairs), 1e-3); // states are kept in 16 bits
        }

        model.SavePretrained(target);
        File.Copy(Path.Combine(folder, "cases.json"), Path.Combine(target, "cases.json"), overwrite: true);
    }

    private static bool Same(IReadOnlyList<int> ids, JsonNode expected) => ids.SequenceEqual(expected.AsArray().Select(id => (int)id!));

    private static TextPair[] Pairs(JsonObject cases) =>
        [.. cases["pairs"]!.AsArray().Select(pair => new TextPair((string)pair![0]!, (string)pair[1]!))];

    private static float[] Numbers(JsonNode values) =>
        values is JsonArray list ? [.. list.SelectMany(value => Numbers(value!))] : [(float)(double)values];

    private static float[] Unit(float[] vector)
    {
        var length = MathF.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / length)];
    }

    /// <summary>What was compared, and how far it was off.</summary>
    private sealed class Findings
    {
        private readonly SortedDictionary<string, double> _off = new(StringComparer.Ordinal);
        private readonly List<string> _notes = [];

        public bool IsSame { get; private set; } = true;

        public void Add(string note) => _notes.Add(note);

        public void Check(string what, bool same, string found)
        {
            IsSame &= same;
            if (!same)
                Add($"{what}: {found}");
        }

        public void Near(string what, float[] expected, float[] actual, double tolerance = Tolerance)
        {
            Check(what, expected.Length == actual.Length, $"{actual.Length} numbers, Python {expected.Length}");
            if (expected.Length != actual.Length || expected.Length == 0)
                return;
            var off = expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second) / Math.Max(1, Math.Abs((double)pair.First)));
            _off[what] = Math.Max(_off.GetValueOrDefault(what), off);
            IsSame &= off <= tolerance; // not where it is not a number
        }

        public override string ToString() =>
            string.Join("; ", _off.Select(entry => FormattableString.Invariant($"{entry.Key} {entry.Value:0.0e-0}")).Concat(_notes));
    }
}
