using System.Globalization;
using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Ends a request that takes too long with a <see cref="TimeoutException"/>, and one that is cancelled with the caller's cancellation
/// and no other error: also where the model ignores its token.
/// </summary>
internal sealed class TimeLimitClient(IChatClient inner, TimeSpan longest) : WholeAnswerClient(inner)
{
    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(longest);
        try
        {
            return await base.GetResponseAsync(messages, options, limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The call was cancelled.", error, cancellationToken);
        }
        catch (OperationCanceledException error)
        {
            var seconds = longest.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            throw new TimeoutException($"no answer within {seconds} s", error);
        }
    }
}
