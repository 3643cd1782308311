using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

public sealed class QuestionFilterTests
{
    private static string? Reason(string text, string language = "en", string style = "natural", string passage = "Some passage.") =>
        new QuestionFilter().Reason(new GeneratedQuestion(text, style, "a.md#0", "m"), Make.Chunk(passage, language));

    [Theory]
    [InlineData("How do I close the dome by hand?", "en", "natural")]
    [InlineData("what is the stow angle", "en", "natural")]
    [InlineData("In which year was the dome built?", "en", "natural")]
    [InlineData("After a red alarm, should I wait for the warden?", "en", "natural")]
    [InlineData("Can't the dome be closed by hand?", "en", "natural")]
    [InlineData("DM-112 drum stalled", "en", "keyword")]
    [InlineData("The lamp stays dark. What now?", "en", "symptom")]
    [InlineData("Shutter lamp dark after closing", "en", "symptom")]
    [InlineData("I have smoke in the dome. Whom do I call?", "en", "symptom")]
    [InlineData("Which of the two domes is older?", "en", "comparison")]
    [InlineData("穹顶关不上怎么办", "zh", "natural")]
    [InlineData("CR-322 THISTLE 报警 原因", "zh", "keyword")]
    [InlineData("Where is the document store kept and who reads the article numbers?", "en", "natural")]
    [InlineData("值班文档放在哪里？", "zh", "natural")]
    [InlineData("为什么 HALO 的窗口会结霜？", "zh", "natural")]
    [InlineData("日本文化的特点是什么？", "zh", "natural")]
    [InlineData("如何打开文本文件？", "zh", "natural")]
    [InlineData("中原文化起源于哪里？", "zh", "natural")]
    [InlineData("英文中的冠词怎么用？", "zh", "natural")]
    [InlineData("网上文章如何引用？", "zh", "natural")]
    [InlineData("希望工程是哪一年启动的？", "zh", "natural")]
    [InlineData("好的轮胎能用多久？", "zh", "natural")]
    [InlineData("这里有多少张床位？", "zh", "natural")]
    [InlineData("What is the context window of the model?", "en", "natural")]
    [InlineData("Is the passage to the dome locked at night?", "en", "natural")]
    public void GoodQuestionsPass(string text, string language, string style) => Assert.Null(Reason(text, language, style));

    [Theory]
    [InlineData("Why?", "en", QuestionFilter.TooShort)]
    [InlineData("为何？", "zh", QuestionFilter.TooShort)]
    [InlineData("Here are two questions:", "en", QuestionFilter.NotAQuestion)]
    [InlineData("The Holocene epoch?", "en", QuestionFilter.NotAQuestion)]
    [InlineData("The first king of the Holy Roman Empire to be crowned at the cathedral?", "en", QuestionFilter.NotAQuestion)]
    [InlineData("Would you like me to write more?", "en", QuestionFilter.NotAQuestion)]
    [InlineData("What's your next question?", "en", QuestionFilter.NotAQuestion)]
    [InlineData("The dome closes at night.", "en", QuestionFilter.NotAQuestion)]
    [InlineData("穹顶在夜里关闭。", "zh", QuestionFilter.NotAQuestion)]
    [InlineData("What does the passage say about domes?", "en", QuestionFilter.AboutThePassage)]
    [InlineData("According to the text, who closes the dome?", "en", QuestionFilter.AboutThePassage)]
    [InlineData("What limits does this document set?", "en", QuestionFilter.AboutThePassage)]
    [InlineData("Based on the given article, who closes the dome?", "en", QuestionFilter.AboutThePassage)]
    [InlineData("Which of the steps described above comes first?", "en", QuestionFilter.AboutThePassage)]
    [InlineData("根据上文，谁来关穹顶？", "zh", QuestionFilter.AboutThePassage)]
    [InlineData("该文档规定谁来关穹顶？", "zh", QuestionFilter.AboutThePassage)]
    [InlineData("作者认为穹顶应由谁来关？", "zh", QuestionFilter.AboutThePassage)]
    [InlineData("文中提及，谁来关穹顶？", "zh", QuestionFilter.AboutThePassage)]
    [InlineData("在本文中，谁来关穹顶？", "zh", QuestionFilter.AboutThePassage)]
    [InlineData("这段话说明了什么？", "zh", QuestionFilter.AboutThePassage)]
    [InlineData("資料中提到了什麼？", "zh", QuestionFilter.AboutThePassage)]
    [InlineData("穹顶由谁来关？", "en", QuestionFilter.WrongLanguage)]
    [InlineData("Où se trouve la pompe numéro sept ?", "en", QuestionFilter.WrongLanguage)]
    [InlineData("¿Cuántos grados gira la cúpula por segundo?", "en", QuestionFilter.WrongLanguage)]
    [InlineData("Wie schnell dreht sich die Kuppel?", "en", QuestionFilter.WrongLanguage)]
    [InlineData("Who closes the dome?", "zh", QuestionFilter.WrongLanguage)]
    [InlineData("Кто закрывает купол ночью?", "en", QuestionFilter.WrongLanguage)]
    public void OthersAreDroppedForAReason(string text, string language, string reason) => Assert.Equal(reason, Reason(text, language));

    [Fact]
    public void LongOnesAndCopiesAreDropped()
    {
        Assert.Equal(QuestionFilter.TooLong, Reason(string.Join(' ', Enumerable.Repeat("why", 50)) + "?"));
        const string Sentence = "The Night Captain closes the dome by hand when it rains";
        Assert.Equal(QuestionFilter.Copied, Reason(Sentence + "?", passage: $"Doc\n{Sentence}."));
        Assert.Equal(
            QuestionFilter.Copied,
            Reason("夜班长在下雨的时候用手动方式关闭穹顶？", "zh", passage: "夜班长在下雨的时候，用手动方式关闭穹顶。")
        );
    }

    [Fact]
    public void TheSameQuestionTwiceIsADuplicate()
    {
        var filter = new QuestionFilter();
        Assert.Null(filter.Reason(new GeneratedQuestion("Who closes the dome?", "natural", "a.md#0", "m"), Make.Chunk("x")));
        Assert.Equal(
            QuestionFilter.Duplicate,
            filter.Reason(new GeneratedQuestion("who closes the dome", "natural", "b.md#0", "m"), Make.Chunk("y"))
        );
    }
}
