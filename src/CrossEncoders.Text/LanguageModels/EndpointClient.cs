using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Ends the run where it makes no sense to go on asking: at once where the key or the address is wrong, and when a number of calls in a row
/// used up their attempts without an answer of any kind. An answer of use starts the count again.
/// </summary>
/// <param name="inner">The client that gives a call up.</param>
/// <param name="who">Who is asked, at the beginning of a sentence.</param>
/// <param name="hasJournal">Whether what was answered is kept.</param>
internal sealed class EndpointClient(IChatClient inner, string who, bool hasJournal) : WholeAnswerClient(inner)
{
    /// <summary>This many calls in a row without an answer mean that the endpoint is gone.</summary>
    private const int Gone = 10;

    private int _givenUp;

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
            Interlocked.Exchange(ref _givenUp, 0);
            return response;
        }
        catch (UnansweredException error) when (error.InnerException is { } cause && CallErrors.IsFatal(cause))
        {
            throw new CrossEncoderException(
                $"{who} refuses to answer: {error.Message.TrimEnd('.', ' ')}. Check the address, the key and the model's name."
                    + (hasJournal ? " What was answered is in the journal." : ""),
                cause
            );
        }
        catch (UnansweredException error) when (error.MayBeGone && Interlocked.Increment(ref _givenUp) >= Gone)
        {
            throw new CrossEncoderException(
                $"{who} gave no answer to {Gone} calls in a row, the last because: {error.Message.TrimEnd('.', ' ')}. "
                    + "The endpoint seems to be gone. Start again when it is back: "
                    + (hasJournal ? "the run goes on from the journal." : "with a journal nothing is asked twice."),
                error.InnerException!
            );
        }
    }
}
