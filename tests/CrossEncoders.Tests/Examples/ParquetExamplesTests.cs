using CrossEncoders.Examples;
using Parquet;
using Parquet.Schema;

namespace CrossEncoders.Tests.Examples;

/// <summary>Examples in Parquet files, as Python's data sets write them.</summary>
public sealed class ParquetExamplesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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

    private string At(string name) => _folder[name];
}
