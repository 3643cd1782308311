using CrossEncoders.Display;

namespace CrossEncoders.Tests.Display;

/// <summary>Exercises check themselves and never stop a run.</summary>
public sealed class ExerciseTests
{
    [Fact]
    public void TheFirstConditionThatDoesNotHoldGivesTheHint()
    {
        var x = 1;
        var result = Exercise.Check((() => x > 0, "more than 0"), (() => x > 1, "more than <1>"), (() => x > 2, "more than 2"));
        Assert.False(result.Solved);
        Assert.Equal("Not yet: more than <1>", result.ToString());
        Assert.Contains("Not yet: more than &lt;1&gt;", result.ToHtml());
        x = 3;
        Assert.True(Exercise.Check((() => x > 0, "a"), (() => x > 2, "b")).Solved);
        Assert.Equal("✔ Solved.", Exercise.Check((() => true, "a")).ToString());
    }

    [Fact]
    public void AnErrorInAConditionIsAHintToo()
    {
        int[] none = [];
        var result = Exercise.Check((() => none[0] > 0, "Fill the list."));
        Assert.False(result.Solved);
        Assert.StartsWith("Not yet: Fill the list. (", result.ToString());
    }

    [Fact]
    public void WithoutConditionsNothingIsSolved() => Assert.False(Exercise.Check().Solved);
}
