using System.Data;
using CrossEncoders.Display;
using Microsoft.Data.Analysis;

namespace CrossEncoders.Tests.Display;

/// <summary>Data frames and data tables as a notebook shows them; in a real kernel see the runner's tests.</summary>
public sealed class HostFormatterTests
{
    private const string Script = "<script>alert(1)</script>";

    private static readonly DataFrame Frame = new(
        new StringDataFrameColumn("te<b>xt", [Script, null]),
        new Int32DataFrameColumn("n", new int?[] { 1, null })
    );

    public static TheoryData<object> Forms => [Frame, Frame.Head(2), Frame.ToTable(), Frame.ToTable().DefaultView, Frame.ToTable().Rows[0]];

    [Theory]
    [MemberData(nameof(Forms))]
    public void EveryFormOfADataFrameIsATableAndEscaped(object form)
    {
        var table = HostFormatters.TableOf(form)!;

        Assert.Equal(["te<b>xt", "n"], table.Columns);
        Assert.Equal([Script, 1], table.Rows[0]);
        Assert.DoesNotContain("<script>", table.ToHtml());
        Assert.DoesNotContain("<b>", table.ToHtml());
    }

    [Fact]
    public void MissingCellsAreDashes() => Assert.Equal([null, null], HostFormatters.TableOf(Frame.ToTable())!.Rows[1]);

    [Fact]
    public void ALongDataTableIsShownInPartAndCounted()
    {
        var table = new DataFrame(new Int32DataFrameColumn("n", Enumerable.Range(0, 1000))).ToTable();

        Assert.EndsWith("20 of 1,000 rows", HostFormatters.TableOf(table)!.ToString());
    }

    [Fact]
    public void OtherValuesAreLeftToTheHost()
    {
        Assert.Null(HostFormatters.TableOf("text"));
        Assert.Null(HostFormatters.TableOf(new DataView()));
    }

    [Fact]
    public void WithoutAHostNothingIsRegistered() => HostFormatters.Register();

    [Fact]
    public void AtTheEndOfNoCellIsNow()
    {
        var done = 0;
        InteractiveCell.AtEnd(() => done++);
        Assert.Equal(1, done);
    }

    [Theory]
    [InlineData(5, "by the host")]
    [InlineData(6, "&lt;script&gt;alert(1)&lt;/script&gt;")]
    [InlineData(7, "&lt;script&gt;alert(1)&lt;/script&gt;")]
    public void TheLastLevelThatAHostReachesIsEscaped(int depth, string written)
    {
        var writer = new StringWriter();
        var formatter = new DeepFormatter(
            (_, _) =>
            {
                writer.Write("by the host");
                return true;
            },
            _ => (depth, writer),
            () => 6
        );

        Assert.True(formatter.Format(Script, new object()));
        Assert.Equal(written, writer.ToString());
    }

    [Fact]
    public void AHostThatIsBuiltOtherwiseIsLeftAlone() =>
        DeepFormatter.RegisterWith(typeof(HostFormatterTests).Assembly, typeof(HostFormatterTests));
}
