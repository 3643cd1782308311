using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Asks an endpoint that refuses JSON of a schema for plain text. It starts without knowing: a first answer in the schema means that it
/// works and that later refusals are meant for the question; an answer in text after a refusal means that the endpoint has no schemas,
/// and none is demanded any more. Until then a refused request is sent once more without its schema, in the same attempt.
/// </summary>
internal sealed class SchemaClient(IChatClient inner) : WholeAnswerClient(inner)
{
    private enum Knowledge
    {
        None,
        Works,
        Refused,
    }

    /// <summary>Messages whose request was refused with a schema before this endpoint was known: further attempts go in text.</summary>
    private readonly ConditionalWeakTable<IEnumerable<ChatMessage>, object> _refused = [];
    private volatile Knowledge _knowledge;

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        if (options?.ResponseFormat is not ChatResponseFormatJson)
            return await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        if (_knowledge != Knowledge.Refused && !_refused.TryGetValue(messages, out _))
            try
            {
                var response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
                _knowledge = Knowledge.Works;
                return response;
            }
            catch (Exception error) when (_knowledge != Knowledge.Works && CallErrors.MayBeRefusalOfSchema(error))
            {
                _refused.TryAdd(messages, this);
            }
        var inText = options.Clone();
        inText.ResponseFormat = null;
        var answer = await base.GetResponseAsync(messages, inText, cancellationToken).ConfigureAwait(false);
        if (_knowledge == Knowledge.None)
            _knowledge = Knowledge.Refused;
        return answer;
    }
}
