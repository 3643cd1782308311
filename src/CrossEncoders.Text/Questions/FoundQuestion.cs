namespace CrossEncoders.Questions;

/// <summary>A question as it stands in an answer, and the name of its style.</summary>
internal readonly record struct FoundQuestion(string Text, string Style)
{
    public const string Natural = "natural";
}
