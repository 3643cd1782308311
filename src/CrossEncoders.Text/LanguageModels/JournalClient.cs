using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Answers from the journal what it has, and writes to it what comes from further in before anyone sees it: a killed run pays for nothing
/// twice. Calls without <see cref="CallOptions"/> pass by.
/// </summary>
internal sealed class JournalClient(IChatClient inner, AnswerJournal journal, Func<string, string?> objection) : WholeAnswerClient(inner)
{
    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        if (options is not CallOptions call)
            return await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        if (journal.Find(call.Key, call.Prompt) is { } known && (call.Objection ?? objection)(known.Answer) is null)
            return known.ToResponse();
        var response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        journal.Append(ModelCalls.Record(call, response, InnerClient));
        return response;
    }
}
