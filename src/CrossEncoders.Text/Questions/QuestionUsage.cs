namespace CrossEncoders.Questions;

/// <summary>What a run has used. Answers from a journal or a record cost nothing and count nothing.</summary>
/// <param name="Requests">Calls made, repeated ones included.</param>
/// <param name="InputTokens">Tokens read; estimated for answers where the endpoint did not say.</param>
/// <param name="OutputTokens">Tokens written, likewise. What a failed call used is not known and not included.</param>
/// <param name="Cost">Their price; null without <see cref="QaDatasetOptions.Price"/>.</param>
public sealed record QuestionUsage(int Requests, long InputTokens, long OutputTokens, decimal? Cost)
{
    /// <summary>Nothing.</summary>
    public static readonly QuestionUsage None = new(0, 0, 0, null);
}
