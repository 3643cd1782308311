using System.Text.Json;

namespace RerankServer;

/// <summary>A request to order documents, in the forms of Cohere, Jina and vLLM, or of TEI (Hugging Face's server).</summary>
/// <param name="Query">The query.</param>
/// <param name="Documents">The documents' texts.</param>
/// <param name="Given">The documents as they were given, texts or objects, to be returned.</param>
/// <param name="Top">How many to return; null for all.</param>
/// <param name="ReturnDocuments">Whether they are returned with their scores.</param>
/// <param name="MaxTokens">The most tokens of a document that are read; null for what the model reads.</param>
/// <param name="RawScores">Whether logits are wanted; of TEI.</param>
/// <param name="IsTei">Whether the answer is TEI's.</param>
internal sealed record RerankRequest(
    string Query,
    IReadOnlyList<string> Documents,
    IReadOnlyList<JsonElement> Given,
    int? Top,
    bool ReturnDocuments,
    int? MaxTokens,
    bool RawScores,
    bool IsTei
)
{
    /// <summary>Reads a request.</summary>
    /// <exception cref="BadRequestException">It is not one, or too large; the message names what was expected.</exception>
    public static RerankRequest Of(JsonElement json, ServerSettings settings)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new BadRequestException($"The body is a JSON {json.ValueKind}; expected an object with query and documents.");
        var isTei = IsInTeisForm(json);
        var name = isTei ? "texts" : "documents";
        if (!json.TryGetProperty(name, out var list))
            throw new BadRequestException("There are no documents; expected a list of texts.");
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0)
            throw new BadRequestException($"'{name}' is {Described(list)}; expected a list of one text or more.");
        if (list.GetArrayLength() > settings.MaxDocuments)
            throw new BadRequestException(
                $"There are {list.GetArrayLength()} documents; this server takes {settings.MaxDocuments} at most."
            );
        if (!json.TryGetProperty("query", out var query) || query.ValueKind != JsonValueKind.String)
            throw new BadRequestException("There is no query; expected a text.");
        JsonElement[] given = [.. list.EnumerateArray()];
        return new(
            Limited(query.GetString()!, "query", settings),
            [.. given.Select((each, i) => Limited(TextOf(each, $"{name}[{i}]"), $"{name}[{i}]", settings))],
            given,
            Whole(json, "top_n", "top_k"),
            Flag(json, "return_documents", "return_text"),
            Whole(json, "max_tokens_per_doc", "truncate_prompt_tokens"),
            Flag(json, "raw_scores"),
            isTei
        );
    }

    /// <summary>Whether a body asks in TEI's form, and so expects its errors.</summary>
    public static bool IsInTeisForm(JsonElement json) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty("texts", out _);

    private static string TextOf(JsonElement document, string name) =>
        document.ValueKind == JsonValueKind.String ? document.GetString()!
        : document.ValueKind == JsonValueKind.Object
        && document.TryGetProperty("text", out var text)
        && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
        : throw new BadRequestException($"'{name}' is {Described(document)}; expected a text, or an object with a text.");

    private static string Limited(string text, string name, ServerSettings settings) =>
        text.Length <= settings.MaxCharacters
            ? text
            : throw new BadRequestException($"'{name}' has {text.Length} characters; this server takes {settings.MaxCharacters} at most.");

    private static int? Whole(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
                return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number > 0
                    ? number
                    : throw new BadRequestException($"'{name}' is {Described(value)}; expected a whole number of 1 or more.");
        return null;
    }

    private static bool Flag(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (json.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False))
                return value.ValueKind == JsonValueKind.True
                    ? true
                    : throw new BadRequestException($"'{name}' is {Described(value)}; expected true or false.");
        return false;
    }

    private static string Described(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => $"a list of {value.GetArrayLength()}",
            JsonValueKind.Object => "an object",
            _ when value.GetRawText() is { Length: > 40 } text => text[..40] + "…",
            _ => value.GetRawText(),
        };
}

/// <summary>A request that cannot be served as it is.</summary>
/// <param name="message">What was expected and what was found.</param>
internal sealed class BadRequestException(string message) : Exception(message);
