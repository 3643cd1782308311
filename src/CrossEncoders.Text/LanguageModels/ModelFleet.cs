using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Several endpoints as one language model, for questions and grades by the hundred thousand: calls go to them by their weights, to each as
/// many at a time as it bears, and one that fails is left alone for a while and then tried again.
/// </summary>
/// <remarks>
/// A call that an endpoint refuses or fails goes to another at once, to each at most once; only where all have failed is that a failure for
/// the run, which then tries again as with one endpoint. Endpoints with the same model give answers of one kind; the journal names the
/// model of each answer. Thread-safe.
/// </remarks>
/// <example><code>
/// // OPENAI_BASE_URL="http://gpu1:8000/v1 2; http://gpu2:8000/v1" OPENAI_MODEL=qwen3 OPENAI_API_KEY=none
/// using var fleet = LanguageModel.FromEnvironment();
/// var dataset = await QaDataset.CreateAsync(folder, fleet, tokenizer, new() { MaxConcurrency = 32, Journal = "journal.jsonl" });
/// </code></example>
public sealed class ModelFleet : IChatClient
{
    private readonly FleetEndpoint[] _endpoints;
    private readonly EndpointCounts[] _counts;
    private readonly FleetGates _gates;
    private FleetGates _latest; // of the run that began last

    /// <summary>A fleet.</summary>
    /// <param name="endpoints">Its endpoints; they are disposed of with it.</param>
    /// <exception cref="CrossEncoderException">There are none, or a weight or limit is not above 0.</exception>
    public ModelFleet(IEnumerable<FleetEndpoint> endpoints)
        : this([.. endpoints], 4, TimeProvider.System) { }

    internal ModelFleet(FleetEndpoint[] endpoints, int most, TimeProvider time, EndpointCounts[]? counts = null)
    {
        if (endpoints.Length == 0)
            throw new CrossEncoderException("A fleet needs at least one endpoint.");
        foreach (var (_, name, weight, limit) in endpoints)
            if (!(weight > 0 && double.IsFinite(weight)) || limit < 1)
                throw new CrossEncoderException(
                    FormattableString.Invariant(
                        $"The endpoint '{name}' has the weight {weight} and the limit {limit}; expected more than 0."
                    )
                );
        _endpoints = endpoints;
        _counts = counts ?? [.. endpoints.Select(_ => new EndpointCounts())];
        _gates = _latest = new(
            [.. endpoints.Select((endpoint, i) => new EndpointGate(endpoint.Weight, endpoint.MaxConcurrency ?? most, _counts[i]))],
            time
        );
        Time = time;
    }

    /// <summary>How its endpoints fare: the calls of all runs with it, and what the one that began last sends them at present.</summary>
    public IReadOnlyList<FleetState> States => _latest.States([.. _endpoints.Select(endpoint => endpoint.Name)]);

    internal TimeProvider Time { get; }

    /// <summary>How many calls its endpoints bear together.</summary>
    /// <param name="each">The most of an endpoint that has no limit of its own.</param>
    internal int Places(int each) => (int)Math.Min(int.MaxValue, _endpoints.Sum(endpoint => (long)(endpoint.MaxConcurrency ?? each)));

    /// <summary>The same endpoints for a run, each behind a chain of its own.</summary>
    /// <param name="wrap">Makes the chain.</param>
    /// <param name="most">The most calls at a time of an endpoint that has no limit of its own.</param>
    internal ModelFleet Through(Func<IChatClient, IChatClient> wrap, int most)
    {
        var run = new ModelFleet([.. _endpoints.Select(endpoint => endpoint with { Client = wrap(endpoint.Client) })], most, Time, _counts);
        _latest = run._gates;
        return run;
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var all = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var failures = new List<(int Endpoint, Exception Error)>();
        while (failures.Count < _endpoints.Length)
        {
            var (endpoint, began) = await _gates
                .TakeAsync([.. failures.Select(failure => failure.Endpoint)], cancellationToken)
                .ConfigureAwait(false);
            try
            {
                var response = await _endpoints[endpoint].Client.GetResponseAsync(all, options, cancellationToken).ConfigureAwait(false);
                _gates.Succeeded(endpoint, began);
                return response;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && IsEndpoints(error))
            {
                _gates.Failed(endpoint, error, began);
                failures.Add((endpoint, error));
            }
            catch
            {
                _gates.End(endpoint);
                throw;
            }
        }

        // What may pass is told rather than a wrong key, and the shortest of the waits that were asked for.
        var (last, cause) = failures
            .OrderBy(failure => CallErrors.IsFatal(failure.Error))
            .ThenBy(failure => CallErrors.Wait(failure.Error) ?? TimeSpan.Zero)
            .First();
        throw CallErrors.Reworded(cause, $"{_endpoints[last].Name}: {cause.Message}");
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => WholeAnswerClient.Stream(this, messages, options, cancellationToken);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this
        : serviceType == typeof(ChatClientMetadata) ? _endpoints[0].Client.GetService(serviceType, serviceKey)
        : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var endpoint in _endpoints)
            endpoint.Client.Dispose();
    }

    /// <summary>Whether an error is the endpoint's, so that another may answer; a request that is refused as it is, is not.</summary>
    private static bool IsEndpoints(Exception error) => !CallErrors.IsHopeless(error) || CallErrors.IsFatal(error);
}
