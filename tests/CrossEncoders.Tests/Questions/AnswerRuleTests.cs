using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

/// <summary>Each rule of the parser's tables does what its example says.</summary>
public sealed class AnswerRuleTests
{
    public static TheoryData<string> Framings => [.. AnswerParser.Framings.Select(framing => framing.Name)];

    public static TheoryData<string> Marks => [.. LineAnswers.Marks.Select(rule => rule.Example)];

    public static TheoryData<string> Wrappings => [.. AnswerWrapping.Rules.Select(rule => rule.Example)];

    public static TheoryData<string> Phrases => [.. Chatter.Rules.Select(rule => rule.Example)];

    [Theory]
    [MemberData(nameof(Framings))]
    public void AFramingReadsItsExampleAndIsTheFirstThatDoes(string name)
    {
        var framing = AnswerParser.Framings.Single(framing => framing.Name == name);
        (string, string)[] expected = [("Why A?", "natural"), ("dome stalled", "keyword")];
        Assert.Equal(expected, framing.Read(framing.Example).Select(question => (question.Text, question.Style)));
        Assert.Equal(expected, AnswerParser.Parse(framing.Example));
        Assert.All(AnswerParser.Framings.TakeWhile(earlier => earlier != framing), earlier => Assert.Empty(earlier.Read(framing.Example)));
        Assert.Empty(framing.Read(""));
    }

    [Theory]
    [MemberData(nameof(Marks))]
    public void AMarkIsTakenOffItsExample(string example)
    {
        var rule = LineAnswers.Marks.Single(rule => rule.Example == example);
        Assert.StartsWith(rule.Alone.Match(example).Value, example);
        Assert.Equal([("Why A?", "natural")], AnswerParser.Parse(example));
        Assert.Equal(
            [("the pump", "natural"), ("Why A?", "natural")],
            AnswerParser.Parse($"{example.Replace("Why A?", "the pump")}\nWhy A?")
        );
    }

    [Theory]
    [MemberData(nameof(Wrappings))]
    public void AWrappingIsTakenOffItsExample(string example)
    {
        var rule = AnswerWrapping.Rules.Single(rule => rule.Example == example);
        Assert.NotEqual(example, rule.Alone.Replace(example, ""));
        Assert.Equal("Why A?", AnswerWrapping.Without(example));
    }

    [Theory]
    [MemberData(nameof(Phrases))]
    public void APhraseOfTheModelIsNoQuestion(string example)
    {
        var rule = Chatter.Rules.Single(rule => rule.Example == example);
        Assert.Equal(0, rule.Alone.Match(example) is { Success: true } found ? found.Index : -1);
        Assert.True(QuestionText.IsChatter(example));
        Assert.Equal(["Why A?"], AnswerParser.Parse($"{example}\n1. Why A?").Select(question => question.Text));
    }

    [Theory]
    [InlineData("当然气供应不足时怎么办？")]
    [InlineData("希望小学在哪一年建成？")]
    [InlineData("What is a great circle?")]
    [InlineData("Is there a spare key?")]
    [InlineData("What is your warranty on pumps?")]
    public void QuestionsThatBeginAlikeStay(string question) => Assert.False(QuestionText.IsChatter(question));
}
