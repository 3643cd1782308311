using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Sends no request that would exceed the budget, and counts each one that it sends: with what the endpoint says, or about, where it
/// does not say. Calls without <see cref="CallOptions"/> pass by.
/// </summary>
internal sealed class BudgetClient(IChatClient inner, Budget budget) : WholeAnswerClient(inner)
{
    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        if (options is not CallOptions { Expected: var expected })
            return await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        if (!budget.TryReserve(expected))
            throw new UnansweredException(budget.Reason);
        var used = new TokenCount();
        try
        {
            var response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
            used = new TokenCount(
                response.Usage?.InputTokenCount ?? expected.Input,
                response.Usage?.OutputTokenCount ?? TokenCount.Estimate(response.Text)
            );
            return response;
        }
        finally
        {
            budget.Settle(expected, used);
        }
    }
}
