using CrossEncoders.Audit;
using CrossEncoders.Documents;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Examples;

/// <summary>Triples hold a query in many rows: it is one query for splits, evaluators and negatives.</summary>
public sealed class TriplesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>1000 triples as MS MARCO's look: 100 queries in 10 rows each, two positives a query.</summary>
    private string Many()
    {
        var random = new Random(5);
        string Words(int count) => string.Join(' ', Enumerable.Range(0, count).Select(_ => $"w{random.Next(5000)}"));
        var queries = Enumerable
            .Range(0, 100)
            .Select(_ => (Query: "question " + Words(6), Positives: new[] { Words(20), Words(20) }))
            .ToList();
        var rows = Enumerable
            .Range(0, 1000)
            .Select(i => $"{queries[i % 100].Query}\t{queries[i % 100].Positives[i / 100 % 2]}\t{Words(20)}");
        return _folder.With("many.tsv", string.Join('\n', rows) + "\n")["many.tsv"];
    }

    private static void HoldFor(string file)
    {
        var examples = InputExamples.Load(file);
        Assert.Equal(2000, examples.Count);
        Assert.Equal(2000, examples.Select(example => example.Id).Distinct().Count());
        Assert.Equal(100, examples.Select(example => example.Group).Distinct().Count());

        var split = examples.SplitByGroup(0.8, 0.1);
        Assert.Equal((1600, 200, 200), (split.Train.Count, split.Validation.Count, split.Test.Count));
        LeakAudit.Of(split.Train, split.Validation, split.Test).Require();

        var random = new Random(1);
        var evaluator = RerankingEvaluator.FromExamples(examples);
        Assert.Equal(100, evaluator.Queries);
        var metrics = evaluator.Evaluate(new ScriptedScorer(_ => random.NextSingle())).Metrics;
        Assert.InRange(metrics["mrr@10"], 0.58, 0.78); // 0.68 for random scores
        Assert.InRange(metrics["ndcg@10"], 0.43, 0.55); // 0.49
    }

    [Fact]
    public void RowsOfOneQueryAreOneGroup() => HoldFor(Many());

    [Fact]
    public void RowsOfOneQueryAreOneGroupInTheSharedFile() => HoldFor(Shared.Path("cases/rows-triples-one-query/many.tsv"));

    [Fact]
    public void ListsAndTuplesHoldAllOfAQuery()
    {
        var examples = InputExamples.Load(
            Path.Combine(Shared.Repository, "tests", "CrossEncoders.Tests", "cases", "rows-triples-one-query", "triples-small.tsv")
        );
        var lists = examples.ToLists();
        Assert.Equal([6, 4, 4, 2], lists.Select(list => list.Passages.Count));
        Assert.Equal(["Rome is in Italy.", "Paris is in France."], examples.ToTuples()[4].Negatives);
    }

    [Fact]
    public void QueriesThatDifferInCaseAndSpacesAreOne()
    {
        var file = _folder.With("a.csv", "query,positive,negative\nWhere is it?,here,there\nwhere  is it? ,over here,nowhere\n")["a.csv"];
        Assert.Equal(["row-2"], InputExamples.Load(file).Select(example => example.Group).Distinct());
        Assert.Equal(1, RerankingEvaluator.FromExamples(InputExamples.Load(file)).Queries);
    }

    [Fact]
    public void APositiveOfAnotherRowIsNoNegative()
    {
        var notes = new List<string>();
        var file = _folder.With("a.csv", "query,positive,negative\nq,one,two\nq,two,three\nr,three,one\n")["a.csv"];
        var read = InputExamples.Load(file, report: notes.Add).Select(example => $"{example.Query} {example.Passage} {example.Label}");
        Assert.Equal(["q one 1", "q two 1", "q three 0", "r three 1", "r one 0"], read);
        Assert.Contains("1 negatives were left out", Assert.Single(notes));
    }

    [Theory]
    [InlineData("a.tsv", "1185869\t0\t2942565\n1185868\t16\t3412932\n")] // MS MARCO's triples of ids
    [InlineData("a.csv", "query,passage,label\n1,2,1\n1,3,0\n")]
    public void IdsAreNoTexts(string name, string content)
    {
        var error = Assert.Throws<CrossEncoderException>(() => InputExamples.Load(_folder.With(name, content)[name]));
        Assert.Contains("look like ids", error.Message);
        var mixed = _folder.With("b.csv", "query,passage,label\nhow many,42,1\nwhich year,1998,0\n")["b.csv"];
        Assert.Equal(["42", "1998"], InputExamples.Load(mixed).Select(example => example.Passage));
    }

    [Fact]
    public void AnEmptyValidationPartIsSaid()
    {
        InputExample[] examples =
        [
            .. Enumerable
                .Range(0, 40)
                .Select(i => new InputExample([$"q{i}", "one passage that all of them share"], i % 2) { Group = $"g{i}" }),
        ];
        Assert.Contains("Nothing is left to validate on", Assert.Throws<CrossEncoderException>(() => examples.SplitByGroup(0.8)).Message);
    }

    [Fact]
    public void PassagesThatDifferInSignsAreTwo()
    {
        var file = _folder.With("a.jsonl", """{"query":"q","pos":["C++","café"],"neg":["C#","C","cafe\u0301"]}""")["a.jsonl"];
        Assert.Equal(["C++", "café", "C#", "C"], InputExamples.Load(file, report: _ => { }).Select(example => example.Passage));
    }

    [Fact]
    public void GroupsThatShareAQueryStayTogetherInASplit()
    {
        InputExample[] examples =
        [
            .. Enumerable
                .Range(0, 200)
                .Select(i => new InputExample([$"q{i % 40}", $"unlike passage p{i} x{i * 7}"], i % 2) { Group = $"g{i}" }),
        ];
        var split = examples.SplitByGroup(0.8, 0.1, seed: 3);
        Assert.Equal((160, 20, 20), (split.Train.Count, split.Validation.Count, split.Test.Count));
        Assert.Empty(
            split.Train.Select(example => example.Query).Intersect(split.Validation.Concat(split.Test).Select(example => example.Query))
        );
    }

    [Fact]
    public void AChunkForWhichTheSameQuestionWasWrittenIsNoNegative()
    {
        string[] words = ["alpha", "bravo", "carol", "delta"];
        var chunks = words.Select((word, i) => Make.Chunk($"{word} {i} pump", document: $"{word}.md")).ToList();
        var dataset = new QaDataset(
            [.. chunks.Select(chunk => new Document(chunk.DocumentId, "T", chunk.Text, "en"))],
            chunks,
            [
                new GeneratedQuestion("When does the pump stop?", "natural", chunks[0].Id, "m"),
                new GeneratedQuestion("when does  the pump stop", "natural", chunks[1].Id, "m"),
                new GeneratedQuestion("What is delta?", "natural", chunks[3].Id, "m"),
            ]
        );
        var examples = dataset.ToExamples(new HardNegatives(new Bm25Retriever(chunks), 3) { Random = 3 });
        var pump = examples.Where(example => example.Query.Contains("pump", StringComparison.Ordinal) && example.Label == 0).ToList();
        Assert.NotEmpty(pump);
        Assert.DoesNotContain(pump, example => example.Passage.StartsWith("alpha", StringComparison.Ordinal));
        Assert.DoesNotContain(pump, example => example.Passage.StartsWith("bravo", StringComparison.Ordinal));
        Assert.Contains(examples, example =>
            example.Query == "What is delta?" && example.Passage.StartsWith("alpha", StringComparison.Ordinal)
        );
    }
}
