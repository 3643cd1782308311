using System.Text.Json;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

public sealed class ExtractiveRowTests
{
    [Theory]
    [InlineData("The bench in the hall weighs 164 kg.", "The bench in the hall weighs how many kg?")]
    [InlineData("- The pump must not run above 2.5 bar!", "The pump must not run above how many bar?")]
    [InlineData("The **upper** shutter needs `90` seconds to close.", "The upper shutter needs how many seconds to close?")]
    [InlineData("The store holds 1,200 litres of helium at most.", "The store holds how many litres of helium at most?")]
    public void ANumberWithItsUnitIsAskedFor(string sentence, string question) =>
        Assert.Contains(("natural", question), ExtractiveQuestions.Build($"Title\n{sentence}"));

    [Theory]
    [InlineData("It weighs 164 kg.")] // too short to stand alone
    [InlineData("The pump of the type DM-112 is in the hall.")]
    [InlineData("The watch begins at 18:30 every day of the year.")]
    [InlineData("The door has stood open since the year 1912.")] // nothing is counted
    [InlineData("| The bench in the hall | weighs 164 kg |")] // a row of a table
    public void OtherNumbersAreNot(string sentence) =>
        Assert.DoesNotContain(ExtractiveQuestions.Build($"Title\n{sentence}"), query => query.Text.Contains("how many"));

    [Theory]
    [InlineData("If the lamp stays dark, call the warden.", "What should be done if the lamp stays dark?")]
    [InlineData("WHEN the pump overheats, stop it at once.", "What should be done when the pump overheats?")]
    [InlineData("Call the warden before the dome is opened.", "What should be done before the dome is opened?")]
    [InlineData("Stop the pump if it reads above 2.5 bar, and wait.", "What should be done if it reads above 2.5 bar?")]
    public void AConditionBecomesASymptom(string sentence, string question) =>
        Assert.Contains(("symptom", question), ExtractiveQuestions.Build($"Title\n{sentence}"));

    [Theory]
    [InlineData("Nobody may enter the hall.")]
    [InlineData("If so, stop it.")] // too little to go on
    [InlineData("The gift (if the donor agrees) stays.")]
    public void WithoutAConditionThereIsNoSymptom(string sentence) =>
        Assert.DoesNotContain(ExtractiveQuestions.Build($"Title\n{sentence}"), query => query.Style == "symptom");

    [Theory]
    [InlineData("每次必须补充液氦 18 升，并记录。", "每次必须补充液氦多少升？")]
    [InlineData("值班人员必须等待 15 分钟才能开门。", "值班人员必须等待多少分钟才能开门？")]
    [InlineData("值班人员必须等待15分钟才能开门。", "值班人员必须等待多少分钟才能开门？")]
    [InlineData("每次必须补充液氦18.5升并且记录。", "每次必须补充液氦多少升并且记录？")]
    [InlineData("第3步之后必须等待15分钟才能开门。", "第3步之后必须等待多少分钟才能开门？")]
    [InlineData("型号A7必须在使用前校准2次才行。", "型号A7必须在使用前校准多少次才行？")]
    public void AChineseNumberIsAskedFor(string sentence, string question) =>
        Assert.Contains(("natural", question), ExtractiveQuestions.Build($"手册\n{sentence}"));

    [Theory]
    [InlineData("如果报警灯亮起，立刻停机。", "如果报警灯亮起，该怎么办？")]
    [InlineData("压力低于两巴，先关闭阀门。", "压力低于两巴，该怎么办？")]
    [InlineData("值班室的钥匙由夜班长保管。", "值班室的钥匙由夜班长保管，具体怎么规定？")]
    public void AChineseConditionOrRuleIsAskedAbout(string sentence, string question) =>
        Assert.Contains(("symptom", question), ExtractiveQuestions.Build($"手册\n{sentence}"));

    [Theory]
    [InlineData("# A heading of 20 long words")]
    [InlineData("|---|---|")]
    [InlineData("- - -")]
    public void HeadingsAndRulesAreNoSentences(string line)
    {
        const string Rest = "The bench in the hall weighs 164 kg.";
        Assert.Equal(
            ExtractiveQuestions.Build($"Title\n{Rest}").Where(query => query.Style == "natural").First(),
            ExtractiveQuestions.Build($"Title\n{line}\n{Rest}").Where(query => query.Style == "natural").First()
        );
    }

    [Fact]
    public void OfEachStyleThereAreAtMostThreeInTurn()
    {
        var sentences = Enumerable.Range(10, 20).Select(n => $"If pump{n} fails in the hall, wait {n} minutes for the warden.");
        var queries = ExtractiveQuestions.Build($"Title\n{string.Join(' ', sentences)}");
        Assert.Equal(["natural", "keyword", "symptom", "natural"], queries.Take(4).Select(query => query.Style));
        Assert.Equal(12, queries.Count);
        Assert.Equal(queries.Count, queries.Distinct().Count());
    }

    [Fact]
    public async Task TheAnswerIsWhatTheParserReads()
    {
        using var client = new ExtractiveQuestions();
        const string Passage = "Title\nIf \"dome\" lamps <3> stay dark, call the warden of the hall.";
        var response = await client.GetResponseAsync([new(ChatRole.User, "another"), new(ChatRole.User, Passage)]);
        Assert.Equal(("extractive", 0L), (response.ModelId, response.Usage!.InputTokenCount));
        Assert.Equal(
            ExtractiveQuestions.Build(Passage),
            AnswerParser.Parse(response.Text).Select(question => (question.Style, question.Text))
        );
        Assert.Empty(JsonDocument.Parse((await client.GetResponseAsync([])).Text).RootElement.GetProperty("questions").EnumerateArray());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync([], null, new(canceled: true)));
    }

    [Theory]
    [InlineData("Dome dome DOME x", "Dome")] // once, as it stands first
    [InlineData("the and with", "")]
    [InlineData("go up DM-112", "DM-112")]
    [InlineData("café's Warden’s", "caf|Warden’s")]
    [InlineData("warden THISTLE pump7", "THISTLE|pump7|warden")] // capitals and digits tell most
    public void EnglishTermsAreRanked(string passage, string expected) =>
        Assert.Equal(
            expected.Split('|', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            EnglishTerms.Rank(passage).Select(term => term.Text).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void RepeatedTermsComeFirstUpToThreeTimes()
    {
        var terms = EnglishTerms.Rank("shutter warden warden").ToDictionary(term => term.Text, term => term.Weight);
        Assert.Equal((7, 12), (terms["shutter"], terms["warden"]));
        Assert.Equal(18, Assert.Single(EnglishTerms.Rank(string.Join(' ', Enumerable.Repeat("warden", 9)))).Weight);
        Assert.Equal(["液氦", "阀门"], ChineseTerms.Rank("阀门和液氦，液氦").Select(term => term.Text));
        Assert.Contains("THISTLE-2", ChineseTerms.Rank("记下 THISTLE-2 的读数").Select(term => term.Text));
    }
}
