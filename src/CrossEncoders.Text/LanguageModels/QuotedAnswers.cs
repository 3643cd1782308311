using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Stands in for a language model in <c>RagPipeline</c> where there is none: answers with the sentences of the passages that a
/// re-ranker rates highest for the question, quoted with their references. It generates nothing. Each sentence is rated below the headings
/// of its passage (<c>Title › Section</c>), which often say what it is about; they are not quoted.
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
            {
                var (heading, text) = Parts(frame.Groups["text"].Value);
                var number = frame.Groups["number"].Value;
                return Sentence().Matches(text).Select(sentence => (Number: number, Heading: heading, Text: sentence.Value.Trim()));
            })
            .Where(candidate => candidate.Text.Length > 1)
            .DistinctBy(candidate => candidate.Text)
            .ToList();
        var pairs = candidates.Select(candidate => new TextPair(question, candidate.Heading + candidate.Text));
        var scores = scorer.Score([.. pairs], null, cancellationToken);
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

    /// <summary>The line of headings, with its end, and what stands below.</summary>
    private static (string Heading, string Text) Parts(string passage)
    {
        var heading = Heading().Match(passage).Value;
        return (heading, passage[heading.Length..]);
    }

    // Where a document has no sections, its title stands alone: a short line that is no sentence and no item, above one that is.
    [GeneratedRegex(@"^(?:[^\n]* › [^\n]*\n|(?![-–*+•·|>]|\d+[.)、])[^\n]{0,119}[^\n.!?:;,。！？：；，、…]\n(?=\S(?s:.*?)[.!?。！？]))")]
    private static partial Regex Heading();

    [GeneratedRegex("<passage number=\"(?<number>[0-9]+)\">\n(?<text>.*?)\n</passage>", RegexOptions.Singleline)]
    private static partial Regex PassageFrame();

    [GeneratedRegex(@"[^\n]+?(?:[.!?]+(?=\s)|[。！？；]+|(?=\n)|$)")]
    private static partial Regex Sentence();
}
