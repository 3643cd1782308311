using System.Text.Json;

namespace CrossEncoders.Questions;

/// <summary>Questions in JSON, with any names and nesting; trailing commas and comments are allowed.</summary>
internal static class JsonAnswers
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static List<FoundQuestion> Read(string answer)
    {
        var found = new List<FoundQuestion>();
        var (start, end) = (answer.IndexOfAny(['{', '[']), answer.LastIndexOfAny(['}', ']']));
        if (start < 0 || end < start)
            return found;
        try
        {
            using var json = JsonDocument.Parse(answer.AsMemory(start, end + 1 - start), Options);
            Collect(json.RootElement, found, FoundQuestion.Natural);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            found.Clear(); // Broken, half-finished or half a surrogate pair: what is whole in it, LooseAnswers takes.
        }
        return found;
    }

    /// <summary>The questions of an element; <paramref name="style"/> is that of those which name none.</summary>
    private static void Collect(JsonElement element, List<FoundQuestion> found, string style)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                Add(element.GetString()!, found, style);
                break;
            case JsonValueKind.Array when AsPair(element) is { } pair:
                Add(pair.Text, found, pair.Style);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Collect(item, found, style);
                break;
            case JsonValueKind.Object:
                CollectObject(element, found, style);
                break;
        }
    }

    private static void CollectObject(JsonElement element, List<FoundQuestion> found, string style)
    {
        var properties = element.EnumerateObject().ToList();
        var texts = properties
            .Where(property => property.Value.ValueKind == JsonValueKind.String)
            .Select(property => KeyValuePair.Create(property.Name, property.Value.GetString()!))
            .ToList();
        var (text, ownStyle) = AnswerNames.Of(texts);
        if (text is not null)
        {
            Add(text, found, ownStyle ?? style);
            return;
        }
        // Of a draft and a final list the final one counts.
        var before = found.Count;
        foreach (var property in properties.Where(property => AnswerNames.IsFinal(property.Name)))
            Collect(property.Value, found, style);
        if (found.Count > before)
            return;
        foreach (var property in properties.Where(property => !AnswerNames.IsDraft(property.Name)))
            CollectProperty(property, found, ownStyle ?? style);
        if (found.Count > before)
            return;
        foreach (var property in properties.Where(property => property.Value.ValueKind is JsonValueKind.Array))
            Collect(property.Value, found, style);
    }

    private static void CollectProperty(JsonProperty property, List<FoundQuestion> found, string style)
    {
        var isStyle = AnswerNames.IsStyle(property.Name);
        if (property.Value.ValueKind is JsonValueKind.Array or JsonValueKind.Object || isStyle || AnswerNames.IsQuestion(property.Name))
            Collect(property.Value, found, isStyle ? property.Name : style);
    }

    /// <summary>["keyword", "dome stalled"]: a style and a text.</summary>
    private static (string Text, string Style)? AsPair(JsonElement array) =>
        array.GetArrayLength() == 2
        && array[0].ValueKind == JsonValueKind.String
        && array[1].ValueKind == JsonValueKind.String
        && AnswerNames.IsStyle(array[0].GetString()!)
            ? (array[1].GetString()!, array[0].GetString()!)
            : null;

    /// <summary>Adds a text, which may be a list of questions in itself.</summary>
    private static void Add(string text, List<FoundQuestion> found, string style)
    {
        var lines = text.Contains('\n') ? LineAnswers.Read(text) : [];
        if (lines.Count < 2)
            found.Add(new FoundQuestion(text, style));
        else
            found.AddRange(lines.Select(line => line.Style == FoundQuestion.Natural ? line with { Style = style } : line));
    }
}
