using System.Globalization;
using CrossEncoders.Display;

namespace CrossEncoders.Tests.Display;

/// <summary>Bins at round numbers that hold every value once.</summary>
public sealed class HistogramTests
{
    public static TheoryData<double[]> Samples =>
        new()
        {
            (double[])[0],
            (double[])[-3],
            (double[])[0, 1],
            (double[])[-1, 1],
            (double[])[0.1, 0.2, 0.3],
            (double[])[1e-9, 2e-9, 7e-9],
            (double[])[1e9, 1e9 + 1, 1e9 + 100],
            (double[])[-12.5, 0.001, 37.2],
            (double[])[.. Enumerable.Range(0, 257).Select(i => (double)i)],
            (double[])[.. Enumerable.Range(0, 100).Select(i => Math.Sin(i) * 1000)],
            (double[])[0, 0, 0, 1e6],
        };

    [Theory]
    [MemberData(nameof(Samples))]
    public void EveryValueIsInTheBinAroundIt(double[] values)
    {
        var bins = new Histogram(values);
        var centers = bins.Centers;
        Assert.Equal(values.Length, bins.Count(values).Sum());
        foreach (var value in values)
        {
            var bin = Array.IndexOf(bins.Count([value]), 1);
            Assert.InRange(value, centers[bin] - bins.Width * 0.5001, centers[bin] + bins.Width * 0.5001);
        }
        Assert.InRange(bins.Count(values)[0], 1, values.Length); // no empty bins at either end
        Assert.InRange(bins.Count(values)[^1], 1, values.Length);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void BinsAreFewAndTheirWidthIsRound(double[] values)
    {
        var bins = new Histogram(values, about: 10);
        Assert.InRange(bins.Centers.Length, 1, 12);
        var lead = bins.Width / Math.Pow(10, Math.Floor(Math.Log10(bins.Width) + 1e-9));
        Assert.Contains((int)Math.Round(lead * 1000), (int[])[1000, 2000, 5000]);
        Assert.All(bins.Centers.Zip(bins.Centers.Skip(1)), pair => Assert.Equal(bins.Width, pair.Second - pair.First, bins.Width * 1e-3));
    }

    [Fact]
    public void LabelsNameTheBoundsWithoutGaps()
    {
        var bins = new Histogram([0, 1.3, 4.9], about: 5);
        Assert.Equal(["0 to 1", "1 to 2", "2 to 3", "3 to 4", "4 to 5"], bins.Labels);
        Assert.Equal([1, 1, 0, 0, 1], bins.Count([0, 1.3, 4.9]));
        Assert.Equal([1, 1, 0, 0, 0], bins.Count([0.999, 1])); // a bound belongs to the bin above it
    }

    [Fact]
    public void ValuesBeyondTheRangeCountAtItsEnds() =>
        Assert.Equal([2, 0, 0, 0, 1], new Histogram([0, 4.9], about: 5).Count([-1e9, 0, 1e9]));

    [Theory]
    [InlineData(1, 1, 11)] // whole tokens, however close they are
    [InlineData(0, 0.5, 21)]
    public void ABinIsNoNarrowerThanAskedFor(double smallest, double width, int count)
    {
        var bins = new Histogram([0, 10], smallest: smallest);
        Assert.Equal((width, count), (bins.Width, bins.Centers.Length));
    }

    [Fact]
    public void NoValuesAndNoNumbersAreOneEmptyBinFromZero()
    {
        foreach (
            var values in (double[][])
                [
                    [],
                    [double.NaN, double.NegativeInfinity],
                ]
        )
        {
            var bins = new Histogram(values);
            Assert.Equal(0, bins.Count(values).Sum());
            Assert.StartsWith("0 to ", bins.Labels[0]);
        }
    }

    [Fact]
    public void LabelsAreTheSameInEveryCulture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.Equal("0 to 0.05", new Histogram([0, 1]).Labels[0]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
