using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace CrossEncoders.Datasets;

/// <summary>The language model that writes questions and answers, as the environment names it.</summary>
public static class LanguageModel
{
    /// <summary>How long a client waits for an answer where its caller is more patient.</summary>
    internal static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(10);

    private static readonly string[] Names = ["OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"];

    /// <summary>
    /// The model in the GGUF file that LOCAL_MODEL names, run in this process (only in a build with <c>-p:Llm=local</c>); or else a client of an
    /// endpoint that speaks the OpenAI chat protocol (a local server does too), from OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL; null if
    /// none of the four is set.
    /// </summary>
    /// <exception cref="CrossEncoderException">Some of the three are set and others not, or the address is none, or the local model cannot be opened.</exception>
    public static IChatClient? FromEnvironment() => From(Environment.GetEnvironmentVariable);

    internal static IChatClient? From(Func<string, string?> variable)
    {
        string? Value(string name) => variable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
        if (Value("LOCAL_MODEL") is { } local) return Local(local);
        var values = Names.Select(Value).ToArray();
        if (values.All(value => value is null)) return null;
        var missing = Names.Where((_, i) => values[i] is null).ToList();
        if (missing.Count > 0)
            throw new CrossEncoderException(
                $"A language model needs {string.Join(", ", Names)}; {string.Join(" and ", missing)} " +
                $"{(missing.Count == 1 ? "is" : "are")} not set. Set all three (any key will do for a server that wants none), or none of them.");
        if (!Uri.TryCreate(values[0], UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CrossEncoderException(
                $"OPENAI_BASE_URL has to be an http or https address such as http://localhost:8080/v1, found '{values[0]}'.");
        // Retries and time-outs are the data set's business: it knows the limits, waits as long as the server asks and reports what failed.
        var options = new OpenAIClientOptions { Endpoint = address, RetryPolicy = new ClientRetryPolicy(maxRetries: 0), NetworkTimeout = LongestCall };
        return new ChatClient(values[2]!, new ApiKeyCredential(values[1]!), options).AsIChatClient();
    }

#if LOCAL_LLM
    private static LocalModel Local(string path) => LocalModel.Open(path);
#else
    private static IChatClient Local(string path) => throw new CrossEncoderException(
        $"LOCAL_MODEL names '{path}', but this build has no local models. Build with -p:Llm=local (it adds the packages LLamaSharp and " +
        "LLamaSharp.Backend.Cpu), or unset LOCAL_MODEL and name a server by OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL.");
#endif
}
