using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Keeps the key of the model behind it out of errors and answers: a server that echoes what it was sent would carry it into messages,
/// journals and reports. An error that names it is replaced by an <see cref="HttpRequestException"/> of the same status; the text of an
/// answer is changed in place. Thread-safe.
/// </summary>
internal sealed class SecretClient(IChatClient inner, string key) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            var response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
            if (Secrets.IsUnmistakable(key))
                foreach (var text in response.Messages.SelectMany(message => message.Contents).OfType<TextContent>())
                    if (text.Text.Contains(key, StringComparison.Ordinal))
                        text.Text = Secrets.Without(text.Text, key);
            return response;
        }
        catch (Exception error) when (Secrets.Without(error, key) != error)
        {
            throw Secrets.Without(error, key);
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        await using var updates = Start(messages, options, cancellationToken);
        while (await NextAsync(updates).ConfigureAwait(false))
            yield return updates.Current;
    }

    private IAsyncEnumerator<ChatResponseUpdate> Start(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options,
        CancellationToken cancellation
    )
    {
        try
        {
            return base.GetStreamingResponseAsync(messages, options, cancellation).GetAsyncEnumerator(cancellation);
        }
        catch (Exception error) when (Secrets.Without(error, key) != error)
        {
            throw Secrets.Without(error, key);
        }
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (Secrets.Without(error, key) != error)
        {
            throw Secrets.Without(error, key);
        }
    }
}
