using System.Text.RegularExpressions;
using CrossEncoders.Texts;

namespace CrossEncoders.Questions;

/// <summary>
/// Finds the questions in a language model's answer, whether it kept to the form asked for or not: first what surrounds the answer goes
/// (<see cref="AnswerWrapping"/>), then drafts before a final list (<see cref="AnswerDrafts"/>); the first form that fits is read
/// (<see cref="Framings"/>), and its questions are cleaned (<see cref="QuestionText"/>).
/// </summary>
internal static partial class AnswerParser
{
    /// <summary>The forms, in the order they are tried.</summary>
    public static readonly IReadOnlyList<AnswerFraming> Framings =
    [
        new("JSON", """{"questions":[{"style":"natural","text":"Why A?"},{"style":"keyword","text":"dome stalled"}]}""", JsonAnswers.Read),
        new("nearly JSON", """[{'text': 'Why A?'}, {style: keyword, text: dome stalled}, {"text": "Why unfini""", LooseAnswers.Read),
        new("tags", "<question>Why A?</question>\n<question style=\"keyword\">dome stalled</question>", TaggedAnswers.Read),
        new("YAML", "questions:\n  - text: Why A?\n    style: natural\n  - text: dome stalled\n    style: keyword", KeyValueAnswers.Read),
        new("a table", "| Style | Question |\n|---|---|\n| natural | Why A? |\n| keyword | dome stalled |", TableAnswers.Read),
        new("a list", "Sure! Here are two:\n1. Why A?\n2. keyword: dome stalled", LineAnswers.Read),
    ];

    /// <summary>More of an answer is not read: no list of questions needs it, and a model that repeats itself may never stop.</summary>
    private const int LongestAnswer = 200_000;

    /// <summary>The questions in order, without duplicates; empty where there are none.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="styles">
    /// The styles asked for. Another one becomes the known style that it is a name of ("关键词"), else natural, which asks most of a text.
    /// </param>
    public static IReadOnlyList<(string Text, string Style)> Parse(string answer, IReadOnlyList<string>? styles = null)
    {
        if (answer.Length > LongestAnswer)
            answer = answer[..LongestAnswer];
        answer = EndlessBlank().Replace(answer, "\n");
        var seen = new HashSet<string>();
        return AnswerDrafts
            .Read(AnswerWrapping.Without(answer), ReadFraming)
            .Select(question => (Text: QuestionText.Clean(question.Text), Style: StyleOf(question.Style, styles)))
            .Where(question => question.Text.Length > 0 && !QuestionText.IsChatter(question.Text) && seen.Add(Normal.Of(question.Text)))
            .ToList();
    }

    private static List<FoundQuestion> ReadFraming(string answer) =>
        Framings.Select(framing => framing.Read(answer)).FirstOrDefault(found => found.Count > 0) ?? [];

    private static string StyleOf(string name, IReadOnlyList<string>? styles) =>
        styles?.FirstOrDefault(style => style.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase)) ?? AnswerNames.StyleOf(name);

    [GeneratedRegex(@"\s{100,}")]
    private static partial Regex EndlessBlank();
}
