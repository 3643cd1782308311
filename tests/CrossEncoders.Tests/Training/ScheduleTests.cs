using CrossEncoders.Training;

namespace CrossEncoders.Tests.Training;

/// <summary>The learning rate at every step against its closed form, also where warm-up or training are nothing.</summary>
public sealed class ScheduleTests
{
    public static TheoryData<int, int> Lengths =>
        new()
        {
            { 0, 1 },
            { 0, 100 },
            { 1, 100 },
            { 10, 100 },
            { 99, 100 },
            { 100, 100 },
            { 150, 100 }, // never past the warm-up
            { 0, 0 },
        };

    [Theory]
    [MemberData(nameof(Lengths))]
    public void EveryStepHasTheFactorOfItsFormula(int warmup, int total)
    {
        for (var step = 0; step <= total + 5; step++)
        {
            var rising = step < warmup ? (double)step / warmup : 1;
            var left = Math.Max(0.0, total - step) / Math.Max(1, total - warmup);
            var cosine = (1 + Math.Cos(Math.PI * Math.Min(1, (double)(step - warmup) / Math.Max(1, total - warmup)))) / 2;
            Assert.Equal(1, Schedules.Factor(Schedule.Constant, step, warmup, total));
            Assert.Equal(rising, Schedules.Factor(Schedule.WarmupConstant, step, warmup, total), 1e-12);
            Assert.Equal(step < warmup ? rising : left, Schedules.Factor(Schedule.WarmupLinear, step, warmup, total), 1e-12);
            if (step < warmup)
                Assert.Equal(rising, Schedules.Factor(Schedule.WarmupCosine, step, warmup, total), 1e-12);
            else if (step <= Math.Max(total, warmup + 1)) // beyond its end a cosine would rise again
                Assert.Equal(cosine, Schedules.Factor(Schedule.WarmupCosine, step, warmup, total), 1e-12);
            if (step < total)
                Assert.Equal(
                    Schedules.Factor(Schedule.WarmupCosine, step, warmup, total),
                    Schedules.Factor(Schedule.WarmupCosineWithHardRestarts, step, warmup, total),
                    1e-12
                );
        }
    }

    [Theory]
    [InlineData(Schedule.WarmupLinear)]
    [InlineData(Schedule.WarmupConstant)]
    [InlineData(Schedule.WarmupCosine)]
    [InlineData(Schedule.WarmupCosineWithHardRestarts)]
    public void ItRisesOnceAndNeverAgain(Schedule schedule)
    {
        double[] factors = [.. Enumerable.Range(0, 200).Select(step => Schedules.Factor(schedule, step, 20, 200))];
        Assert.Equal(0, factors[0]);
        Assert.Equal(1, factors[20]);
        Assert.All(factors, factor => Assert.InRange(factor, 0, 1));
        Assert.All(factors.Zip(factors.Skip(1)).Take(20), pair => Assert.True(pair.First < pair.Second));
        Assert.All(factors.Zip(factors.Skip(1)).Skip(20), pair => Assert.True(pair.First >= pair.Second));
    }

    [Fact]
    public void AnUnknownScheduleIsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Schedules.Factor((Schedule)99, 5, 0, 10));
}
