using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// A link of <see cref="ModelCalls"/>. It works with whole answers, so that a caller who streams cannot get past it: the answer
/// then comes as one piece.
/// </summary>
internal abstract class WholeAnswerClient(IChatClient inner) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => Stream(this, messages, options, cancellationToken);

    /// <summary>A client's whole answer in the form of a stream.</summary>
    public static async IAsyncEnumerable<ChatResponseUpdate> Stream(
        IChatClient client,
        IEnumerable<ChatMessage> messages,
        ChatOptions? options,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var response = await client.GetResponseAsync(messages, options, cancellation).ConfigureAwait(false);
        foreach (var update in response.ToChatResponseUpdates())
            yield return update;
    }
}
