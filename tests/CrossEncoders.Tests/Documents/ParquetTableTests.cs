using CrossEncoders.Documents;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace CrossEncoders.Tests.Documents;

public sealed class ParquetTableTests
{
    [Theory]
    [InlineData(PageType.DATA_PAGE_V2, 1, true)]
    [InlineData(PageType.DATA_PAGE_V2, 0, false)]
    [InlineData(PageType.DATA_PAGE, 3, false)]
    public void ListsInPagesOfVersionTwoAreKnown(PageType type, int count, bool expected)
    {
        var column = new ColumnChunk { MetaData = new ColumnMetaData { EncodingStats = [new() { PageType = type, Count = count }] } };
        Assert.Equal(expected, ParquetTable.HasSecondVersion(column));
        Assert.False(ParquetTable.HasSecondVersion(new ColumnChunk()));
        Assert.False(ParquetTable.HasSecondVersion(null));
    }

    [Fact]
    public async Task AFileOfTypesThatCannotBeReadSaysWhichTheyAre()
    {
        using var folder = new ScratchFolder();
        var field = new DataField<DateTime>("when");
        await using (var stream = File.Create(folder["a.parquet"]))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(field), stream))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<DateTime>(field, new[] { DateTime.UnixEpoch });
            group.CompleteValidate();
        }
        var error = Assert.Throws<CrossEncoderException>(() => TableRows.Read(folder["a.parquet"]).ToList());
        Assert.Contains("'when' has values of the type DateTime", error.Message);
    }

    [Fact]
    public void ValuesComeBack()
    {
        using var folder = new ScratchFolder();
        using (var stream = File.Create(folder["a.parquet"]))
            ParquetTable.Write(stream, [("query", ["one", null, "三"])], "label", new[] { 1f, 0f, 0.5f });
        Assert.Equal(
            [("one", 1.0), (null, 0.0), ("三", 0.5)],
            TableRows.Read(folder["a.parquet"]).Select(row => ((string?)row.Values["query"], (double)row.Values["label"]!))
        );
    }
}
