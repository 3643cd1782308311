using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace CrossEncoders.LanguageModels;

/// <summary>The language model that writes questions and answers, as the environment names it.</summary>
public static class LanguageModel
{
    /// <summary>How long a client waits for an answer where its caller is more patient.</summary>
    internal static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(10);

    private const string OpenAI = "https://api.openai.com/v1";

    /// <summary>
    /// The model in the GGUF file that LOCAL_MODEL names, run in this process (only in a build with <c>-p:Llm=local</c>); or else a
    /// client of an endpoint that speaks the OpenAI chat protocol (a local server does too), from OPENAI_MODEL, OPENAI_API_KEY and
    /// OPENAI_BASE_URL, without which it is OpenAI's own; or, where OPENAI_BASE_URL names several addresses, a <see cref="ModelFleet"/>
    /// ("http://gpu1:8000/v1 2; http://gpu2:8000/v1" sends the first two thirds of the calls); null if no model is named, though there may
    /// be a key, which many people's environments have.
    /// </summary>
    /// <exception cref="CrossEncoderException">A model is named without a key, or an address without a model,
    /// or the address cannot be used, or the local model cannot be opened.</exception>
    public static IChatClient? FromEnvironment() => From(Environment.GetEnvironmentVariable);

    internal static IChatClient? From(Func<string, string?> variable)
    {
        string? Value(string name) => variable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
        if (Value("LOCAL_MODEL") is { } local)
            return Local(local);
        var (url, key, model) = (Value("OPENAI_BASE_URL"), Value("OPENAI_API_KEY"), Value("OPENAI_MODEL"));
        if (url is null && model is null)
            return null;
        string[] missing =
        [
            .. model is null ? ["OPENAI_MODEL"] : Array.Empty<string>(),
            .. key is null ? ["OPENAI_API_KEY"] : Array.Empty<string>(),
        ];
        if (missing.Length > 0)
            throw new CrossEncoderException(
                $"A language model needs OPENAI_MODEL and OPENAI_API_KEY; {string.Join(" and ", missing)} "
                    + $"{(missing.Length == 1 ? "is" : "are")} not set. "
                    + "Set both (any key will do for a server that wants none), or neither them nor OPENAI_BASE_URL."
            );
        return url?.Contains(';', StringComparison.Ordinal) == true
            ? FleetSettings.Fleet(url, key!, model!)
            : Endpoint(url ?? OpenAI, key!, model!);
    }

    /// <summary>A client of one endpoint.</summary>
    /// <exception cref="CrossEncoderException">The address cannot be used.</exception>
    internal static IChatClient Endpoint(string url, string key, string model)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CrossEncoderException(
                $"OPENAI_BASE_URL has to be an http or https address such as http://localhost:8080/v1, found '{Secrets.Without(url)}'."
            );
        // Attempts and time-outs are the business of ModelCalls, which waits as long as the server asks and reports what failed.
        var options = new OpenAIClientOptions
        {
            Endpoint = address,
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = LongestCall,
        };
        return new SecretClient(new ChatClient(model, new ApiKeyCredential(key), options).AsIChatClient(), key);
    }

#if LOCAL_LLM
    private static LocalModel Local(string path) => LocalModel.Open(path);
#else
    private static IChatClient Local(string path) =>
        throw new CrossEncoderException(
            $"LOCAL_MODEL names '{path}', but this build has no local models. Build with -p:Llm=local (it adds the packages LLamaSharp and "
                + "LLamaSharp.Backend.Cpu), or unset LOCAL_MODEL and name a server by OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL."
        );
#endif
}
