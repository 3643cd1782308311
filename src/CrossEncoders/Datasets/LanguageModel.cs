using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace CrossEncoders.Datasets;

/// <summary>The language model that writes questions and answers, as the environment names it.</summary>
public static class LanguageModel
{
    private static readonly string[] Names = ["OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"];

    /// <summary>
    /// A client of an endpoint that speaks the OpenAI chat protocol (a local server does too), from OPENAI_BASE_URL, OPENAI_API_KEY and
    /// OPENAI_MODEL; null if none of them is set.
    /// </summary>
    /// <exception cref="CrossEncoderException">Some of the three are set and others not, or the address is none.</exception>
    public static IChatClient? FromEnvironment() => From(Environment.GetEnvironmentVariable);

    internal static IChatClient? From(Func<string, string?> variable)
    {
        var values = Names.Select(name => variable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null).ToArray();
        if (values.All(value => value is null)) return null;
        var missing = Names.Where((_, i) => values[i] is null).ToList();
        if (missing.Count > 0)
            throw new CrossEncoderException(
                $"A language model needs {string.Join(", ", Names)}; {string.Join(" and ", missing)} " +
                $"{(missing.Count == 1 ? "is" : "are")} not set. Set all three (any key will do for a server that wants none), or none of them.");
        if (!Uri.TryCreate(values[0], UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CrossEncoderException(
                $"OPENAI_BASE_URL has to be an http or https address such as http://localhost:8080/v1, found '{values[0]}'.");
        // Retries are the data set's business: it knows the limit, waits as long as the server asks and reports what failed.
        var options = new OpenAIClientOptions { Endpoint = address, RetryPolicy = new ClientRetryPolicy(maxRetries: 0) };
        return new ChatClient(values[2]!, new ApiKeyCredential(values[1]!), options).AsIChatClient();
    }
}
