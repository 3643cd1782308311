using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Stands in for a language model in <c>RagPipeline</c> where there is none: answers with the sentences of the passages that a
/// re-ranker rates highest for the question, quoted with their references. It generates nothing; the
/// headings above a passage (<c>Title › Section</c>) are not quoted.
/// </summary>
/// <param name="scorer">Rates each sentence.</param>
/// <param name="sentences">How many sentences to quote at most.</param>
public sealed partial class QuotedAnswers(IPassageScorer scorer, int sentences = 2) : IChatClient
{
    private const string QuestionMark = "\nQuestion: ";

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var prompt = messages.Last(message => message.Role == ChatRole.User).Text;
        var question = prompt[(prompt.LastIndexOf(QuestionMark, StringComparison.Ordinal) + QuestionMark.Length)..];
        var candidates = PassageFrame()
            .Matches(prompt)
            .SelectMany(frame =>
                Sentence()
                    .Matches(WithoutHeading(frame.Groups["text"].Value))
                    .Select(sentence => (Number: frame.Groups["number"].Value, Text: sentence.Value.Trim()))
            )
            .Where(candidate => candidate.Text.Length > 1)
            .DistinctBy(candidate => candidate.Text)
            .ToList();
        var scores = scorer.Score([.. candidates.Select(candidate => new TextPair(question, candidate.Text))], null, cancellationToken);
        var best = candidates
            .Zip(scores)
            .OrderByDescending(entry => entry.Second)
            .Take(sentences)
            .Select(entry => $"{entry.First.Text} [{entry.First.Number}]");
        return Task.FromResult(
            new ChatResponse(new ChatMessage(ChatRole.Assistant, string.Join("\n", best))) { ModelId = $"quotes chosen by {scorer.Name}" }
        );
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var response = await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        foreach (var update in response.ToChatResponseUpdates())
            yield return update;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        // the scorer is the caller's
    }

    private static string WithoutHeading(string passage) =>
        passage.IndexOf('\n') is > 0 and var end && passage[..end].Contains(" › ") ? passage[(end + 1)..] : passage;

    [GeneratedRegex("<passage number=\"(?<number>[0-9]+)\">\n(?<text>.*?)\n</passage>", RegexOptions.Singleline)]
    private static partial Regex PassageFrame();

    [GeneratedRegex(@"[^\n]+?(?:[.!?]+(?=\s)|[。！？；]+|(?=\n)|$)")]
    private static partial Regex Sentence();
}
