using CrossEncoders.Examples;
using CrossEncoders.Training;

namespace CrossEncoders.Tests.Training;

/// <summary>Which examples share a batch, whatever their lengths and groups.</summary>
public sealed class BatchPlanTests
{
    private static readonly int[] Lengths = [.. Enumerable.Range(0, 203).Select(i => 3 + i * 37 % 61)];

    /// <summary>Groups of one to seven examples.</summary>
    private static readonly int[][] Groups = [.. Enumerable.Range(0, 203).GroupBy(i => i * i / 97 % 41).Select(group => group.ToArray())];

    private static readonly int[][] Singles = [.. Enumerable.Range(0, 203).Select(i => new[] { i })];

    public static TheoryData<bool, TrainingArguments> Settings =>
        new()
        {
            {
                false,
                new() { BatchSize = 16 }
            },
            {
                true,
                new() { BatchSize = 16 }
            },
            {
                true,
                new() { BatchSize = 1 }
            }, // every group larger than a batch
            {
                false,
                new() { BatchSize = 1000 }
            },
            {
                false,
                new() { BatchSize = 7, GroupByLength = false }
            },
            {
                true,
                new() { BatchSize = 7, Shuffle = false }
            },
            {
                false,
                new() { TokenBudget = 500 }
            },
            {
                true,
                new() { TokenBudget = 500 }
            },
            {
                false,
                new() { TokenBudget = 1 }
            }, // every example longer than the budget
            {
                false,
                new() { TokenBudget = int.MaxValue }
            },
            {
                true,
                new()
                {
                    TokenBudget = 300,
                    Shuffle = false,
                    GroupByLength = false,
                }
            },
        };

    [Theory]
    [MemberData(nameof(Settings))]
    public void EachExampleIsReadOnceAnEpoch(bool grouped, TrainingArguments arguments)
    {
        for (var epoch = 0; epoch < 3; epoch++)
            Assert.Equal(Enumerable.Range(0, 203), Plan(grouped, arguments, epoch).SelectMany(batch => batch.Rows).Order());
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void GroupsStayWholeAndTogether(bool grouped, TrainingArguments arguments)
    {
        var units = (grouped ? Groups : Singles).Select(unit => string.Join(',', unit)).ToHashSet();
        foreach (var batch in Plan(grouped, arguments, 1))
        {
            Assert.Equal(batch.Rows.Length, batch.Groups.Sum());
            var start = 0;
            foreach (var size in batch.Groups)
                Assert.Contains(string.Join(',', batch.Rows[start..(start += size)]), units);
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void NoBatchIsLargerThanAllowedUnlessAGroupAloneIs(bool grouped, TrainingArguments arguments)
    {
        foreach (var batch in Plan(grouped, arguments, 2).Where(batch => batch.Groups.Length > 1))
            if (arguments.TokenBudget is { } budget)
                Assert.InRange((long)batch.Rows.Length * batch.Rows.Max(row => Lengths[row]), 1, budget);
            else
                Assert.InRange(batch.Rows.Length, 1, arguments.BatchSize);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void TheSameSeedAndEpochAreTheSamePlan(bool grouped, TrainingArguments arguments)
    {
        var plan = Order(Plan(grouped, arguments, 1));
        Assert.Equal(plan, Order(Plan(grouped, arguments, 1)));
        if (!arguments.Shuffle)
            Assert.Equal(plan, Order(Plan(grouped, arguments with { Seed = 7 }, 2)));
        else if (Plan(grouped, arguments, 1).Count > 1)
        {
            Assert.NotEqual(plan, Order(Plan(grouped, arguments, 2)));
            Assert.NotEqual(plan, Order(Plan(grouped, arguments with { Seed = arguments.Seed + 1 }, 1)));
        }
    }

    [Fact]
    public void AnEpochDoesNotRepeatWithTheNextSeed()
    {
        var arguments = new TrainingArguments { BatchSize = 8 };
        var plans = from seed in Enumerable.Range(0, 5) from epoch in Enumerable.Range(0, 5) select (seed, epoch);
        Assert.Equal(25, plans.Select(at => Order(Plan(false, arguments with { Seed = at.seed }, at.epoch))).Distinct().Count());
    }

    [Fact]
    public void SortingByLengthSparesPadding()
    {
        long Padded(TrainingArguments arguments) =>
            Plan(false, arguments, 0).Sum(batch => (long)batch.Rows.Length * batch.Rows.Max(row => Lengths[row]));
        var read = Lengths.Sum();
        Assert.InRange(Padded(new() { BatchSize = 8 }), read, read * 1.1);
        Assert.True(Padded(new() { BatchSize = 8, GroupByLength = false }) > read * 1.5);
    }

    [Fact]
    public void WithoutShufflingAndSortingTheOrderIsTheExamples() =>
        Assert.Equal(
            Enumerable.Range(0, 203),
            Plan(false, new() { Shuffle = false, GroupByLength = false }, 3).SelectMany(batch => batch.Rows)
        );

    [Fact]
    public void UnitsAreGroupsInOrderOfAppearanceAndThoseWithoutAreAlone()
    {
        string?[] groups = ["a", null, "b", "a", null, "", "b"];
        InputExample[] examples = [.. groups.Select(group => new InputExample(["q", "p"], 0) { Group = group })];
        Assert.Equal(["0,3", "1", "2,6", "4", "5"], BatchPlan.Units(examples, byGroup: true).Select(unit => string.Join(',', unit)));
        Assert.Equal(Enumerable.Range(0, 7), BatchPlan.Units(examples, byGroup: false).Select(unit => Assert.Single(unit)));
    }

    [Theory]
    [InlineData(false, 0.5, 0.5)]
    [InlineData(true, 0.25, 0.75)]
    public void BatchesOfAStepWeighAlikeOrByTheirExamples(bool byExamples, double small, double large)
    {
        MicroBatch[] batches =
        [
            MicroBatch.Of([
                [0],
                [1],
            ]),
            MicroBatch.Of([
                [2, 3, 4],
                [5, 6, 7],
            ]),
        ];
        var step = new PlannedStep(batches, byExamples);
        Assert.Equal([small, large], batches.Select(step.WeightOf));
        Assert.Equal([3, 3], batches[1].Groups);
    }

    private static IReadOnlyList<MicroBatch> Plan(bool grouped, TrainingArguments arguments, int epoch) =>
        BatchPlan.ForEpoch(grouped ? Groups : Singles, Lengths, arguments, epoch);

    private static string Order(IReadOnlyList<MicroBatch> plan) => string.Join(';', plan.Select(batch => string.Join(',', batch.Rows)));
}
