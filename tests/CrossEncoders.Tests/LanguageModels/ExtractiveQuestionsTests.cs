using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;

namespace CrossEncoders.Tests.LanguageModels;

public sealed class ExtractiveQuestionsTests
{
    private const string English =
        "Dome › Closing\nThe upper shutter closes within 90 seconds. If the lamp stays dark, send one re-close. "
        + "The Dome Wright sweeps the sill with the harness on.";

    private const string Chinese =
        "低温手册 › 补氦\n供气压力不足 18 bar 时补氦，每次补半巴。冷头温度超过上限时，先关闭氦压缩机。值班人在日志里记下 THISTLE 的读数。";

    [Fact]
    public void EnglishQueriesComeFromTheText()
    {
        var queries = ExtractiveQuestions.Build(English);
        Assert.Contains(("natural", "The upper shutter closes within how many seconds?"), queries);
        Assert.Contains(("symptom", "What should be done if the lamp stays dark?"), queries);
        Assert.Contains(queries, query => query.Style == "keyword" && query.Text.Contains("harness"));
    }

    [Fact]
    public void ChineseQueriesComeFromTheText()
    {
        var queries = ExtractiveQuestions.Build(Chinese);
        Assert.Contains(("natural", "供气压力不足多少bar 时补氦？"), queries);
        Assert.Contains(("symptom", "冷头温度超过上限时，该怎么办？"), queries);
        Assert.Contains(queries, query => query.Style == "keyword" && query.Text.Contains("THISTLE"));
    }

    [Theory]
    [InlineData(English, "en")]
    [InlineData(Chinese, "zh")]
    public void QueriesPassTheFiltersAndAreTheSameEachTime(string passage, string language)
    {
        var chunk = Make.Chunk(passage, language);
        var filter = new QuestionFilter();
        var queries = ExtractiveQuestions.Build(passage);
        Assert.Equal(queries, ExtractiveQuestions.Build(passage));
        var kept = queries.Count(query =>
            filter.Reason(new GeneratedQuestion(query.Text, query.Style, chunk.Id, "extractive"), chunk) is null
        );
        Assert.True(kept >= 3, $"{kept} of {queries.Count} queries pass");
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("| a |\n|---|\n| 1 |")]
    [InlineData("？。，")]
    public void PoorPassagesDoNoHarm(string passage) =>
        Assert.All(ExtractiveQuestions.Build(passage), query => Assert.NotEmpty(query.Text));
}
