using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// The one way to call a language model. Questions, the judge and <c>RagPipeline</c> ask through the same chain of clients, of which
/// each does one thing and passes on what is not its own:
/// <list type="number">
/// <item><see cref="JournalClient"/>: what the journal has is answered from it; what comes from further in is written to it.</item>
/// <item><see cref="ConcurrencyClient"/>: a limited number of calls at a time, the waits between their attempts included.</item>
/// <item><see cref="EndpointClient"/>: a wrong key or address, or an endpoint that is gone, ends the run instead of the call.</item>
/// <item><see cref="RetryClient"/>: further attempts after failures and answers of no use, as far apart as the server asks for.</item>
/// <item><see cref="SchemaClient"/>: an endpoint that refuses a JSON schema is asked for plain text.</item>
/// <item><see cref="BudgetClient"/>: every request counts, and none is sent that would exceed the budget.</item>
/// <item><see cref="TimeLimitClient"/>: a request ends in time or when it is cancelled, whether the model heeds its token or not.</item>
/// <item>the model: one from <see cref="LanguageModel"/> keeps its key to itself (<see cref="SecretClient"/>).</item>
/// </list>
/// Of a <see cref="ModelFleet"/>, which chooses an endpoint for each request, every endpoint has the last four links for itself.
/// </summary>
/// <remarks>
/// All are thread-safe, and what they learn (a pause that the server asked for, a schema refused, the budget's state) holds for the run
/// whose chain they are. None changes the messages or options it is given: where an attempt needs others it copies the options. A call
/// returns an answer of use or throws <see cref="UnansweredException"/> (this call has none; the message is the reason),
/// <see cref="CrossEncoderException"/> (there is no point in going on with the run) or <see cref="OperationCanceledException"/> (the
/// caller's token, and only that). The chain owns nothing and is not disposed of: model, journal and budget are the caller's.
/// </remarks>
internal static class ModelCalls
{
    /// <summary>A model behind the chain.</summary>
    /// <exception cref="CrossEncoderException">A rule is out of range.</exception>
    public static IChatClient Through(IChatClient model, CallRules rules)
    {
        rules.Check();
        var client = Requests(model, rules);
        client = new RetryClient(client, rules);
        client = new EndpointClient(client, rules.Who, hasJournal: rules.Journal is not null);
        client = new ConcurrencyClient(client, Places(model, rules.MaxConcurrency));
        if (rules.Journal is { } journal)
            client = new JournalClient(client, journal, rules.Objection);
        return client;
    }

    /// <summary>How many calls may be under way: of a fleet so many to each of its endpoints that has no limit of its own.</summary>
    public static int Places(IChatClient model, int each) => FleetOf(model)?.Places(each) ?? each;

    /// <summary>A model behind what concerns a single request; each endpoint of a fleet has its own.</summary>
    private static IChatClient Requests(IChatClient model, CallRules rules)
    {
        switch (model)
        {
            case ModelFleet fleet:
                return fleet.Through(endpoint => Requests(endpoint, rules), rules.MaxConcurrency);
            case RecordedAnswers { Fallback: ModelFleet behind } recorded:
                return recorded.With(Requests(behind, rules));
            default:
                IChatClient client = new TimeLimitClient(model, rules.RequestTimeout);
                if (rules.Budget is { } budget)
                    client = new BudgetClient(client, budget);
                return new SchemaClient(client);
        }
    }

    private static ModelFleet? FleetOf(IChatClient model) => model as ModelFleet ?? (model as RecordedAnswers)?.Fallback as ModelFleet;

    /// <summary>The name of a model, as far as its client tells it.</summary>
    public static string NameOf(IChatClient client) =>
        client.GetService<ChatClientMetadata>()?.DefaultModelId
        ?? (client.GetService<ExtractiveQuestions>() is null ? "the model" : ExtractiveQuestions.ModelName);

    /// <summary>An answer as it is written down.</summary>
    public static RecordedAnswer Record(CallOptions call, ChatResponse response, IChatClient client) =>
        new(call.Key, call.Subject, string.IsNullOrEmpty(response.ModelId) ? NameOf(client) : response.ModelId, response.Text)
        {
            Prompt = call.Prompt,
            InputTokens = response.Usage?.InputTokenCount,
            OutputTokens = response.Usage?.OutputTokenCount,
        };
}
