using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

public sealed class AnswerParserTests
{
    private static string[] Texts(string answer) => [.. AnswerParser.Parse(answer).Select(question => question.Text)];

    [Fact]
    public void TheFormAskedForIsRead()
    {
        var questions = AnswerParser.Parse(
            """
            {"questions":[{"style":"natural","text":"How warm is it?"},
            {"style":"keyword","text":"dome \"drum\" stalled"},{"style":"symptom","text":"灯不亮，怎么办？"}]}
            """
        );
        Assert.Equal([("How warm is it?", "natural"), ("dome \"drum\" stalled", "keyword"), ("灯不亮，怎么办？", "symptom")], questions);
    }

    [Theory]
    [InlineData("```json\n{\"questions\":[{\"style\":\"natural\",\"text\":\"Why A?\"},{\"style\":\"natural\",\"text\":\"Why B?\"}]}\n```")]
    [InlineData("Sure! Here is the JSON:\n{\"questions\": [\"Why A?\", \"Why B?\",]}\nLet me know if you need more.")]
    [InlineData("[{\"question\":\"Why A?\"},{\"question\":\"Why B?\"}]")]
    [InlineData("{\"question1\":\"Why A?\",\"question2\":\"Why B?\"}")]
    [InlineData(
        "{\"questions\":[{\"style\":\"natural\",\"text\":\"Why A?\"},{\"style\":\"natural\",\"text\":\"Why "
            + "B?\"},{\"style\":\"natural\",\"te"
    )]
    [InlineData("{\"questions\":[\"Why A?\",\"Why B?\",\"Why unfinis")]
    [InlineData("Here are two questions:\n1. Why A?\n2. Why B?")]
    [InlineData("Here are two questions based on the passage.\n\n**Question 1:** Why A?\n\n**Question 2:** Why B?\n\nI hope this helps!")]
    [InlineData("- Why A?\n- Why B?\n- Why A?")]
    [InlineData("Why A?\nWhy B?\nThese questions cover the text.")]
    [InlineData("Why A? Why B?")]
    [InlineData("Q1: \"Why A?\"\nAnswer: because.\nQ2: \"Why B?\"\nAnswer: so.")]
    [InlineData("<think>Why me? Let me think.</think>1) Why A?\n2) Why B?")]
    [InlineData("Certainly! Would you like me to go on?\n1. Why A?\n2. Why B?")]
    [InlineData("{\"natural\": [\"Why A?\", \"Why B?\"]}")]
    [InlineData("{\"style\":\"natural\",\"text\":\"Why A?\"}\n{\"style\":\"natural\",\"text\":\"Why B?\"}")]
    [InlineData("```\nWhy A?\nWhy B?\n```")]
    [InlineData("1. Why A?\n2. Why B?\n3. Why is it that the")]
    [InlineData(
        "{\"questions\":[{\"style\":\"natural\",\"text\":\"Why A?\"},{\"style\":\"natural\",\"text\":\"Why "
            + "B?\"},{\"style\":\"natural\",\"text\":\"Why A?\"}]}"
    )]
    [InlineData("What a great passage. It makes me wonder whether B is true. Is it?\n- Why A?\n- Why B?\n\nCan you provide more text?")]
    [InlineData("The user wants two.\n1. Why me?\n</think>\n1. Why A?\n2. Why B?")]
    [InlineData("<thinking>\n1. Why me?\n</thinking>\n1. Why A?\n2. Why B?")]
    [InlineData("1. Why A?\n2. Why B?<|im_end|>")]
    [InlineData("**Question 1**: Why A?\n**Question 2**: Why B?")]
    [InlineData("1. **Why A?** - This asks about the cause.\n2. Why B? (natural)")]
    [InlineData("> Why A?\n> Why B?")]
    [InlineData("{\"questions\":\"1. Why A?\\n2. Why B?\"}")]
    [InlineData("[{\"question_text\":\"Why A?\"},{\"question_text\":\"Why B?\"}]")]
    [InlineData("<questions><question>Why A?</question><question>Why B?</question></questions>")]
    [InlineData("<question>\nWhy A?\n</question>\n<question style=\"natural\">Why B?</question>")]
    [InlineData(
        "<|channel|>analysis<|message|>Two are wanted. Why me?<|end|><|start|>assistant<|channel|>"
            + "final<|message|>1. Why A?\n2. Why B?<|return|>"
    )]
    [InlineData(
        "<|channel|>analysis<|message|>Why me?<|end|><|start|>assistant<|channel|>final <|constrain|>"
            + "json<|message|>{\"questions\":[\"Why A?\",\"Why B?\"]}"
    )]
    [InlineData("analysisTwo are wanted. Why me?assistantfinal1. Why A?\n2. Why B?")]
    public void OtherFormsAreUnderstood(string answer) => Assert.Equal(["Why A?", "Why B?"], Texts(answer));

    [Theory]
    [InlineData("以下是两个问题：\n1. 门为什么关？\n2. 灯亮几次？")]
    [InlineData("好的，以下是根据上文写的问题：\n\n问题1：门为什么关？\n问题2：灯亮几次？")]
    [InlineData("一些问题：\n1、门为什么关？\n2、灯亮几次？\n希望对您有帮助！")]
    [InlineData("门为什么关？灯亮几次？")]
    [InlineData("1. 门为什么关？\n2. 灯亮几次？\n3. 为什么在")]
    [InlineData("{\"问题\": [\"门为什么关？\", \"灯亮几次？\"]}")]
    [InlineData("１．门为什么关？\n２．灯亮几次？")]
    [InlineData("（1）门为什么关？\n（2）灯亮几次？")]
    [InlineData("①门为什么关？\n②灯亮几次？")]
    [InlineData("一、门为什么关？\n二、灯亮几次？")]
    [InlineData("**问题1**：门为什么关？\n**问题2**：灯亮几次？")]
    [InlineData("【问题1】门为什么关？\n【问题2】灯亮几次？")]
    [InlineData("1. 门为什么关？（答案：因为风）\n2. 灯亮几次？答案：三次。")]
    [InlineData("请问您还需要其他帮助吗？\n1. 门为什么关？\n2. 灯亮几次？")]
    [InlineData("{\"问题列表\":\"1. 门为什么关？\\n2. 灯亮几次？\"}")]
    [InlineData("[{\"问题内容\":\"门为什么关？\"},{\"问题内容\":\"灯亮几次？\"}]")]
    [InlineData("<问题>门为什么关？</问题><问题>灯亮几次？</问题>")]
    [InlineData("<|channel|>analysis<|message|>要两个问题。为什么是我？<|channel|>final<|message|>门为什么关？灯亮几次？")]
    public void ChineseAnswersAreUnderstood(string answer) => Assert.Equal(["门为什么关？", "灯亮几次？"], Texts(answer));

    [Fact]
    public void StylesInListsAreKept() =>
        Assert.Equal(
            [("Why A?", "natural"), ("dome stalled", "keyword"), ("穹顶 停转", "keyword")],
            AnswerParser.Parse("1. natural: Why A?\n2. [keyword] dome stalled\n3. 关键词：穹顶 停转")
        );

    [Fact]
    public void StylesMayBeTheNamesInJson() =>
        Assert.Equal(
            [("Why A?", "natural"), ("dome stalled", "keyword"), ("Is A or B older?", "comparison"), ("roof stuck", "newcomer")],
            AnswerParser.Parse(
                "{\"natural\":[\"Why A?\"],\"keyword\":\"dome stalled\",\"comparison\":[\"Is A or B older?\"],"
                    + "\"newcomer\":[\"roof stuck\"]}"
            )
        );

    [Theory]
    [InlineData(
        "{\"natural_question\":\"Why A?\",\"keyword_question\":\"dome stalled\",\"symptom question\":\"No light\"}",
        "natural Why A?, keyword dome stalled, symptom No light"
    )]
    [InlineData(
        "{\"自然问题\":\"门为什么关？\",\"关键词\":\"穹顶 停转\",\"症状\":\"灯不亮\",\"比较\":\"哪个更亮？\"}",
        "natural 门为什么关？, keyword 穹顶 停转, symptom 灯不亮, comparison 哪个更亮？"
    )]
    [InlineData(
        "[{\"style\":\"关键词\",\"text\":\"穹顶 停转\"},{\"风格\":\"自然\",\"问题\":\"门为什么关？\"},{\"类型\":\"症状描述\",\"问题\":\"灯不亮\"}]",
        "keyword 穹顶 停转, natural 门为什么关？, symptom 灯不亮"
    )]
    [InlineData(
        "[{\"style\":\"Keywords\",\"text\":\"dome stalled\"},{\"style\":\"factual\",\"text\":\"The dome is closed\"}]",
        "keyword dome stalled, natural The dome is closed"
    )]
    [InlineData("<question style=\"keyword\">dome stalled</question>", "keyword dome stalled")]
    [InlineData("[{\"style\":\"Rude\",\"text\":\"Why this mess?\"}]", "rude Why this mess?")]
    public void StylesAreThoseKnownOrAskedFor(string answer, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                ", ",
                AnswerParser.Parse(answer, ["natural", "keyword", "rude"]).Select(question => $"{question.Style} {question.Text}")
            )
        );

    [Fact]
    public void AThoughtWithoutAnEndIsNoQuestion() => Assert.Empty(Texts("<|channel|>analysis<|message|>The user wants two.\n1. Why me?"));

    [Fact]
    public void NumbersAreNoMarks() => Assert.Equal(["3.5级风时灯亮几次？"], Texts("3.5级风时灯亮几次？"));

    [Theory]
    [InlineData("Symptoms of low-pressure in the pump line?")]
    [InlineData("Symptoms of low pressure: what now?")]
    [InlineData("Natural-gas alarm on: what now?")]
    [InlineData("比较A-1型和B-2型泵，哪个更快？")]
    [InlineData("新手需要多少时间（小时）？")]
    [InlineData("关键词索引（旧版）在哪里：书架还是柜子？")]
    public void AQuestionMayBeginWithTheNameOfAStyle(string question) => Assert.Equal([question], Texts($"1. {question}\n2. {question}"));

    [Theory]
    [InlineData("1. Natural language question: Why A?")]
    [InlineData("1. **Natural question 1** - Why A?")]
    [InlineData("1. natural-style query #1 : Why A?")]
    [InlineData("1. (Natural, spoken) Why A?")]
    [InlineData("1. **[Natural]** - Why A?")]
    [InlineData("1. 自然语言问题：Why A?")]
    public void TheNameOfAStyleInFrontGoes(string answer) => Assert.Equal(["Why A?"], Texts(answer));

    [Theory]
    [InlineData("“红灯”和“绿灯”")]
    [InlineData("\"red lamp\" \"green lamp\"")]
    [InlineData("「红灯」与「绿灯」")]
    public void QuotesOfPartsStay(string question) =>
        Assert.Equal(
            [question],
            AnswerParser.Parse(System.Text.Json.JsonSerializer.Serialize(new { text = question })).Select(found => found.Text)
        );

    [Fact]
    public void AStatementMayComeBeforeAQuestion() =>
        Assert.Equal(
            ["The lamp stays dark. What now?", "My screen is black. Whom do I call?", "灯不亮。怎么办？"],
            Texts("The lamp stays dark. What now?\nMy screen is black. Whom do I call?\n灯不亮。怎么办？")
        );

    /// <summary>Answers of a real model of 135 million parameters that was asked for questions.</summary>
    [Theory]
    [InlineData(
        "What a fascinating discussion. Let's delve into the complexities of this topic.\n\nOne of the key "
            + "points I'd like to explore is the "
            + "relationship between Islamism and Islamism. Is it possible to separate Islam from politics, and if "
            + "so, what does that mean? How does it relate to the idea of "
            + "politics in Islam?\n\nIn the context of the original text, I'm looking for a clear and concise "
            + "answer to this question. Can you provide a brief overview of the topic, "
            + "highlighting the key points I mentioned earlier, and offer a response that provides a clear answer to the question?"
    )]
    [InlineData("I'm ready to help you craft a response. What's your next question?")]
    [InlineData("What a wonderful question to ask, and I'm glad you're eager to share your thoughts! What would you like to know?")]
    [InlineData("The text provides a clear explanation of the challenges. What do you think?")]
    [InlineData("{\"explanation\":{\"explanation\":{\"explanation\":{\"explanation\":")]
    public void WhatASmallModelSaysInsteadIsNoQuestion(string answer) => Assert.Empty(Texts(answer));

    [Theory]
    [InlineData("")]
    [InlineData("Here are two questions:")]
    [InlineData("I'm sorry, I cannot help with that.")]
    [InlineData("The passage is about domes. It explains alarms.")]
    [InlineData("{\"questions\":[]}")]
    [InlineData("以下是三个问题：")]
    public void ChatterIsNoQuestion(string answer) => Assert.Empty(Texts(answer));

    /// <summary>A model that repeats itself has no end: whatever it repeats, the parser has.</summary>
    [Theory]
    [InlineData("<q>")]
    [InlineData("<question>Why A?")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("{")]
    [InlineData("{ ")]
    [InlineData("{\"text\":")]
    [InlineData("[\"")]
    [InlineData("'")]
    [InlineData("Draft:\n")]
    [InlineData("Final: Why? ")]
    [InlineData("- text: Why?\n")]
    [InlineData("a: b\n")]
    [InlineData("| a ")]
    [InlineData("a,")]
    [InlineData("Why? ")]
    [InlineData("*")]
    [InlineData("&amp;")]
    [InlineData("<think>")]
    [InlineData("analysis")]
    [InlineData("问")]
    [InlineData("1. ")]
    public void AnswersWithoutEndTakeLinearTime(string piece) =>
        Growth.IsLinear(400_000 / piece.Length, count => AnswerParser.Parse(string.Concat(Enumerable.Repeat(piece, count))));

    [Theory]
    [InlineData("{\"text\":\"\\ud800 why A?\"}")]
    [InlineData("{\"\\ud800\":[\"Why A?\"]}")]
    [InlineData("\ud800")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"Why A?\"")]
    public void BrokenTextDoesNoHarm(string answer) => Assert.InRange(AnswerParser.Parse(answer).Count, 0, 1);
}
