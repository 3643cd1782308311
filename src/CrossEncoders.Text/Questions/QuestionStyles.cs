namespace CrossEncoders.Questions;

/// <summary>The styles of questions that the kit knows. A style of your own is any other text, which the model reads as it is.</summary>
public static class QuestionStyles
{
    /// <summary>The styles asked for by default: full questions, words typed into a search box, and what one sees or wants.</summary>
    public static IReadOnlyList<string> Default { get; } = ["natural", "keyword", "symptom"];

    /// <summary>The styles that have a description of their own in the instructions.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Default, "newcomer", "comparison"];

    internal static string Describe(string style) =>
        style switch
        {
            "natural" => "natural (a full question as one would say it)",
            "keyword" => "keyword (two to six words as typed into a search box)",
            "symptom" => "symptom (first what one sees or wants, then the question)",
            "newcomer" =>
                "newcomer (asked in everyday words by somebody who has never read the text: says what a thing is or what it does, "
                    + "with none of the text's own names, codes and terms)",
            "comparison" => "comparison (asks how two things of the passage differ, or which of them is more, earlier or better)",
            _ => style,
        };
}
