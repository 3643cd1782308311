using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>Lets a limited number of calls through at a time; the others wait their turn, in the order they came.</summary>
internal sealed class ConcurrencyClient(IChatClient inner, int most) : WholeAnswerClient(inner)
{
    private readonly SemaphoreSlim _free = new(most);

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _free.Dispose();
        base.Dispose(disposing);
    }
}
