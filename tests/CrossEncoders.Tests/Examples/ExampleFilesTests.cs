using CrossEncoders.Examples;

namespace CrossEncoders.Tests.Examples;

/// <summary>Examples in files: our own, and the formats of the Python side.</summary>
public sealed class ExampleFilesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.csv")]
    [InlineData("a.tsv")]
    [InlineData("a.parquet")]
    public void ExamplesComeBack(string name)
    {
        InputExample[] examples =
        [
            new(["why, \"exactly\"?", "because of the wind"], 0.3f) { Id = "1", Group = "q1" },
            new(["为什么？", name.EndsWith("tsv", StringComparison.Ordinal) ? "因为 风" : "因为\n\n风"], 1),
            new(["=1+1", "a \"quoted\" passage, with a comma"], 0) { Group = "q2" },
        ];
        examples.Save(At(name));
        var loaded = InputExamples.Load(At(name));
        Assert.Equal(examples.Select(Flat), loaded.Select(Flat));
        var bytes = File.ReadAllBytes(At(name));
        examples.Save(At(name));
        Assert.Equal(bytes, File.ReadAllBytes(At(name)));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("a.csv", "query,passage,label\nq,p,0.5\n")]
    [InlineData("a.csv", "sentence1,sentence2,score\nq,p,0.5\n")]
    [InlineData("a.csv", "label,Question,Answer\n0.5,q,p\n")]
    [InlineData("a.tsv", "query\tdocument\tlabel\nq\tp\t0.5\n")]
    [InlineData("a.jsonl", "{\"query\":\"q\",\"response\":\"p\",\"label\":0.5}\n")]
    [InlineData("a.jsonl", "{\"texts\":[\"q\",\"p\"],\"label\":0.5}\n")]
    public void PairsOfThePythonSide(string name, string content)
    {
        File.WriteAllText(At(name), content);
        Assert.Equal("q | p | 0.5 |  | ", Flat(Assert.Single(InputExamples.Load(At(name)))));
    }

    [Theory]
    [InlineData("a.tsv", "why?\tbecause \"so\nwhere?\tthere\tnot there\n", false)]
    [InlineData("a.tsv", "why?\tbecause \"so\tnot so\nwhere?\tthere\tnot there\n", true)]
    [InlineData("a.csv", "anchor,positive,negative\nwhy?,\"because \"\"so\",not so\nwhere?,there,not there\n", true)]
    [InlineData(
        "a.jsonl",
        "{\"query\":\"why?\",\"positive\":\"because \\\"so\",\"negative\":\"not so\"}\n"
            + "{\"query\":\"where?\",\"positive\":\"there\",\"negative\":\"not there\"}\n",
        true
    )]
    [InlineData(
        "a.jsonl",
        "{\"query\":\"why?\",\"docs\":[\"because \\\"so\",\"not so\"],\"labels\":[1,0]}\n"
            + "{\"query\":\"where?\",\"docs\":[\"there\",\"not there\"],\"labels\":[1,0]}\n",
        true
    )]
    public void TriplesAndListsBecomeGroups(string name, string content, bool fits)
    {
        File.WriteAllText(At(name), content);
        if (!fits)
        {
            Assert.Contains("fields", Assert.Throws<CrossEncoderException>(() => InputExamples.Load(At(name))).Message);
            return;
        }

        var examples = InputExamples.Load(At(name));
        Assert.Equal(["why?", "why?", "where?", "where?"], examples.Select(example => example.Query));
        Assert.Equal([1f, 0, 1, 0], examples.Select(example => example.Label));
        Assert.Equal(2, examples.Select(example => example.Group).Distinct().Count());
        Assert.Equal(["because \"so", "there"], examples.ToTuples().Select(tuple => tuple.Positive));
        var lists = examples.ToLists();
        Assert.Equal(["there", "not there"], lists[1].Passages);
        Assert.Equal(
            examples.Select(example => (example.Query, example.Passage, example.Label)),
            lists.ToExamples().Select(example => (example.Query, example.Passage, example.Label))
        );
    }

    [Fact]
    public void MoreNegativesAreATuple()
    {
        File.WriteAllText(
            At("a.jsonl"),
            "{\"query\":\"q\",\"positive\":\"p\",\"negative_1\":\"n1\",\"negative_2\":\"n2\",\"negative_3\":null}\n"
        );
        var tuple = Assert.Single(InputExamples.Load(At("a.jsonl")).ToTuples());
        Assert.Equal(["n1", "n2"], tuple.Negatives);
        Assert.Equal(["n1"], Assert.Single(InputExamples.Load(At("a.jsonl")).ToTuples(negatives: 1)).Negatives);
    }

    [Theory]
    [InlineData("{\"query\":\"q\",\"pos\":[\"p1\",\"p2\"],\"neg\":[\"n1\",\"n2\"]}", "q p1 1, q p2 1, q n1 0, q n2 0")]
    [InlineData("{\"query\":\"q\",\"positive\":\"p1\",\"negative\":[\"n1\",\"n2\"]}", "q p1 1, q n1 0, q n2 0")]
    [InlineData("{\"query\":\"q\",\"positive\":\"p1\",\"negatives\":[\"n1\"]}", "q p1 1, q n1 0")]
    public void ListsOfPositivesAndNegativesAreRead(string line, string expected)
    {
        File.WriteAllText(At("a.jsonl"), line + "\n");
        Assert.Equal(
            expected,
            string.Join(", ", InputExamples.Load(At("a.jsonl")).Select(example => $"{example.Query} {example.Passage} {example.Label}"))
        );
    }

    [Theory]
    [InlineData("{\"query\":\"q\",\"positive\":\"p\",\"negative_1\":\"n1\",\"negative_2\":null,\"score\":[3.5,-1]}", "p 3.5, n1 -1")]
    [InlineData("{\"query\":\"q\",\"pos\":[\"a\"],\"neg\":[\"b\",\"c\"],\"pos_scores\":[9],\"neg_scores\":[1.25,0]}", "a 9, b 1.25, c 0")]
    [InlineData("{\"query\":\"q\",\"pos\":[\"a\"],\"neg\":[\"b\",\"c\"],\"pos_scores\":[],\"neg_scores\":[]}", "a 1, b 0, c 0")]
    [InlineData("{\"query\":\"问\",\"positive\":\"答\",\"negatives\":[\"否\",\"非\"],\"scores\":[9,1.25,0]}", "答 9, 否 1.25, 非 0")]
    [InlineData("{\"query\":\"q\",\"positive\":\"p\",\"negative\":\"n\",\"label\":null}", "p 1, n 0")]
    public void ScoresBesideATupleAreItsLabels(string line, string expected)
    {
        File.WriteAllText(At("a.jsonl"), line + "\n");
        Assert.Equal(
            expected,
            string.Join(
                ", ",
                InputExamples
                    .Load(At("a.jsonl"), anyLabel: true)
                    .Select(example => FormattableString.Invariant($"{example.Passage} {example.Label}"))
            )
        );
    }

    [Theory]
    [InlineData("a.csv", "query,text_a,label\nq,p,1\n", "columns query, text_a, label")]
    [InlineData("a.csv", "query,passage,label\nq,p,high\n", "'high' in the column 'label'")]
    [InlineData("a.csv", "query,passage,label\nq,p\n", "2 fields; expected 3")]
    [InlineData("a.csv", "query,passage,label\nq,p,5\n", "label 5; expected 0 to 1")]
    [InlineData("a.jsonl", "{\"query\":\"q\",\"docs\":[\"a\"],\"labels\":[1,0]}\n", "a list of 1 numbers")]
    [InlineData("a.csv", "query,positive,negative,score\nq,p,n,2.5\n", "'2.5' in the column 'score'; expected a list of 2 numbers")]
    [InlineData("a.jsonl", "{\"query\":\"q\",\"positive\":\"p\",\"negative\":\"n\",\"score\":[1]}\n", "leave the column out")]
    [InlineData("a.jsonl", "[1]\n", "expected an object")]
    [InlineData("a.jsonl", "{\"query\":\n", "Line 1")]
    [InlineData("a.parquet", "PAR1 nothing of the kind PAR1", "as Parquet")]
    [InlineData("a.xlsx", "x", ".jsonl, .csv")]
    public void WhatIsNoExampleIsNamed(string name, string content, string expected)
    {
        File.WriteAllText(At(name), content);
        Assert.Contains(expected, Assert.Throws<CrossEncoderException>(() => InputExamples.Load(At(name))).Message);
    }

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.csv")]
    [InlineData("a.tsv")]
    [InlineData("a.parquet")]
    public void WhatIsNoExampleIsNotWritten(string name)
    {
        InputExample sound = new(["q", "p"], 1);
        (InputExample Example, string Found)[] bad =
        [
            (sound with { Label = float.NaN }, "2 texts and the label NaN"),
            (sound with { Label = float.PositiveInfinity }, "2 texts and the label Infinity"),
            (sound with { Texts = ["q"] }, "1 texts"),
            (sound with { Texts = ["q", "p", "n"] }, "3 texts"),
            (sound with { Texts = ["q", null!] }, "1 texts"),
        ];
        foreach (var (example, found) in bad)
        {
            var error = Assert.Throws<CrossEncoderException>(() => new[] { sound, example }.Save(At(name)));
            Assert.Contains("Example 2 cannot be written", error.Message);
            Assert.Contains(found, error.Message);
        }
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("a.json")]
    [InlineData("a.jsonl")]
    [InlineData("a.csv")]
    [InlineData("a.tsv")]
    [InlineData("a.parquet")]
    public void AFileThatAnotherHoldsIsNamed(string name)
    {
        using var held = new FileStream(At(name), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var error = Assert.Throws<CrossEncoderException>(() => InputExamples.Load(At(name)));
        Assert.Contains($"'{At(name)}' cannot be opened", error.Message);
    }

    [Fact]
    public void AGroupThatIsCalledLikeAQuestionIsNotThatQuestion()
    {
        InputExample[] examples = [new(["why?", "p"], 1) { Group = "where?" }, new(["where?", "n"], 0)];
        Assert.Equal(["why?", "where?"], examples.ToLists().Select(list => list.Query));
        Assert.Empty(Assert.Single(examples.ToTuples()).Negatives);
    }

    [Fact]
    public void ATeachersLabelsMayBeAnything()
    {
        InputExample[] examples = [new(["q", "p"], -7.25f), new(["q", "n"], 11f)];
        examples.Save(At("a.csv"));
        Assert.Throws<CrossEncoderException>(() => InputExamples.Load(At("a.csv")));
        Assert.Equal([-7.25f, 11f], InputExamples.Load(At("a.csv"), anyLabel: true).Select(example => example.Label));
    }

    private static string Flat(InputExample example) =>
        FormattableString.Invariant($"{example.Query} | {example.Passage} | {example.Label} | {example.Id} | {example.Group}");

    private string At(string name) => _folder[name];
}
