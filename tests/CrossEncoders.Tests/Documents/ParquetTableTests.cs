using CrossEncoders.Documents;
using Parquet;
using Parquet.Schema;

namespace CrossEncoders.Tests.Documents;

public sealed class ParquetTableTests
{
    /// <summary>
    /// Files with data pages of version 2: texts (also none) and numbers; and texts and lists of texts. Written by Apache Arrow
    /// (ParquetSharp 25.0.1, DataPageVersion(V2), Snappy), whose metadata count them as pages of version 1.
    /// </summary>
    private static string SecondVersion(string name) =>
        Path.Combine(Shared.Repository, "tests/CrossEncoders.Tests/cases/parquet-pages-v2", name);

    [Fact]
    public void PagesOfVersionTwoAreRead() =>
        Assert.Equal(
            [("one", "a", 1.0), ("two", null, null), ("two", "三", 0.5)],
            TableRows
                .Read(SecondVersion("flat.parquet"))
                .Select(row => ((string?)row.Values["query"], (string?)row.Values["passage"], (double?)row.Values["label"]))
        );

    [Fact]
    public void ListsInPagesOfVersionTwoAreRefusedByNameWhereTheyAreUsed()
    {
        var rows = TableRows.Read(SecondVersion("lists.parquet")).ToList();
        Assert.Equal(["one", "two", "two"], rows.Select(row => row.Values["query"]));
        Assert.All(rows, row => Assert.Contains("pages of version 2", Assert.IsType<UnreadValue>(row.Values["passages"]).Kind));
        var error = Assert.Throws<CrossEncoderException>(() =>
            CrossEncoders.Examples.InputExamples.Load(SecondVersion("lists.parquet"), report: _ => { }).ToList()
        );
        Assert.Contains("'passages'", error.Message);
        Assert.Contains("lists in data pages of version 2; write them in version 1.0", error.Message);
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
