using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

/// <summary>Each filter at its limit, on both sides of it and in both languages.</summary>
public sealed class QuestionLimitTests
{
    private static string? Reason(string text, string language = "en", string style = "natural", string passage = "Some passage.") =>
        new QuestionFilter().Reason(new GeneratedQuestion(text, style, "a.md#0", "m"), Make.Chunk(passage, language));

    [Theory]
    [InlineData("", "en", "keyword", QuestionFilter.TooShort)]
    [InlineData("   ", "en", "keyword", QuestionFilter.TooShort)]
    [InlineData("dome", "en", "keyword", QuestionFilter.TooShort)]
    [InlineData("dome lamp", "en", "keyword", null)]
    [InlineData("水泵", "zh", "keyword", QuestionFilter.TooShort)]
    [InlineData("水泵停机", "zh", "keyword", null)]
    [InlineData("水泵 停", "zh", "keyword", null)] // three characters and two words
    public void ShortTextsPassFromTwoWordsOrFourCharactersOn(string text, string language, string style, string? reason) =>
        Assert.Equal(reason, Reason(text, language, style));

    [Theory]
    [InlineData("why ", 40, "en", null)]
    [InlineData("why ", 41, "en", QuestionFilter.TooLong)]
    [InlineData("为什么水泵停", 13, "zh", null)] // 78 characters
    [InlineData("为什么水泵停机", 12, "zh", QuestionFilter.TooLong)] // 84
    [InlineData("why does it ring so loudly? ", 11, "en", QuestionFilter.TooLong)] // 66 words, 308 characters
    [InlineData("whyeverlastingly ", 18, "en", QuestionFilter.TooLong)] // 18 words, 306 characters
    public void LongTextsPassUpToTheirLimits(string piece, int times, string language, string? reason) =>
        Assert.Equal(reason, Reason(string.Concat(Enumerable.Repeat(piece, times)), language));

    [Theory]
    [InlineData("The dome closes at night", "natural", false)]
    [InlineData("The dome closes at night", "keyword", true)]
    [InlineData("The dome closes at night", "symptom", true)]
    [InlineData("The dome closes at night", "comparison", false)]
    [InlineData("The dome closes at night", "a style of one's own", true)]
    [InlineData("The dome closes at night...", "symptom", false)]
    [InlineData("The dome closes at night…", "keyword", false)]
    [InlineData("The dome closes at night?", "symptom", true)]
    [InlineData("The dome closes at night?", "natural", false)] // the mark alone asks nothing
    [InlineData("The dome and the hall, which is older?", "comparison", true)]
    [InlineData("how to close the dome", "natural", true)]
    [InlineData("how to close the dome!", "natural", false)]
    [InlineData("the dome closes how often", "natural", true)]
    [InlineData("Sure! Here are some questions for you:", "keyword", false)]
    public void WhatIsAQuestionDependsOnTheStyle(string text, string style, bool isQuestion) =>
        Assert.Equal(isQuestion ? null : QuestionFilter.NotAQuestion, Reason(text, style: style));

    [Theory]
    [InlineData("穹顶多久检查一次", "natural", true)]
    [InlineData("穹顶每天检查一次", "natural", false)]
    [InlineData("穹顶每天检查一次？", "natural", true)]
    [InlineData("穹顶每天检查一次", "keyword", true)]
    [InlineData("穹顶是否每天检查", "natural", true)]
    [InlineData("穹顶是否每天检查。", "natural", false)]
    public void ChineseAsksWithAWordOrAMark(string text, string style, bool isQuestion) =>
        Assert.Equal(isQuestion ? null : QuestionFilter.NotAQuestion, Reason(text, "zh", style));

    [Theory]
    [InlineData("Is the text field of the form required?", true)]
    [InlineData("What does the text say about domes?", false)]
    [InlineData("How large is the context size of the model?", true)]
    [InlineData("Which rule is stated in this paragraph?", false)]
    [InlineData("Who reads the table above the desk?", false)]
    [InlineData("Who sits at the table by the door?", true)]
    [InlineData("Is a document needed to enter?", true)]
    [InlineData("Who signs this document?", false)]
    public void OnlyThePassageItselfIsNotToBeNamed(string text, bool isKept) =>
        Assert.Equal(isKept ? null : QuestionFilter.AboutThePassage, Reason(text));

    [Theory]
    [InlineData("Does THISTLE stop?", "zh", "natural", QuestionFilter.WrongLanguage)]
    [InlineData("THISTLE 停机", "zh", "keyword", null)] // names stay in Latin letters
    [InlineData("THISTLE 停 DM-112", "zh", "keyword", QuestionFilter.WrongLanguage)]
    [InlineData("What does 穹顶 mean in English?", "en", "natural", null)]
    [InlineData("What 穹顶穹顶穹顶?", "en", "natural", QuestionFilter.WrongLanguage)]
    [InlineData("How large is the angle α of the dome?", "en", "natural", null)]
    [InlineData("What is купол купол купол?", "en", "natural", QuestionFilter.WrongLanguage)]
    [InlineData("dôme fermé", "en", "keyword", null)] // words alone have no language
    public void TheLanguageIsThatOfMostLetters(string text, string language, string style, string? reason) =>
        Assert.Equal(reason, Reason(text, language, style));

    [Theory]
    [InlineData("who closes the dome by hand?", "en", "Who closes the dome by hand? The warden.", null)] // 22 letters are too few
    [InlineData("who shuts the large dome by hand?", "en", "WHO shuts the large dome, by hand: he.", null)] // 26
    [InlineData("who shuts the large dome now by hand?", "en", "WHO shuts the large dome, now by hand: he.", null)] // 29
    [InlineData("who shuts the large dome here by hand?", "en", "WHO shuts the large dome, here by hand: he.", QuestionFilter.Copied)]
    [InlineData("who shuts the large dome here by night?", "en", "WHO shuts the large dome, here by hand: he.", null)]
    [InlineData("夜里由谁来关闭这个穹顶？", "zh", "夜里由谁来关闭这个穹顶，要看值班表。", null)] // 11
    [InlineData("夜里由谁来关闭这个大穹顶？", "zh", "夜里由谁来，关闭这个大穹顶，要看值班表。", QuestionFilter.Copied)]
    public void OnlyASentenceOfThePassageIsACopy(string text, string language, string passage, string? reason) =>
        Assert.Equal(reason, Reason(text, language, passage: passage));

    [Fact]
    public void EachFilterHasANameOfItsOwn()
    {
        Assert.Equal(8, QuestionFilter.Reasons.Distinct().Count());
        Assert.All(QuestionFilter.Reasons, name => Assert.NotEmpty(name));
    }

    [Fact]
    public void WhatWasDroppedDoesNotMakeADuplicate()
    {
        var filter = new QuestionFilter();
        var chunk = Make.Chunk("The warden of the dome alone closes the dome by hand.");
        var copy = new GeneratedQuestion("the warden of the dome alone closes the dome by hand?", "keyword", "a.md#0", "m");
        Assert.Equal(QuestionFilter.Copied, filter.Reason(copy, chunk));
        Assert.Null(filter.Reason(copy, Make.Chunk("Another passage.")));
        Assert.Equal(QuestionFilter.Duplicate, filter.Reason(copy, Make.Chunk("Another passage.")));
        Assert.Equal(QuestionFilter.Duplicate, filter.Reason(copy with { Style = "symptom" }, Make.Chunk("A third.")));
    }
}
