using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

/// <summary>Models that draft first: the final list counts, and what only looks like one does not.</summary>
public sealed class AnswerDraftTests
{
    private static string[] Texts(string answer) => [.. AnswerParser.Parse(answer).Select(question => question.Text)];

    [Theory]
    [InlineData("Draft:\n1. Why X?\n2. Why Y?\n\nFinal:\n1. Why A?\n2. Why B?")]
    [InlineData("**Draft**\n- Why X?\n\n**Final questions**\n- Why A?\n- Why B?")]
    [InlineData("## First draft\nWhy X?\n## Final version\nWhy A?\nWhy B?\n")]
    [InlineData("Draft: Why X?\nFinal: Why A? Why B?")]
    [InlineData(
        "Initial questions:\n- Why X?\n- Why Y?\n\nThese are too easy. Here are the revised questions:\n- "
            + "Why A?\n- Why B?\n\nI hope this helps!"
    )]
    [InlineData("First attempt:\n[\"Why X?\"]\nSecond attempt:\n[\"Why A?\", \"Why B?\"]")]
    [InlineData(
        "```json\n{\"questions\":[\"Why X?\"]}\n```\nOn reflection, these are better:\n```json\n{\""
            + "questions\":[\"Why A?\",\"Why B?\"]}\n```"
    )]
    [InlineData("1. Why X?\n2. Why Y?\n\n**Improved version:**\n1. Why A?\n2. Why B?")]
    [InlineData("Draft 1:\n- Why X?\nDraft 2:\n- Why A?\n- Why B?")]
    [InlineData("Draft:\n- Why X?\nRevised:\n- Why Y?\nFinal:\n- Why A?\n- Why B?")]
    [InlineData("1. Draft: Why X? Final: Why A?\n2. Draft: Why Y? → Final: Why B?")]
    [InlineData("1. Draft: Why X?\n   Final: Why A?\n2. Draft: Why Y?\n   Final: Why B?")]
    [InlineData("draft:\n  - Why X?\nfinal:\n  - Why A?\n  - Why B?")]
    [InlineData("draft:\n  - text: Why X?\nfinal:\n  - text: Why A?\n  - text: Why B?")]
    [InlineData("{\"draft\":[\"Why X?\"],\"final\":[\"Why A?\",\"Why B?\"]}")]
    [InlineData("{\"final_questions\":[{\"text\":\"Why A?\"},{\"text\":\"Why B?\"}],\"draft_questions\":[{\"text\":\"Why X?\"}]}")]
    [InlineData("[{\"draft\":\"Why X?\",\"final\":\"Why A?\"},{\"draft\":\"Why Y?\",\"final\":\"Why B?\"}]")]
    [InlineData("{\"reasoning\":[\"Why X?\"],\"questions\":[\"Why A?\",\"Why B?\"]}")]
    [InlineData("<draft>Why X?</draft><final><question>Why A?</question><question>Why B?</question></final>")]
    [InlineData("<scratchpad>\n1. Why X?\n</scratchpad>\n1. Why A?\n2. Why B?")]
    [InlineData("草稿：\n1. Why X?\n\n最终问题：\n1. Why A?\n2. Why B?")]
    [InlineData("初稿：\n- Why X?\n\n修改后：\n- Why A?\n- Why B?")]
    [InlineData("**草稿**\n- Why X?\n**定稿**\n- Why A?\n- Why B?\n希望对您有帮助！")]
    [InlineData("{\"草稿\":[\"Why X?\"],\"最终问题\":[\"Why A?\",\"Why B?\"]}")]
    public void OfADraftAndAFinalListTheFinalOneCounts(string answer) => Assert.Equal(["Why A?", "Why B?"], Texts(answer));

    [Theory]
    [InlineData("1. Why A?\n2. Why B?\n\nFinal question: Why C?", "Why A?|Why B?|Why C?")]
    [InlineData("1. Why A?\n2. Why B?\n\nThese are my final questions. Let me know!", "Why A?|Why B?")]
    [InlineData("Draft:\n1. Why A?\n2. Why B?", "Why A?|Why B?")]
    [InlineData("1. When is the final inspection?\n2. Who signs the draft?", "When is the final inspection?|Who signs the draft?")]
    [InlineData("Final:\n\n1. Why A?\n\nFinal note: none.", "Why A?")]
    [InlineData("Here is the final list:\n- Why A?\n- Why B?", "Why A?|Why B?")]
    [InlineData("- Final exam: when is it held?\n- Why B?", "Final exam: when is it held?|Why B?")]
    [InlineData("{\"style\":\"natural\",\"text\":\"Why A?\"}\n{\"style\":\"natural\",\"text\":\"Why B?\"}", "Why A?|Why B?")]
    public void WhatOnlyLooksLikeAFinalListTakesNothingAway(string answer, string expected) =>
        Assert.Equal(expected.Split('|'), Texts(answer));
}
