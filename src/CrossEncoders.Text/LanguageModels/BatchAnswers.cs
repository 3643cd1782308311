using System.Globalization;

namespace CrossEncoders.LanguageModels;

/// <summary>What came of a batch.</summary>
/// <param name="Taken">Answers that were written to the journal.</param>
/// <param name="Known">Answers that the journal had already, or that came more than once.</param>
/// <param name="Unknown">Answers to what is not asked here: to other passages, or to other instructions.</param>
/// <param name="Missing">What is still without an answer: write it into another batch, or let a run ask for it.</param>
/// <param name="InputTokens">Tokens read, of the answers taken.</param>
/// <param name="OutputTokens">Tokens written, of the answers taken.</param>
/// <param name="Failures">Why the others are none, a line each.</param>
public sealed record BatchAnswers(
    int Taken,
    int Known,
    int Unknown,
    int Missing,
    long InputTokens,
    long OutputTokens,
    IReadOnlyList<string> Failures
)
{
    /// <summary>The numbers in one line, and the first failure.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Taken:N0} answers taken ({InputTokens:N0} tokens read, {OutputTokens:N0} written), {Known:N0} known, {Unknown:N0} to other "
        )
        + string.Create(CultureInfo.InvariantCulture, $"questions, {Failures.Count:N0} failed, {Missing:N0} missing")
        + (Failures.Count == 0 ? "" : $"; the first failure: {Failures[0]}");
}
