using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

/// <summary>Answers in other forms than the one asked for: YAML and its relatives, tags, tables, loose JSON.</summary>
public sealed class AnswerFramingTests
{
    private static void ReadsBoth(string answer) =>
        Assert.Equal([("Why A?", "natural"), ("dome stalled", "keyword")], AnswerParser.Parse(answer));

    [Theory]
    [InlineData("yaml.txt", "How often are the cups cleaned?|anemometer heating temperature")]
    [InlineData(
        "draft-and-final.txt",
        "How often are the anemometer cups cleaned in winter?|Below which temperature is the heating switched on?"
    )]
    [InlineData("entities.txt", "Is it < 2 °C when the heating is on?")]
    public void TheSharedCasesAreRead(string name, string expected) =>
        Assert.Equal(
            expected.Split('|'),
            AnswerParser.Parse(File.ReadAllText(Shared.Path($"cases/answer-yaml/{name}"))).Select(question => question.Text)
        );

    [Theory]
    [InlineData("- text: Why A?\n  style: natural\n- text: dome stalled\n  style: keyword")]
    [InlineData("---\n- question: \"Why A?\"\n  type: natural\n- question: 'dome stalled'\n  type: keyword\n...")]
    [InlineData("```yaml\nquestions:\n- style: natural\n  text: Why A?\n- style: keyword\n  text: dome stalled\n```")]
    [InlineData(
        "Sure, here is the YAML:\n\nquestions:\n  - query: Why A?\n    kind: natural\n  - query: dome stalled\n    kind: keyword\n"
    )]
    [InlineData("questions:\n  natural:\n    - Why A?\n  keyword:\n    - dome stalled")]
    [InlineData("natural:\n- Why A?\nkeyword:\n- dome stalled")]
    [InlineData("natural:\n  - text: Why A?\nkeyword:\n  - text: dome stalled\n")]
    [InlineData("- natural: Why A?\n- keyword: dome stalled")]
    [InlineData("natural: Why A?\nkeyword: dome stalled")]
    [InlineData("- {text: Why A?, style: natural}\n- {style: keyword, text: dome stalled}")]
    [InlineData(
        "questions:\n  - id: 1\n    text: >-\n      Why\n      A?\n    answer: Because of B.\n  - id: 2\n    "
            + "text: |\n      dome stalled\n    style: keyword"
    )]
    [InlineData("- text: Why\n    A?\n  difficulty: easy\n- text: dome\n    stalled\n  style: keyword")]
    [InlineData("[[questions]]\ntext = \"Why A?\"\nstyle = \"natural\"\n\n[[questions]]\ntext = \"dome stalled\"\nstyle = \"keyword\"")]
    [InlineData("Style: natural\nQuestion: Why A?\n\nStyle: keyword\nQuestion: dome stalled")]
    [InlineData("**Style:** natural\n**Question:** Why A?\n**Style:** keyword\n**Question:** dome stalled")]
    [InlineData("1. Question: Why A?\n   Style: natural\n2. Question: dome stalled\n   Style: keyword")]
    [InlineData("- 文本: Why A?\n  风格: 自然\n- 文本：dome stalled\n  风格：关键词")]
    public void YamlAndItsRelativesAreUnderstood(string answer) => ReadsBoth(answer);

    [Theory]
    [InlineData("[{'text': 'Why A?', 'style': 'natural'}, {'text': 'dome stalled', 'style': 'keyword'}]")]
    [InlineData("{questions: [{style: \"natural\", text: \"Why A?\"}, {style: \"keyword\", text: \"dome stalled\"}]}")]
    [InlineData("questions = [\n  {\"text\": \"Why A?\"},\n  {\"text\": \"dome stalled\", \"style\": \"keyword\"}\n]")]
    [InlineData("{“questions”:[{“text”:“Why A?”},{“text”:“dome stalled”,“style”:“keyword”}]}")]
    [InlineData("[[\"natural\",\"Why A?\"],[\"keyword\",\"dome stalled\"]]")]
    [InlineData("{\"data\":{\"items\":[{\"search_query\":\"Why A?\"},{\"Search Query\":\"dome stalled\",\"category\":\"keyword\"}]}}")]
    [InlineData("<natural>Why A?</natural><keyword>dome stalled</keyword>")]
    [InlineData(
        "<questions><question id=\"1\"><style>natural</style><text>Why A?</text></question><question id=\"2\""
            + "><style>keyword</style><text>dome stalled</text></question></questions>"
    )]
    [InlineData("<question_1>Why A?</question_1>\n<question_2 type='keyword'><![CDATA[dome stalled]]></question_2>")]
    [InlineData("<item><q>Why <b>A</b>?</q><answer>B</answer></item><item style=\"keyword\"><q>dome stalled</q></item>")]
    [InlineData("<question style=\"natural\" text=\"Why A?\"/><question style=\"keyword\" text=\"dome stalled\"/>")]
    [InlineData("<ol><li>Why A?</li><li style=\"keyword\">dome stalled</li></ol>")]
    public void LooseJsonAndTagsAreUnderstood(string answer) => ReadsBoth(answer);

    [Theory]
    [InlineData("| # | Style | Question |\n|---|:---:|---|\n| 1 | natural | Why A? |\n| 2 | keyword | dome stalled |")]
    [InlineData("| natural | Why A? |\n| keyword | dome stalled |")]
    [InlineData("|问题|类型|\n|-|-|\n|Why A?|自然|\n|dome stalled|关键词|")]
    [InlineData("style,text\nnatural,Why A?\nkeyword,\"dome stalled\"")]
    [InlineData("Style\tQuestion\nnatural\tWhy A?\nkeyword\tdome stalled")]
    [InlineData("### Natural question\nWhy A?\n\n### Keyword query\n\ndome stalled\n\nThe end.")]
    [InlineData("**Natural**\n1. Why A?\n\n**Keywords:**\n2. dome stalled")]
    [InlineData("1. Why A? (natural)\n2. dome stalled (keyword)")]
    [InlineData("1. **Natural:** Why A?\n2. **Keyword:** dome stalled")]
    [InlineData(
        "{&quot;questions&quot;:[{&quot;text&quot;:&quot;Why A?&quot;},{&quot;text&quot;:&quot;dome "
            + "stalled&quot;,&quot;style&quot;:&quot;keyword&quot;}]}"
    )]
    [InlineData("&lt;question&gt;Why A?&lt;/question&gt;&lt;question style=&quot;keyword&quot;&gt;dome stalled&lt;/question&gt;")]
    [InlineData("Why A?<br>keyword: dome stalled")]
    public void TablesHeadingsAndEscapedPagesAreUnderstood(string answer) => ReadsBoth(answer);

    [Theory]
    [InlineData(
        "questions:\n  - text: What does A: B mean?\n  - text: What is issue #5 about?",
        "What does A: B mean?¦What is issue #5 about?"
    )]
    [InlineData("- text: 'What''s A?'\n- text: \"What's \\\"B\\\"?\"", "What's A?¦What's \"B\"?")]
    [InlineData("['What's A?', 'Why B?']", "What's A?¦Why B?")]
    [InlineData("1. Why A?\n2. Why B?\nText: the passage is about A.", "Why A?¦Why B?")]
    [InlineData("question,id\n\"Why A, and not \"\"B\"\"?\",1\nWhy C?,2", "Why A, and not \"B\"?¦Why C?")]
    [InlineData("id,question\n1,Why A, B or C?", "Why A, B or C?")]
    [InlineData("| Question |\n|---|\n| Is a \\| b true? |", "Is a | b true?")]
    public void WhatAQuestionHoldsIsNotTakenForItsFrame(string answer, string expected) =>
        Assert.Equal(expected.Split('¦'), AnswerParser.Parse(answer).Select(question => question.Text));

    [Theory]
    [InlineData("Text: The passage describes a dome.")]
    [InlineData("Content: nothing to ask.\nNote: sorry.")]
    [InlineData("title: Domes\nsummary: How they turn")]
    [InlineData("| Name | Value |\n|---|---|\n| speed | 3 |")]
    [InlineData("a,b\n1,2")]
    public void OtherRecordsHoldNoQuestion(string answer) => Assert.Empty(AnswerParser.Parse(answer));

    [Theory]
    [InlineData("What does __init__ do in Python?")]
    [InlineData("__init__ arguments order")]
    [InlineData("What does **x** stand for?")]
    [InlineData("How do *args and **kwargs differ?")]
    [InlineData("When is __name__ equal to \"__main__\"?")]
    [InlineData("Is snake_case_name or kebab-case-name allowed?")]
    [InlineData("Does 2 ** 3 or 2 * 3 give 8?")]
    [InlineData("Is a < b && b > c true?")]
    public void MarksInsideAQuestionStay(string question)
    {
        Assert.Equal([question], AnswerParser.Parse($"- style: keyword\n  text: {question}").Select(found => found.Text));
        Assert.Equal([question], AnswerParser.Parse($"1. keyword: {question}").Select(found => found.Text));
        var json = System.Text.Json.JsonSerializer.Serialize(new { text = question });
        Assert.Equal([question], AnswerParser.Parse(json).Select(found => found.Text));
        Assert.Equal([question], AnswerParser.Parse($"1. **keyword: {question}**").Select(found => found.Text).Select(Bare));

        // Bold around a text that has stars of its own cannot be told from them.
        string Bare(string text) => text == $"{question}**" ? question : text;
    }

    [Theory]
    [InlineData("**Why A?**")]
    [InlineData("__Why A?__")]
    [InlineData("*Why A?*")]
    [InlineData("\"**Why A?**\"")]
    [InlineData("**\"Why A?\"**")]
    [InlineData("1. **Why A?** (natural)")]
    [InlineData("**1. Why A?**")]
    [InlineData("- `Why A?`")]
    [InlineData("「Why A?」")]
    [InlineData("Why&nbsp;A?")]
    [InlineData("- Why A&#63;")]
    public void MarksAroundAQuestionGo(string answer) =>
        Assert.Equal(["Why A?"], AnswerParser.Parse(answer).Select(question => question.Text));

    [Theory]
    [InlineData("Is 5 &gt; 3 &amp; 2 &lt; 4?", "Is 5 > 3 & 2 < 4?")]
    [InlineData("What&#39;s the valve&#x27;s name?", "What's the valve's name?")]
    [InlineData("Is &amp;lt; escaped twice?", "Is < escaped twice?")]
    [InlineData("What do R&D and AT&T share?", "What do R&D and AT&T share?")]
    [InlineData("温度低于 5&nbsp;&deg;C 时怎么办？", "温度低于 5 °C 时怎么办？")]
    public void EscapesOfAPageAreUndone(string text, string expected) =>
        Assert.Equal([expected], AnswerParser.Parse($"- {text}").Select(question => question.Text));
}
