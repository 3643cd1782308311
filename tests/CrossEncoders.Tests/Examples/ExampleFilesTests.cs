using CrossEncoders.Audit;
using CrossEncoders.Documents;
using CrossEncoders.Examples;
using CrossEncoders.Questions;
using Parquet;
using Parquet.Schema;

namespace CrossEncoders.Tests.Examples;

/// <summary>Examples in files: our own, and the formats of the Python side.</summary>
public sealed class ExampleFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("examples").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

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
        Assert.Single(Directory.GetFiles(_folder));
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

    [Fact]
    public async Task EachKindOfNumberIsRead()
    {
        await LabelAsync<sbyte>(new DataField<sbyte>("label"), [1, -1], 1, -1);
        await LabelAsync<byte>(new DataField<byte>("label"), [1, 200], 1, 200);
        await LabelAsync<short>(new DataField<short>("label"), [1, -300], 1, -300);
        await LabelAsync<ushort>(new DataField<ushort>("label"), [1, 65535], 1, 65535);
        await LabelAsync<int>(new DataField<int>("label"), [1, -3], 1, -3);
        await LabelAsync<uint>(new DataField<uint>("label"), [1, 3], 1, 3);
        await LabelAsync<long>(new DataField<long>("label"), [1, -3], 1, -3);
        await LabelAsync<ulong>(new DataField<ulong>("label"), [1, 3], 1, 3);
        await LabelAsync<double>(new DataField<double>("label"), [0.25, -3], 0.25f, -3);
        await LabelAsync<bool>(new DataField<bool>("label"), [true, false], 1, 0);
        await LabelAsync<decimal>(new DecimalDataField("label", 9, 2), [0.25m, -1.5m], 0.25f, -1.5f);
        await LabelAsync<decimal>(new DecimalDataField("label", 28, 2), [0.25m, -1.5m], 0.25f, -1.5f);
    }

    [Fact]
    public async Task AParquetColumnThatIsUsedAndCannotBeReadIsNamed()
    {
        var message = (
            await Assert.ThrowsAsync<CrossEncoderException>(() =>
                LabelAsync<DateTime>(new DataField<DateTime>("label"), [DateTime.UnixEpoch, DateTime.UnixEpoch], 0, 0)
            )
        ).Message;
        Assert.Contains("values of the type DateTime", message);
        Assert.Contains("column 'label'", message);
        Assert.Contains(".jsonl", message);
    }

    [Fact]
    public async Task ListsOfAParquetFileAreRead()
    {
        var (query, texts, labels, dates) = (
            new DataField<string>("query"),
            new DataField<string>("element"),
            new DataField<double>("element"),
            new DataField<DateTime>("seen")
        );
        await WriteAsync(new ParquetSchema(query, new ListField("docs", texts), new ListField("labels", labels), dates), async group =>
        {
            await group.WriteAsync(query, ["q", "问"]);
            await group.WriteAsync(texts, ["a", "b", "答"], new[] { 0, 1, 0 });
            await group.WriteAllPartsAsync<double>(labels, new double[] { 1, 0, 0.5 }, new[] { 2, 2, 2 }, new[] { 0, 1, 0 }, default);
            await group.WriteAsync<DateTime>(dates, new[] { DateTime.UnixEpoch, DateTime.UnixEpoch });
        });
        Assert.Equal(
            ["q | a | 1 | row-1-0 | row-1", "q | b | 0 | row-1-1 | row-1", "问 | 答 | 0.5 | row-2-0 | row-2"],
            InputExamples.Load(At("a.parquet")).Select(Flat)
        );
    }

    [Fact]
    public async Task ListsOfAParquetFileMayBeMissingOrEmpty()
    {
        var (query, positive, texts) = (
            new DataField<string>("query"),
            new DataField<string>("positive"),
            new DataField<string>("element")
        );
        await WriteAsync(new ParquetSchema(query, positive, new ListField("negatives", texts)), async group =>
        {
            await group.WriteAsync(query, ["q1", "q2", "q3"]);
            await group.WriteAsync(positive, ["p1", "p2", "p3"]);
            await group.WriteAllPartsAsync<ReadOnlyMemory<char>>(
                texts,
                new[] { "n".AsMemory() },
                new[] { 0, 3, 1 },
                new[] { 0, 0, 0 },
                default
            );
        });
        Assert.Equal(
            ["q1 p1", "q2 p2", "q2 n", "q3 p3"],
            InputExamples.Load(At("a.parquet")).Select(example => $"{example.Query} {example.Passage}")
        );
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

    [Fact]
    public void ATeachersLabelsMayBeAnything()
    {
        InputExample[] examples = [new(["q", "p"], -7.25f), new(["q", "n"], 11f)];
        examples.Save(At("a.csv"));
        Assert.Throws<CrossEncoderException>(() => InputExamples.Load(At("a.csv")));
        Assert.Equal([-7.25f, 11f], InputExamples.Load(At("a.csv"), anyLabel: true).Select(example => example.Label));
    }

    [Fact]
    public void GroupsStayTogetherInASplit()
    {
        InputExample[] examples =
        [
            .. Enumerable.Range(0, 60).Select(i => new InputExample([$"q{i / 3}", $"p{i}"], i % 3 == 0 ? 1 : 0) { Group = $"g{i / 3}" }),
        ];
        var split = examples.SplitByGroup(0.8, 0.1, seed: 5);
        Assert.Equal(60, split.Train.Count + split.Validation.Count + split.Test.Count);
        Assert.All((IReadOnlyList<InputExample>[])[split.Train, split.Validation, split.Test], part =>
            Assert.True(part.Count > 0 && part.Count % 3 == 0)
        );
        Assert.Empty(
            split.Train.Select(example => example.Group).Intersect(split.Validation.Concat(split.Test).Select(example => example.Group))
        );
        Assert.Equal(split.Test, examples.SplitByGroup(0.8, 0.1, seed: 5).Test);
    }

    [Fact]
    public void PassagesThatGroupsShareAreOnOneSide()
    {
        InputExample[] examples =
        [
            .. Enumerable
                .Range(0, 60)
                .Select(i => new InputExample([$"q{i / 3}", i % 3 == 2 ? "a negative that all groups share" : $"p{i}"], i % 3 == 0 ? 1 : 0)
                {
                    Group = $"g{i / 3}",
                }),
        ];
        Assert.Throws<CrossEncoderException>(() => LeakAudit.Of([.. examples.Take(30)], [.. examples.Skip(30)]).Require());
        var split = examples.SplitByGroup(0.6, 0.2, seed: 5);
        LeakAudit.Of(split.Train, split.Validation, split.Test).Require();
        Assert.Equal(8, split.Validation.Count); // 4 groups of 3, without what they share
        Assert.Equal(36, split.Train.Count);
    }

    [Fact]
    public void DocumentsAreSplitBeforeQuestionsAsAfter()
    {
        var (documents, chunks) = Make.Corpus();
        string[] Ids(IEnumerable<Document> part) => [.. part.Select(document => document.Id)];
        var texts = documents
            .Select((document, i) => document with { Text = string.Join(' ', Enumerable.Range(0, 30).Select(word => $"w{i}x{word}")) })
            .ToList();
        var before = ((IReadOnlyList<Document>)texts).SplitByDocument(0.6, 0.2, seed: 3);
        var after = new QaDataset(documents, chunks, []).SplitByDocument(0.6, 0.2, seed: 3);
        Assert.Equal(Ids(after.Train.Documents), Ids(before.Train));
        Assert.Equal(texts.Count, before.Train.Count + before.Validation.Count + before.Test.Count);
        var copies = texts.Concat(texts.Select(document => document with { Id = "copy/" + document.Id })).ToList();
        var split = ((IReadOnlyList<Document>)copies).SplitByDocument(0.5, 0.25, seed: 3);
        Assert.Empty(
            split.Train.Select(document => document.Text).Intersect(split.Validation.Concat(split.Test).Select(document => document.Text))
        );
        Assert.Empty(split.Validation.Select(document => document.Text).Intersect(split.Test.Select(document => document.Text)));
    }

    /// <summary>
    /// Writes texts without the mark of a text, as some writers do, and labels of a type; expects the labels back as given.
    /// </summary>
    private async Task LabelAsync<T>(DataField label, T[] written, params float[] expected)
        where T : unmanaged
    {
        var (query, passage) = (new DataField<byte[]>("query"), new DataField<byte[]>("passage"));
        await WriteAsync(new ParquetSchema(query, passage, label), async group =>
        {
            await group.WriteAsync(query, new byte[][] { "q"u8.ToArray(), "问"u8.ToArray() });
            await group.WriteAsync(passage, new byte[][] { "p"u8.ToArray(), "答"u8.ToArray() });
            await group.WriteAsync<T>(label, written);
        });
        Assert.Equal(
            [("q", "p", expected[0]), ("问", "答", expected[1])],
            InputExamples.Load(At("a.parquet"), anyLabel: true).Select(example => (example.Query, example.Passage, example.Label))
        );
    }

    private async Task WriteAsync(ParquetSchema schema, Func<ParquetRowGroupWriter, Task> write)
    {
        await using var stream = File.Create(At("a.parquet"));
        await using var writer = await ParquetWriter.CreateAsync(schema, stream);
        using var group = writer.CreateRowGroup();
        await write(group);
    }

    private static string Flat(InputExample example) =>
        FormattableString.Invariant($"{example.Query} | {example.Passage} | {example.Label} | {example.Id} | {example.Group}");

    private string At(string name) => Path.Combine(_folder, name);
}
