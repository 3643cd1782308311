using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

public sealed class JudgeParserTests
{
    [Theory]
    [InlineData("grade: 0", 1, 0)]
    [InlineData("grade: 1", 1, 1)]
    [InlineData("grade: 2", 1, null)] // beyond the rubric
    [InlineData("grade: 9", 9, 9)]
    [InlineData("grade: 10", 9, null)]
    [InlineData("grade: 99999999999999999999", 9, null)]
    [InlineData("grade: -1", 3, null)]
    [InlineData("-1", 3, null)]
    public void AGradeIsOneOfTheRubrics(string answer, int highest, int? grade) => Assert.Equal(grade, JudgeParser.Grade(answer, highest));

    [Theory]
    [InlineData("{\"grade\":\"2\"}", 2)]
    [InlineData("{'grade': 2}", 2)]
    [InlineData("{\"grade\": 2.0}", 2)]
    [InlineData("{\"score\": 2, \"grade\": 3}", 3)] // the last is the conclusion
    [InlineData("I first thought grade 1. Final grade: 2", 2)]
    [InlineData("The grade is 2.", 2)]
    [InlineData("**Grade**: 2", 2)]
    [InlineData("Rating = 2", 2)]
    [InlineData("## Relevance: 2", 2)]
    [InlineData("GRADE: 2", 2)]
    [InlineData("得分是2", 2)]
    [InlineData("打分为 2", 2)]
    [InlineData("等级：2", 2)]
    public void ANamedGradeIsFoundInAnyDress(string answer, int grade) => Assert.Equal(grade, JudgeParser.Grade(answer, 3));

    [Theory]
    [InlineData("**2**", 2)]
    [InlineData("(2)", 2)]
    [InlineData("2.", 2)]
    [InlineData("2 / 3", 2)]
    [InlineData("2 out of 3", 2)]
    [InlineData("2, definitely 2", 2)] // twice the same
    [InlineData("2, perhaps 3", null)]
    [InlineData("DM-2 is named.", null)] // a part of a name
    [InlineData("the B2 valve", null)]
    [InlineData("2x", null)]
    [InlineData("1.5", null)]
    [InlineData("two", null)]
    public void WithoutANameANumberMustStandAlone(string answer, int? grade) => Assert.Equal(grade, JudgeParser.Grade(answer, 3));

    [Theory]
    [InlineData("<think>grade: 1</think>{\"grade\": 3}", 3)]
    [InlineData("<THINK>\n1 or 2?\n</THINK>\n3", 3)]
    [InlineData("<think>grade: 1", null)] // it never came to an end
    [InlineData("<think>a</think>3<think>b</think>", 3)]
    public void WhatAModelThinksIsNoVerdict(string answer, int? grade) => Assert.Equal(grade, JudgeParser.Grade(answer, 3));

    [Theory]
    [InlineData("{\"answerable\": \"yes\"}", true)]
    [InlineData("{\"answerable\":\"No\"}", false)]
    [InlineData("{\"answerable\": true}", true)]
    [InlineData("```json\n{\"answerable\": \"no\"}\n```", false)]
    [InlineData("Answer: yes", true)]
    [InlineData("The verdict is no.", false)]
    [InlineData("At first I thought answerable: yes. Verdict: no", false)]
    [InlineData("**No**, since it names a house rule", false)]
    [InlineData("yes", true)]
    [InlineData("FALSE", false)]
    [InlineData("<think>yes</think>no", false)]
    [InlineData("答案是：能", true)]
    [InlineData("结论：不可以", false)]
    [InlineData("可以，这是常识。", true)]
    [InlineData("不是", false)]
    [InlineData("否。", false)]
    [InlineData("答案是能", true)]
    [InlineData("答案：是，这是常识。", true)]
    [InlineData("**答案：是** 因为这是常识。", true)]
    [InlineData("{\"答案\": \"是\", \"理由\": \"常识\"}", true)]
    [InlineData("答案是。", true)]
    [InlineData("结论是", true)]
    [InlineData("答案是肯定的。", true)]
    [InlineData("答案是否定的。", false)]
    [InlineData("结论是不可以。", false)]
    public void YesAndNoAreFoundInAnyDress(string answer, bool verdict) => Assert.Equal(verdict, JudgeParser.YesOrNo(answer));

    [Theory]
    [InlineData("")]
    [InlineData("yesterday's paper says so")]
    [InlineData("nothing")]
    [InlineData("Perhaps yes, perhaps no")]
    [InlineData("I would say yes")]
    [InlineData("{\"answerable\": \"unknown\"}")]
    [InlineData("{\"answerable\": \"notable\"}")]
    [InlineData("<think>yes")]
    [InlineData("The answer is uncertain.")]
    [InlineData("答案是不确定的。")]
    [InlineData("答案：是不确定的。")]
    [InlineData("**答案**是**不确定**。")]
    [InlineData("结论是无法回答。")]
    [InlineData("答案是：没有文档就无法回答")]
    [InlineData("不确定。")]
    [InlineData("是否能回答，要看文档。")]
    public void OtherAnswersAreNoVerdict(string answer) => Assert.Null(JudgeParser.YesOrNo(answer));

    [Theory]
    [InlineData("grade ")]
    [InlineData("<think>")]
    [InlineData("1 ")]
    [InlineData("answerable is ")]
    [InlineData("\"'* ")]
    public void LongAnswersTakeLinearTime(string piece) => Growth.IsLinear(20_000, count =>
        {
            var text = string.Concat(Enumerable.Repeat(piece, count));
            JudgeParser.Grade(text, 3);
            JudgeParser.YesOrNo(text);
        });
}
