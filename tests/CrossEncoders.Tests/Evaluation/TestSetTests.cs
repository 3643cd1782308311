using CrossEncoders.Documents;
using CrossEncoders.Evaluation;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

/// <summary>One small set in every form that the field uses.</summary>
public sealed class TestSetTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BeirsFolder()
    {
        File("corpus.jsonl", """{"_id":"d1","title":"Cats","text":"They purr."}""", """{"_id":"d2","title":"","text":"Dogs bark."}""");
        File("queries.jsonl", """{"_id":"q1","text":"who purrs"}""", """{"_id":"q2","text":"nobody judged this"}""");
        File("qrels/test.tsv", "query-id\tcorpus-id\tscore", "q1\td1\t2", "q1\td2\t0", "q3\td2\t1");
        var set = TestSet.FromFolder(_folder.Path);
        Assert.Equal([new("d1", "Cats They purr."), new("d2", "Dogs bark.")], set.Passages);
        var question = Assert.Single(set.Questions);
        Assert.Equal(("q1", "who purrs", 2, 0), (question.Id, question.Text, question.Relevant["d1"], question.Relevant["d2"]));
        Assert.Equal(["1 questions without judgments were left out.", "1 judged questions are not in the file of questions."], set.Notes);
    }

    /// <summary>ArguAna's questions are passages of its collection; BEIR takes them out of what was found.</summary>
    [Fact]
    public void AQuestionThatIsAPassageDoesNotCountAsFound()
    {
        File("corpus.jsonl", """{"_id":"a","text":"cats purr"}""", """{"_id":"b","text":"cats do not purr, say dogs"}""");
        File("queries.jsonl", """{"_id":"a","text":"cats purr"}""", """{"_id":"b","text":"cats do not purr"}""");
        File("qrels/test.tsv", "query-id\tcorpus-id\tscore", "a\tb\t1", "b\tb\t1"); // and b is its own answer
        var set = TestSet.FromFolder(_folder.Path);
        Assert.Equal(["1 questions have the id of a passage, which does not count as found for them, as BEIR has it."], set.Notes);
        var bm25 = new Bm25Retriever(set.Passages);
        var comparison = RankingComparison.Run(set.Questions, [bm25], new() { Metrics = [RankingMetric.Mrr(1)] });
        Assert.Equal(
            [
                ["b"],
                ["b"],
            ],
            comparison.Rankings.Select(ranking => ranking.Hits.Select(hit => hit.Passage.Id))
        );
        Assert.Equal(1, comparison.Mean("BM25", "MRR@1"));
        var files = TestSet.FromFiles(
            Path.Combine(_folder.Path, "corpus.jsonl"),
            Path.Combine(_folder.Path, "queries.jsonl"),
            Path.Combine(_folder.Path, "qrels", "test.tsv")
        );
        Assert.Empty(files.Notes); // trec_eval counts all
        Assert.Equal("a", RankingComparison.Of(files.Questions, bm25).Rankings[0].Hits[0].Passage.Id);
    }

    [Fact]
    public void TheSplitIsChosenAndAMissingOneNamed()
    {
        File("corpus.jsonl", """{"_id":"d1","text":"a"}""");
        File("queries.jsonl", """{"_id":"q1","text":"b"}""");
        File("qrels/dev.tsv", "query-id\tcorpus-id\tscore", "q1\td1\t1");
        Assert.Single(TestSet.FromFolder(_folder.Path, "dev").Questions);
        var error = Assert.Throws<CrossEncoderException>(() => TestSet.FromFolder(_folder.Path));
        Assert.Contains($"found {Path.Combine("qrels", "dev.tsv")}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FoldersOfParquet()
    {
        Parquet("corpus/test-00000-of-00001.parquet", ("_id", ["d1", "d2"]), ("text", ["one", "two"]));
        Parquet("queries/test-00000-of-00001.parquet", ("_id", ["q1"]), ("text", ["which"]));
        Parquet("qrels/test-00000-of-00001.parquet", ("query-id", ["q1"]), ("corpus-id", ["d2"]));
        var set = TestSet.FromFolder(_folder.Path);
        Assert.Equal(2, set.Passages.Count);
        Assert.Equal(1, Assert.Single(set.Questions).Relevant["d2"]);
    }

    [Fact]
    public void MsMarcosTabs()
    {
        var set = TestSet.FromFiles(
            File("collection.tsv", "0\tThe \"first\" passage", "1\tThe second"),
            File("queries.tsv", "10\twhich is second"),
            File("qrels.tsv", "10\t0\t1\t1")
        );
        Assert.Equal("The \"first\" passage", set.Passages[0].Text);
        Assert.Equal(["1"], Assert.Single(set.Questions).Relevant.Keys);
        Assert.Equal("collection", set.Name);
    }

    [Fact]
    public void TrecsTopicsAndJudgments()
    {
        var set = TestSet.FromFiles(
            File("docs.jsonl", """{"docid":"FT-1","contents":"crime abroad"}""", """{"docid":"FT-2","contents":"fish"}"""),
            File(
                "topics.txt",
                "<top>",
                "<num> Number: 301",
                "<title> International Organized",
                "  Crime",
                "",
                "<desc> Description:",
                "Identify organizations.",
                "</top>",
                "<top><num> Number: 302 <title> Polio </top>"
            ),
            File("qrels.txt", "301 0 FT-1 1", "301 0 FT-2 -2", "302 0 FT-2 0"),
            "robust"
        );
        Assert.Equal(("301", "International Organized Crime"), (set.Questions[0].Id, set.Questions[0].Text));
        Assert.Equal(-2, set.Questions[0].Relevant["FT-2"]);
        Assert.Equal(["1 questions without a relevant passage were left out; trec_eval counts them as 0."], set.Notes);
    }

    [Theory]
    [InlineData("q1\td1", "2 columns")]
    [InlineData("q1 0 d1 high", "grade 'high'")]
    [InlineData("q1 0 d1 1\nq1 0 d1 0", "Keep one")]
    [InlineData("other 0 d1 1", "found 'q1' and 'other'")]
    [InlineData("q1 0 gone 1\nq1 0 d1 0", "found 'gone' and 'd1'")]
    public void WhatDoesNotFitIsNamed(string judgments, string expected)
    {
        var (corpus, queries) = (File("corpus.tsv", "d1\ta"), File("queries.tsv", "q1\tb"));
        var error = Assert.Throws<CrossEncoderException>(() => TestSet.FromFiles(corpus, queries, File("qrels.txt", judgments)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunIsWrittenReadAndComparedAlike()
    {
        var set = Letters();
        var bm25 = new Bm25Retriever(set.Passages);
        var comparison = RankingComparison.Of(set.Questions, bm25);
        var file = Path.Combine(_folder.Path, "bm25.run");
        TrecRun.Write(file, comparison, "BM25");
        Assert.StartsWith("q1 Q0 d1 1 ", System.IO.File.ReadAllText(file), StringComparison.Ordinal);
        var both = RankingComparison.Of(set.Questions, bm25, TrecRun.Read(file, set, "read"));
        Assert.Equal(both.Mean("BM25", "MRR@10"), both.Mean("read", "MRR@10"));
        Assert.Equal(1, both.Mean("read", "MRR@10"));
    }

    [Fact]
    public void ScoresGoBeforeRanksAndTiesAreTrecEvals()
    {
        var run = TrecRun.Read(File("a.run", "q1 Q0 d1 1 0.5 tag", "q1 Q0 d2 2 0.5 tag", "q1 Q0 d3 3 0.9 tag"), Letters());
        Assert.Equal(["d3", "d2", "d1"], run.Search("alpha", 10).Select(hit => hit.Passage.Id));
        Assert.Equal("tag", run.Name);
        Assert.Equal(2, run.Search("alpha", 2).Count);
        Assert.Empty(run.Search("never asked", 10));
    }

    [Theory]
    [InlineData("q1 Q0 d1 1 high tag", "six columns")]
    [InlineData("q1 Q0 d1 1 0.5", "six columns")]
    [InlineData("q1 Q0 d9 1 0.5 tag", "'d9'")]
    [InlineData("q1 Q0 d1 1 0.5 tag\nq1 Q0 d1 2 0.4 tag", "again")]
    [InlineData("x Q0 d1 1 0.5 tag", "none of the questions")]
    public void ARunThatDoesNotFitIsNamed(string lines, string expected)
    {
        var error = Assert.Throws<CrossEncoderException>(() => TrecRun.Read(File("a.run", lines), Letters()));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private TestSet Letters() =>
        TestSet.FromFiles(
            File("corpus.tsv", "d1\talpha", "d2\tbeta", "d3\tgamma"),
            File("queries.tsv", "q1\talpha"),
            File("qrels.txt", "q1 0 d1 1")
        );

    private string File(string name, params string[] lines)
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, string.Join('\n', lines) + "\n");
        return path;
    }

    private void Parquet(string name, params (string Name, IReadOnlyList<string?> Values)[] columns)
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var stream = System.IO.File.Create(path);
        ParquetTable.Write(
            stream,
            columns,
            "score",
            new float[columns[0].Values.Count]
                .Select(_ => 1f)
                .ToArray()
        );
    }
}
