using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>An endpoint of a <see cref="ModelFleet"/>.</summary>
/// <param name="Client">Its client.</param>
/// <param name="Name">A name for messages, for example its address.</param>
/// <param name="Weight">Its share of the calls, beside the others'; above 0.</param>
/// <param name="MaxConcurrency">The most calls at a time; null for what the options of the run say.</param>
public sealed record FleetEndpoint(IChatClient Client, string Name, double Weight = 1, int? MaxConcurrency = null);

/// <summary>How an endpoint of a fleet fares.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Answered">Calls that it answered.</param>
/// <param name="Failed">Calls that it refused or failed.</param>
/// <param name="Limit">Calls that it is sent at a time at present.</param>
/// <param name="IsOut">Whether it failed so often that it is left alone for a while.</param>
public sealed record FleetState(string Name, int Answered, int Failed, int Limit, bool IsOut);
