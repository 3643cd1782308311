using CrossEncoders.Display;
using Microsoft.Data.Analysis;

namespace CrossEncoders.Tests.Display;

/// <summary>Which properties of a type become columns, of a table and of a data frame.</summary>
public sealed class TableColumnTests
{
    private enum Kind
    {
        Keyword,
    }

    private sealed record Scalars(
        bool Flag,
        char Letter,
        byte Small,
        decimal Money,
        DateTime Time,
        DateTimeOffset Moment,
        TimeSpan Span,
        Guid Id,
        Kind? Kind,
        long? Count
    );

    private sealed class Odd
    {
        private string _text = "shown";

        public string Shown => _text;

        public string WriteOnly
        {
            set => _text = value;
        }

        public static string Static => "static";

        public string this[int index] => _text[index..];

        public IReadOnlyList<int> List { get; } = [1];

        public Odd? Nested { get; init; }

        internal int Hidden { get; } = 1;
    }

    private sealed class Nothing
    {
        public int[] Values { get; } = [];
    }

    private static readonly Scalars One = new(
        true,
        'c',
        7,
        1.5m,
        new DateTime(2026, 1, 2),
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        TimeSpan.FromMinutes(1),
        Guid.Empty,
        null,
        null
    );

    [Fact]
    public void EveryScalarIsAColumnInItsOrder()
    {
        var table = new[] { One }.ToTable();
        Assert.Equal(["Flag", "Letter", "Small", "Money", "Time", "Moment", "Span", "Id", "Kind", "Count"], table.Columns);
        Assert.Equal(typeof(Scalars).GetProperties().Where(p => p.Name != "EqualityContract").Select(p => p.GetValue(One)), table.Rows[0]);
    }

    [Fact]
    public void OnlyWhatCanBeReadOfAnInstanceIsAColumn() => Assert.Equal(["Shown"], new[] { new Odd() }.ToTable().Columns);

    [Fact]
    public void ScalarsAndTypesWithoutThemAreOneColumn()
    {
        Assert.Equal(["value"], new[] { "text" }.ToTable().Columns); // not its Length
        Assert.Equal(["value"], new[] { DateTime.UnixEpoch }.ToTable().Columns);
        Assert.Equal(["value"], new[] { new Nothing() }.ToTable().Columns);
        Assert.Equal(
            [null, 1],
            new int?[] { null, 1 }
                .ToTable()
                .Rows.Select(row => row[0])
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(100)]
    public void ASequenceIsReadOnceAndCountedWhole(int most)
    {
        var reads = 0;
        IEnumerable<int> Sequence()
        {
            reads++;
            for (var i = 0; i < 5; i++)
                yield return i;
        }
        var table = Sequence().ToTable(most, ("n", n => n), ("square", n => n * n));
        Assert.Equal(1, reads);
        Assert.Equal((5, Math.Min(5, most)), (table.TotalRows, table.Rows.Count));
        Assert.Equal(Enumerable.Range(0, Math.Min(5, most)).Select(n => (object?)(n * n)), table.Rows.Select(row => row[1]));
    }

    [Fact]
    public void ADataFrameHoldsWhatItKnowsAndTheRestAsText()
    {
        var frame = new[] { One, One with { Kind = Kind.Keyword, Count = 5 } }.ToDataFrame();
        Assert.Equal(
            [typeof(bool), typeof(char), typeof(byte), typeof(decimal), typeof(DateTime)],
            frame.Columns.Take(5).Select(column => column.DataType)
        );
        Assert.Equal(["2026-01-02 03:04:05 +00:00", "00:01:00", $"{Guid.Empty}", null], frame.Columns.Skip(5).Take(4).Select(c => c[0]));
        Assert.Equal(("Keyword", 5L), (frame["Kind"][1], frame["Count"][1]));
        Assert.Null(frame["Count"][0]);
    }

    [Fact]
    public void ADataFrameOfNothingToShowIsRefused()
    {
        var said = Assert.Throws<CrossEncoderException>(() => new[] { new Nothing() }.ToDataFrame()).Message;
        Assert.Contains("Nothing has none", said);
        Assert.Contains("Select into a record", said);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    [InlineData(9, 3)]
    public void ADataFramesRowsAreThoseOfItsTable(int most, int shown)
    {
        var frame = new DataFrame(
            new Int32DataFrameColumn("n", new int?[] { 1, null, 3 }),
            new StringDataFrameColumn("text", ["a", "<b>", null])
        );
        var table = frame.ToTable(most);
        Assert.Equal((shown, 3), (table.Rows.Count, table.TotalRows));
        Assert.Equal(new object?[][] { [1, "a"], [null, "<b>"], [3, null] }.Take(shown), table.Rows.Select(row => row.ToArray()));
    }
}
