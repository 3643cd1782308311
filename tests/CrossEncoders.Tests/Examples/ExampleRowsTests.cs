using CrossEncoders.Examples;

namespace CrossEncoders.Tests.Examples;

/// <summary>Rows as other tools write them: what they mean, and nothing of it lost without a word.</summary>
public sealed class ExampleRowsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly List<string> _notes = [];

    public void Dispose() => _folder.Dispose();

    private static string Case(string file) => Path.Combine(Shared.Repository, "tests", "CrossEncoders.Tests", "cases", file);

    private string[] Passages(string path, bool anyLabel = false) =>
        [
            .. InputExamples
                .Load(path, anyLabel, _notes.Add)
                .Select(example => FormattableString.Invariant($"{example.Passage} {example.Label}")),
        ];

    private string[] Read(string name, string content, bool anyLabel = false) => Passages(_folder.With(name, content)[name], anyLabel);

    [Fact]
    public void TitleAndTextOfAPassageAreJoined()
    {
        Assert.Equal(
            [
                "Anemometer Clean the cups every two weeks. 1",
                "Rain gauge Empty the funnel daily. 0",
                "Hygrometer Calibrate it each spring. 0",
            ],
            Passages(Case("rows-tevatron/tevatron.jsonl"))
        );
        Assert.Empty(_notes);
    }

    [Fact]
    public void NegativesUnderOtherNamesAreRead()
    {
        Assert.Equal(
            ["Every two weeks. 1", "Empty the funnel daily. 0", "x y z 0"],
            Passages(Case("rows-hard-negatives/hard_negative.jsonl"))
        );
        Assert.Equal(
            ["Every two weeks. 1", "Empty the funnel daily. 0", "Calibrate in spring. 0"],
            Passages(Case("rows-hard-negatives/hard_negatives.jsonl"))
        );
        Assert.Empty(_notes);
    }

    [Fact]
    public void APositiveAmongItsNegativesIsLeftOutAndCounted()
    {
        Assert.Equal(["Every two weeks. 1", "C 0"], Passages(Case("rows-positive-among-negatives/dupneg.jsonl")));
        Assert.Contains("2 negatives were left out", Assert.Single(_notes));
    }

    [Theory]
    [InlineData("""{"query":{"id":"1","text":"q"},"pos":[{"text":"p"}],"neg":[{"title":"T","text":"n"},"m"]}""", "p 1, T n 0, m 0")]
    [InlineData("""{"query":"q","passage":{"title":" T ","content":"p"},"label":1}""", "T p 1")]
    [InlineData("""{"query":"q","passage":{"title":"","text":"p"},"label":1}""", "p 1")]
    [InlineData("""{"query":"q","passage":{"title":null,"text":"p"},"label":true}""", "p 1")]
    [InlineData("""{"texts":[{"query":"q","text":"q"},{"title":"T","text":"p"}],"label":false}""", "T p 0")]
    [InlineData(
        """{"question":"q","answers":[],"positive_ctxs":[{"title":"T","text":"p"}],"hard_negative_ctxs":[{"text":"n"}]}""",
        "T p 1, n 0"
    )]
    [InlineData("""{"query":"q","docs":[{"title":"T","text":"a"},{"text":"b"}],"labels":[1,0]}""", "T a 1, b 0")]
    [InlineData("""{"query":"q","passages":[{"text":"a","label":1},{"text":"b","label":0}]}""", "a 1, b 0")]
    [InlineData("""{"query":"q","passages":[{"text":"a","is_relevant":true},{"text":"b","is_relevant":false}]}""", "a 1, b 0")]
    [InlineData("""{"query":"q","passages":{"is_selected":[0,1],"passage_text":["a","b"],"url":["u","v"]}}""", "a 0, b 1")]
    [InlineData("""{"query":"q","positive":{"docid":"1","contents":"p"},"negative":{"body":"n"}}""", "p 1, n 0")]
    public void PassagesMayBeObjects(string line, string expected) =>
        Assert.Equal(expected, string.Join(", ", Read("a.jsonl", line + "\n")));

    [Fact]
    public void AListOfRowsGivesWhatTheLinesGive()
    {
        string[] rows =
        [
            """{"dataset":"nq","question":"q","answers":["a"],"positive_ctxs":[{"title":"T","text":"p","score":1000}]"""
                + ""","negative_ctxs":[{"title":"","text":"m"}],"hard_negative_ctxs":[{"title":"U","text":"n"}]}""",
            """{"dataset":"nq","question":"r","answers":[],"positive_ctxs":[{"text":"o"}],"negative_ctxs":[],"hard_negative_ctxs":[]}""",
        ];
        var lines = Read("a.jsonl", string.Join('\n', rows));
        Assert.Equal(["T p 1", "m 0", "U n 0", "o 1"], lines);
        Assert.Equal(lines, Read("a.json", $"[\n{string.Join(",\n", rows)}\n]\n"));
    }

    [Theory]
    [InlineData("""{"query":"q","positive_passages":[{"docid":"a1"}],"negative_passages":[]}""", "positive_passages")]
    [InlineData("""{"query":"q","passage":{"docid":"a1","score":3},"label":1}""", "passage")]
    [InlineData("""{"query":{"id":3},"passage":"p","label":1}""", "query")]
    [InlineData("""{"query":"q","passages":{"passage_text":["a","b"],"is_selected":[0]}}""", "passages")]
    [InlineData("""{"query":"q","pos":[["p"]],"neg":[]}""", "pos")]
    public void AnObjectWithoutATextIsNamed(string line, string column) =>
        Assert.Contains($"column '{column}'", Assert.Throws<CrossEncoderException>(() => Read("a.jsonl", line + "\n")).Message);

    [Theory]
    [InlineData("q,pos,neg\n", "q,\"['p']\",\"['n', \"\"it's\"\"]\"\n", "p 1, n 0, it's 0")]
    [InlineData("q,pos,neg\n", "q,\"[\"\"p\"\"]\",\"[\"\"n\"\", \"\"m\"\"]\"\n", "p 1, n 0, m 0")]
    [InlineData("query,positive,negatives\n", "q,p,\"['n' 'm'\n 'o']\"\n", "p 1, n 0, m 0, o 0")] // numpy's
    [InlineData("query,positive,negatives\n", "q,p,[]\n", "p 1")]
    [InlineData("query,positive,negative\n", "q,[1] says so [2],[citation needed]\n", "[1] says so [2] 1, [citation needed] 0")]
    [InlineData("query,positive,negative\n", "q,\"[1, 2]\",n\n", "[1, 2] 1, n 0")]
    [InlineData("query,docs,labels\n", "q,\"['a', 'b']\",\"[1, 0.5]\"\n", "a 1, b 0.5")]
    [InlineData("query,docs,labels\n", "q,\"['a', 'b']\",\"[True False]\"\n", "a 1, b 0")]
    [InlineData("texts,label\n", "\"['q', 'p']\",0.5\n", "p 0.5")]
    [InlineData(
        "query,positive_passages,negative_passages\n",
        "q,\"[{'docid': 'a', 'title': 'T', 'text': 'p'}]\",\"[{'docid': 'b', 'title': None, 'text': 'n'}]\"\n",
        "T p 1, n 0"
    )]
    [InlineData("query,passage,label\n", "q,\"{'title': 'T', 'text': 'p'}\",1\n", "T p 1")]
    [InlineData("query,passage,label\n", "q,{x} is a set,1\n", "{x} is a set 1")]
    public void ListsThatBecameTextAreListsAgain(string names, string row, string expected) =>
        Assert.Equal(expected, string.Join(", ", Read("a.csv", names + row)));

    [Theory]
    [InlineData("[n, m]")]
    [InlineData("['n', 'm' ...]")]
    [InlineData("['n', 'm\\ud83d']")]
    public void AListThatCannotBeReadAgainIsRefused(string list) =>
        Assert.Contains(
            "column 'negatives'; expected a list",
            Assert.Throws<CrossEncoderException>(() => Read("a.csv", $"query,positive,negatives\nq,p,\"{list}\"\n")).Message
        );

    [Theory]
    [InlineData("hard_negatives")]
    [InlineData("Hard-Negative")]
    [InlineData("hardNeg")]
    [InlineData("hard_neg_1")]
    [InlineData("neg")]
    [InlineData("NEG_2")]
    [InlineData("negative_docs")]
    [InlineData("negative_passage")]
    [InlineData("negative_ctxs")]
    [InlineData("random_negative")]
    [InlineData("bm25_negatives")]
    [InlineData("negative3")]
    public void EveryUsualNameOfANegativeIsKnown(string name)
    {
        Assert.Equal(["p 1", "n 0"], Read("a.jsonl", $$"""{"query":"q","positive":"p","{{name}}":"n"}"""));
        Assert.Empty(_notes);
    }

    [Theory]
    [InlineData("question", "passage_text", "is_relevant")]
    [InlineData("Query Text", "Document", "Relevance")]
    [InlineData("anchor", "response", "similarity")]
    [InlineData("sentence_A", "sentence_B", "score")]
    [InlineData("premise", "hypothesis", "label")]
    public void PairsHaveManyNames(string query, string passage, string label) =>
        Assert.Equal(["p 0.5"], Read("a.csv", $"{query},{passage},{label}\nq,p,0.5\n"));

    [Theory]
    [InlineData("True", 1)]
    [InlineData("false", 0)]
    [InlineData(" TRUE ", 1)]
    [InlineData("no", 0)]
    public void TrueAndFalseAreLabels(string label, float expected) =>
        Assert.Equal([$"p {expected}"], Read("a.csv", $"query,passage,label\nq,p,{label}\n"));

    [Theory]
    [InlineData("a.csv", "query,title,text,label\nq,T,p,1\n", "T p 1")]
    [InlineData("a.csv", "query,title,text,label\nq,,p,1\n", "p 1")]
    [InlineData("a.csv", "query,passage,passage_title,label\nq,p,T,1\n", "T p 1")]
    [InlineData("a.jsonl", """{"query":"q","doc":"p","doc_title":"T","label":1}""", "T p 1")]
    [InlineData("a.jsonl", """{"query":"q","positive":"p","positive_title":"T","negative":"n","negative_title":"U"}""", "T p 1, U n 0")]
    [InlineData("a.jsonl", """{"query":"q","positive":"p","negative_1":"n","negative_1_title":"U"}""", "p 1, U n 0")]
    [InlineData("a.csv", "query,positive,negative,negative_title\nq,p,,\n", "p 1")]
    [InlineData("a.jsonl", """{"query":"q","docs":["a","b"],"titles":["T",""],"labels":[1,0]}""", "T a 1, b 0")]
    public void ColumnsOfTitlesBelongToTheirPassages(string name, string content, string expected)
    {
        Assert.Equal(expected, string.Join(", ", Read(name, content)));
        Assert.Empty(_notes);
    }

    [Fact]
    public void TitlesThatDoNotFitTheirPassagesAreNamed() =>
        Assert.Contains(
            "column 'titles'; expected 2 titles",
            Assert
                .Throws<CrossEncoderException>(() => Read("a.jsonl", """{"query":"q","docs":["a","b"],"titles":["T"],"labels":[1,0]}"""))
                .Message
        );

    [Theory]
    [InlineData("""{"query":"q","positive":"p","negative":"n","distractors":["d"]}""", "'distractors'")]
    [InlineData("""{"query":"q","positive":"p","negative":"n","title":"T"}""", "'title'")]
    [InlineData("""{"query":"q","passage":"p","label":1,"answers":["a"],"teacher_score":0.7}""", "'answers', 'teacher_score'")]
    public void DataThatIsNotReadIsNamed(string line, string columns)
    {
        Read("a.jsonl", line + "\n" + line.Replace("\"q\"", "\"r\"") + "\n");
        Assert.Contains($"nothing was read from {columns}.", Assert.Single(_notes));
    }

    [Fact]
    public void IdsAndSourcesAreNotData()
    {
        Read("a.jsonl", """{"query":"q","query_id":"7","passage":"p","docid":"x","url":"https://a.b","rank":3,"lang":"en","label":1}""");
        Assert.Empty(_notes);
    }

    [Fact]
    public void WhatWasSavedIsReadWithoutANote()
    {
        InputExample[] examples = [new(["q", "p"], 1) { Id = "i", Group = "g" }, new(["q", "{\"text\":\"n\"}"], 0), new(["q", "['n']"], 0)];
        foreach (var name in new[] { "a.jsonl", "a.csv", "a.tsv", "a.parquet" })
        {
            examples.Save(_folder[name]);
            Assert.Equal(["p 1", "{\"text\":\"n\"} 0", "['n'] 0"], Passages(_folder[name])); // a text stays a text
        }
        Assert.Empty(_notes);
    }
}
