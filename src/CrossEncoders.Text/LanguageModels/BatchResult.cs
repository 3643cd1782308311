using System.Text.Json;
using CrossEncoders.Files;

namespace CrossEncoders.LanguageModels;

/// <summary>A line of a batch's results: an answer, or why there is none.</summary>
/// <param name="Id">The request's name; null where the line cannot be read.</param>
/// <param name="Body">The body of the response; null for none.</param>
/// <param name="Failure">Why there is none.</param>
internal sealed record BatchResult(string? Id, JsonElement? Body, string? Failure)
{
    /// <summary>The results of a file, one after the other. A line that was torn when the file was fetched is a failure.</summary>
    /// <exception cref="CrossEncoderException">The file is missing, or holds requests and no results.</exception>
    public static IEnumerable<BatchResult> In(string file)
    {
        var full = ReadableFile.At(file, "Expected the results of a batch (JSON Lines).");
        var number = 0;
        foreach (var line in File.ReadLines(full))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return Of(line, full, number);
        }
    }

    private static BatchResult Of(string line, string file, int number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("method", out _) && root.TryGetProperty("url", out _))
                throw new CrossEncoderException($"'{file}' holds the requests of a batch; expected its results, which are fetched.");
            if (Text(root, "custom_id") is not { } id)
                return Unreadable("it has no custom_id");
            if (Member(root, "error") is { ValueKind: JsonValueKind.Object } error)
                return new(id, null, $"{Text(error, "code")}: {Text(error, "message")}".Trim(':', ' '));
            if (Member(root, "response") is not { ValueKind: JsonValueKind.Object } response)
                return new(id, null, "it has neither a response nor an error");
            var status = Member(response, "status_code") is { ValueKind: JsonValueKind.Number } code ? code.GetRawText() : "none";
            var body = Member(response, "body");
            return status == "200" && body is { ValueKind: JsonValueKind.Object }
                ? new(id, body.Value.Clone(), null)
                : new(id, null, $"status {status}: {(body is { } why ? Excerpt.Of(Reason(why), 300) : "no body")}");
        }
        catch (JsonException error)
        {
            return Unreadable(Excerpt.Of(error.Message, 120));
        }

        BatchResult Unreadable(string why) => new(null, null, $"line {number} of '{file}' cannot be read: {why}");
    }

    private static string Reason(JsonElement body) =>
        Member(body, "error") is { } error && Text(error, "message") is { } message ? message : body.GetRawText();

    private static JsonElement? Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;
}
