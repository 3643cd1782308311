using CrossEncoders.Evaluation;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

/// <summary>What files of the field have that is odd and legal, and what is neither.</summary>
public sealed class TestSetFormsTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>
    /// Marks of Windows, no line feed at the end, more columns than needed, blanks in ids, ids as numbers, no title, passages that are not
    /// there, grades below zero and with a decimal point.
    /// </summary>
    [Fact]
    public void BeirsFolderAsOthersWriteIt()
    {
        Write("corpus.jsonl", """{"_id":"my doc.md#1","title":"","text":"They purr.","metadata":{"a":[1]}}""", "", Numbered("7", "Dogs."));
        Write("queries.jsonl", """{"_id":"q 1","text":"who purrs","metadata":{}}""", """{"_id":12345678901,"text":"who barks"}""");
        Write(
            "qrels/test.tsv",
            "query-id\tcorpus-id\tscore\titeration",
            "q 1\tmy doc.md#1\t2.0\t0",
            "q 1\t7\t-1\t0",
            "q 1\tgone\t1\t0",
            "12345678901\t7\t1\t0"
        );
        var set = TestSet.FromFolder(_scratch.Path);
        Assert.Equal([new("my doc.md#1", "They purr."), new("7", "Dogs.")], set.Passages);
        Assert.Equal(["q 1", "12345678901"], set.Questions.Select(question => question.Id));
        Assert.Equal([2, -1, 1], set.Questions[0].Relevant.Values);
        Assert.Equal(["1 relevant passages are not in the collection; no search can find them, and they count as missed."], set.Notes);
        var comparison = RankingComparison.Of(set.Questions, new Bm25Retriever(set.Passages));
        Assert.Equal(0.5, comparison.Rankings[0].Metrics["Recall@10"]); // as trec_eval: below zero is not relevant, gone is missed
    }

    [Fact]
    public void MarcosAndTrecsFilesAsOthersWriteThem()
    {
        Write("c.tsv", "pid\ttext", "0\tThe \"first\", with a \u2028 separator", "1\t", "2\thttps://a.b\tA title\tits body");
        Write("q.tsv", "query1\twhich is first", "10\tno title");
        Write("qrels.txt", "query1 0 0 1", "# a comment, as trec_eval 10 has them", "10\t0  2\t3");
        var set = TestSet.FromFiles(_scratch["c.tsv"], _scratch["q.tsv"], _scratch["qrels.txt"]);
        Assert.Equal(["The \"first\", with a \u2028 separator", "", "A title its body"], set.Passages.Select(passage => passage.Text));
        Assert.Equal(["query1", "10"], set.Questions.Select(question => question.Id)); // its judgment is no heading
        Write(
            "topics.txt",
            "<TOP>",
            "<NUM> Number: 301",
            "<title> Topic: Organized",
            " Crime <desc> x",
            "</TOP>",
            "<top><num>302<title>Polio"
        );
        Write("qrels.txt", "301 0 0 1", "302 0 1 1");
        set = TestSet.FromFiles(_scratch["c.tsv"], _scratch["topics.txt"], _scratch["qrels.txt"]);
        Assert.Equal(["Organized Crime", "Polio"], set.Questions.Select(question => question.Text));
    }

    [Theory]
    [InlineData("<top><num> 1 <title></title></top><top><num> 2 <title> Polio </top>", "the number '1' and the title ''")]
    [InlineData("<top><title> Polio </top>", "the number '' and the title 'Polio'")]
    [InlineData("q1\tone\nq1\tone", "'q1' comes more than once")]
    [InlineData("q1\tone\n \ttwo", "has the id ''")]
    [InlineData("q1\ta\tb\tc\td", "5 columns")]
    public void QuestionsThatDoNotFitAreNamed(string queries, string expected)
    {
        Write("c.tsv", "d1\ta");
        Write("qrels.txt", "q1 0 d1 1");
        Write("q.tsv", queries.Split('\n'));
        var error = Assert.Throws<CrossEncoderException>(() =>
            TestSet.FromFiles(_scratch["c.tsv"], _scratch["q.tsv"], _scratch["qrels.txt"])
        );
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("""{"_id":9007199254740993,"text":"a"}""", "has the id '")]
    [InlineData("""{"_id":null,"text":"a"}""", "has the id ''")]
    [InlineData("""{"_id":"d1","text":null}""", "no id with a text")]
    [InlineData("""{"_id":"d1","text":"a"}|{"_id":"d1","text":"b"}""", "'d1' comes more than once")]
    [InlineData("""{"_id":"d1","text":"a""", "Line 1 of")]
    [InlineData("""["d1","a"]""", "is a JSON Array")]
    public void PassagesThatDoNotFitAreNamed(string passages, string expected)
    {
        Write("c.jsonl", passages.Split('|'));
        Write("q.tsv", "q1\tb");
        Write("qrels.txt", "q1 0 d1 1");
        var error = Assert.Throws<CrossEncoderException>(() =>
            TestSet.FromFiles(_scratch["c.jsonl"], _scratch["q.tsv"], _scratch["qrels.txt"])
        );
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("query_id", "doc_id")]
    [InlineData("query-id", "corpus-id")]
    [InlineData("qid", "pid")]
    [InlineData("_id", "_id")]
    public void AnIdHasAnyOfItsNames(string question, string passage)
    {
        Write("c.jsonl", $$"""{"{{passage}}":"d1","text":"a"}""");
        Write("q.jsonl", $$"""{"{{question}}":"q1","text":"b"}""");
        Write("qrels.txt", "q1 0 d1 1");
        var set = TestSet.FromFiles(_scratch["c.jsonl"], _scratch["q.jsonl"], _scratch["qrels.txt"]);
        Assert.Equal(("q1", "d1"), (set.Questions[0].Id, set.Passages[0].Id));
        Write("c.tsv", $"{passage}\ttext", "d1\ta");
        Assert.Single(TestSet.FromFiles(_scratch["c.tsv"], _scratch["q.jsonl"], _scratch["qrels.txt"]).Passages);
    }

    [Fact]
    public void APassageOfMarcosSecondVersionHasItsOwnIdAndNotItsDocuments()
    {
        Write("c.jsonl", """{"pid":"msmarco_passage_00_0","passage":"a","spans":"(0,1)","docid":"msmarco_doc_00_0"}""");
        Write("q.tsv", "q1\tb");
        Write("qrels.txt", "q1 0 msmarco_passage_00_0 1");
        var set = TestSet.FromFiles(_scratch["c.jsonl"], _scratch["q.tsv"], _scratch["qrels.txt"]);
        Assert.Equal("msmarco_passage_00_0", Assert.Single(set.Passages).Id);
    }

    [Fact]
    public void ASplitIsTheFileOfItsName()
    {
        Write("corpus.jsonl", Numbered("1", "one"), Numbered("2", "two"));
        Write("queries.jsonl", """{"_id":"q","text":"which"}""");
        Write("qrels/test.tsv", "query-id\tcorpus-id\tscore", "q\t1\t1");
        Write("qrels/test-hard.tsv", "query-id\tcorpus-id\tscore", "q\t2\t1");
        Assert.Equal(["1"], TestSet.FromFolder(_scratch.Path).Questions[0].Relevant.Keys);
        Assert.Equal(["2"], TestSet.FromFolder(_scratch.Path, "test-hard").Questions[0].Relevant.Keys);
    }

    [Fact]
    public void AFileBesideTheSplitsIsTheTestAndNoOther()
    {
        Write("corpus.jsonl", Numbered("1", "one"), Numbered("2", "two"));
        Write("queries.jsonl", """{"_id":"q","text":"which"}""");
        Write("qrels.tsv", "query-id\tcorpus-id\tscore", "q\t1\t1");
        Write("qrels/dev.tsv", "query-id\tcorpus-id\tscore", "q\t2\t1");
        Assert.Equal(["1"], TestSet.FromFolder(_scratch.Path).Questions[0].Relevant.Keys);
        Assert.Equal(["2"], TestSet.FromFolder(_scratch.Path, "dev").Questions[0].Relevant.Keys);
        var error = Assert.Throws<CrossEncoderException>(() => TestSet.FromFolder(_scratch.Path, "train"));
        Assert.Contains("no qrels of the split 'train'", error.Message);
        Assert.EndsWith($"found {Path.Combine("qrels", "dev.tsv")}, qrels.tsv. Name the split.", error.Message);
    }

    /// <summary>trec_eval 9.0.8 reads scores in 32 bits: what differs beyond them is a tie there. It was asked for this order.</summary>
    [Fact]
    public void ScoresOfARunAreReadAsTrecEvalReadsThem()
    {
        Write(
            "a.run",
            "#made by hand",
            "q1 Q0 d1 1 1.00000001e1 t",
            "q1\tQ0\td3\t2\t1E1\tt",
            "",
            "q1 Q0 d2 3 10.000000001 t",
            "q1 Q0 d4 4 -.5e-3 t"
        );
        var run = TrecRun.Read(_scratch["a.run"], Letters());
        var ids = run.Search("alpha", 10).Select(hit => hit.Passage.Id).ToList();
        Assert.Equal(["d3", "d2", "d1", "d4"], ids);
        Assert.Equal(RankingMetrics.TrecOrder([new("d1", 1.00000001e1), new("d3", 1e1), new("d2", 10.000000001), new("d4", -.5e-3)]), ids);
    }

    [Fact]
    public void AWrittenRunHasTheOrderOfTheRetrieverForOthersToo()
    {
        var set = Letters();
        var ties = new Listed([("d1", 3), ("d4", 3), ("d2", 3.0000000001), ("d3", 1)]);
        TrecRun.Write(_scratch["ties.run"], RankingComparison.Of(set.Questions, ties), "listed");
        var read = TrecRun.Read(_scratch["ties.run"], set).Search("alpha", 10);
        Assert.Equal(["d1", "d4", "d2", "d3"], read.Select(hit => hit.Passage.Id));
        Assert.Equal([3, 3, 3, 1], read.Select(hit => hit.Score), (one, other) => Math.Abs(one - other) < 1e-6);
        Assert.Equal(1, read[3].Score);
        foreach (var (id, expected) in new[] { ("q 1", "cannot stand in a run"), ("#1", "begins a comment") })
        {
            var named = RankingComparison.Of([new RankingQuestion(id, "alpha", "all", ["d1"])], ties);
            var error = Assert.Throws<CrossEncoderException>(() => TrecRun.Write(_scratch["new.run"], named, "listed"));
            Assert.Contains($"'{id}' cannot", error.Message);
            Assert.Contains(expected, error.Message);
        }

        Assert.False(File.Exists(_scratch["new.run"]));
    }

    [Fact]
    public void QuestionsOfOneTextAreOneToARun()
    {
        var set = Letters();
        set = set with { Questions = [set.Questions[0], set.Questions[0] with { Id = "q2" }] };
        Write("a.run", "q1 Q0 d1 1 2 t", "q2 Q0 d1 1 2 t");
        Assert.Single(TrecRun.Read(_scratch["a.run"], set).Search("alpha", 10));
        Write("a.run", "q1 Q0 d1 1 2 t", "q2 Q0 d2 1 2 t");
        Assert.Contains("the same text", Assert.Throws<CrossEncoderException>(() => TrecRun.Read(_scratch["a.run"], set)).Message);
    }

    private static string Numbered(string id, string text) => $$"""{"_id":{{id}},"text":"{{text}}"}""";

    private TestSet Letters()
    {
        Write("c.tsv", "d1\talpha", "d2\tbeta", "d3\tgamma", "d4\tdelta");
        Write("q.tsv", "q1\talpha");
        Write("qrels.txt", "q1 0 d1 1");
        return TestSet.FromFiles(_scratch["c.tsv"], _scratch["q.tsv"], _scratch["qrels.txt"]);
    }

    /// <summary>Writes a file as Windows does, with a mark at its beginning and without a line feed at its end.</summary>
    private void Write(string name, params string[] lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_scratch[name])!);
        File.WriteAllText(_scratch[name], "\uFEFF" + string.Join("\r\n", lines));
    }

    private sealed class Listed((string Id, double Score)[] hits) : IRetriever
    {
        public string Name => "listed";

        public IReadOnlyList<Hit> Search(string query, int topK) => [.. hits.Take(topK).Select(hit => new Hit(new(hit.Id, ""), hit.Score))];
    }
}
