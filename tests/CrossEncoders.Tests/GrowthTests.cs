namespace CrossEncoders.Tests;

/// <summary>The measure of growth tells quadratic work from linear work.</summary>
public sealed class GrowthTests
{
    private long _sum;

    [Fact]
    public void LinearWorkPasses() => Growth.IsLinear(20_000, size => Work(size, 10_000));

    [Fact]
    public void QuadraticWorkIsFound() => Assert.ThrowsAny<Exception>(() => Growth.IsLinear(20_000, size => Work(size, size)));

    private void Work(int rows, int columns)
    {
        for (var row = 0; row < rows; row++)
        for (var column = 0; column < columns; column++)
            _sum ^= row * column;
    }
}
