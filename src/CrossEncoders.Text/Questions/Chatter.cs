using System.Text.RegularExpressions;

namespace CrossEncoders.Questions;

/// <summary>How models speak to their user before, between and after questions.</summary>
internal static class Chatter
{
    /// <summary>The beginnings of such sentences.</summary>
    public static readonly IReadOnlyList<AnswerRule> Rules =
    [
        new("Here are two questions.", @"here (are|is|'s)"),
        new("Here’s the list.", "here’s"),
        new("Sure! I made two.", @"(sure|certainly|of course|okay|absolutely)\b"),
        new("OK, two questions follow.", "ok,"),
        new("I hope these are of use.", @"i hope\b"),
        new("I can help you with that.", @"i can (help|also|provide)\b"),
        new("I have written two questions.", @"i have (written|created|generated|made)\b"),
        new("I am sorry.", @"i am (happy|glad|sorry|ready|unable)\b"),
        new("I'm unable to answer.", @"i['’]m (happy|glad|sorry|ready|here|unable|not able|an ai)\b"),
        new("Let me know if you need more.", "let me know"),
        new("These questions cover the text.", "these questions"),
        new("Would you like more?", @"would you like\b"),
        new("Do you need me to go on?", @"do you (want|need) (me|more)\b"),
        new(
            "Can you please provide the passage?",
            @"(can|could|would) you (please |also )?(provide|rewrite|rephrase|revise|edit|elaborate|clarify|"
                + @"summari[sz]e|share|help me|give me)\b"
        ),
        new("What's your next question?", @"what( is|['’]s) your (next|question|answer|opinion)\b"),
        new("What do you think?", @"what (do|would) you (think|like)\b"),
        new("How may I assist?", @"how (can|may) I (help|assist)\b"),
        new("Is there anything else?", @"is there anything\b"),
        new("Do you have any other questions?", @"(do you have )?any (other|more|further) questions\b"),
        new("What a fascinating passage.", @"what an? (great|good|wonderful|fascinating|interesting|lovely)\b"),
        new("Great passage!", @"great\b.{0,20}[!.]"),
        new("Based on the passage, two questions follow.", @"based on the (passage|text)"),
        new("The following questions were made.", "the following"),
        new("As an AI I have no opinion.", "as an ai"),
        new("Did this help?", @"(does|did) (this|that) help\b"),
        new("Shall I continue?", @"shall i (continue|go on)"),
        new("Hope this helps!", @"hope (this|that|these)\b"),
        new("以下是两个问题。", @"以下(是|为|问题|几|[一二两三四五六七八九十\d])"),
        new("下面列出问题。", "下面(是(?!否|不是)|列)"),
        new("当然，问题如下。", "当然([，,！!。 可]|$)"),
        new("好的，问题如下。", "好的([，,！!。 ]|$)"),
        new("这里有两个问题。", "这里(是|有)(?!否|多少|几|什么|哪)"),
        new("这些问题覆盖了全文。", "这些问题"),
        new("希望对您有帮助！", "希望(对|能|这些|以上|您|你)"),
        new("请问您还需要别的吗？", "(请问)?[您你]?还(需要|要|想要)(我|更多|其他|别的)"),
        new("您觉得怎么样？", "[您你]觉得"),
        new("根据您提供的内容。", "根据(您|你|以上|上述|这段|提供)"),
        new("如需更多问题，请告诉我。", "如(果|需).{0,12}(更多|其他)问题"),
    ];

    /// <summary>Any of them, at the beginning of a text.</summary>
    public static readonly Regex Pattern = AnswerRule.Any(Rules, before: "^");
}
