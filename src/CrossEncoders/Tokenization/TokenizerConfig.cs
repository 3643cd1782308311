using System.Text.Json;

namespace CrossEncoders.Tokenization;

/// <summary>What <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> state; everything is optional.</summary>
internal sealed class TokenizerConfig
{
    private readonly List<JsonElement> _roots = [];

    /// <summary>Reads the files that exist.</summary>
    public TokenizerConfig(TokenizerFiles files)
    {
        foreach (var name in new[] { "tokenizer_config.json", "special_tokens_map.json" }.Where(files.Names.Contains))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(files.PathOf(name)));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new CrossEncoderException($"{name} is a {document.RootElement.ValueKind}, not an object");
            _roots.Add(document.RootElement.Clone());
        }
    }

    /// <summary>Longest sequence in tokens; the reference writes 1e30 where there is no limit.</summary>
    public int? ModelMaxLength =>
        Find("model_max_length") is { ValueKind: JsonValueKind.Number } value && value.GetDouble() is >= 1 and <= int.MaxValue
            ? (int)value.GetDouble()
            : null;

    /// <summary>A setting that is true or false; null where it is absent or null.</summary>
    public bool? Flag(string name) => Find(name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>A setting that is text, or the text of a special token written out as an object.</summary>
    public string? Text(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Object } token when token.TryGetProperty("content", out var content) => content.GetString(),
        _ => null,
    };

    /// <summary>Whether a special token takes the white space before it along; null where it is not written out as an object.</summary>
    public bool? StripLeft(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Object } token && token.TryGetProperty("lstrip", out var strip)
            ? strip.ValueKind == JsonValueKind.True
            : null;

    /// <summary>Whether the tokenizer's class is the one that takes everything from <c>tokenizer.json</c>.</summary>
    public bool IsGeneric => Text("tokenizer_class") == "PreTrainedTokenizerFast";

    private JsonElement? Find(string name)
    {
        foreach (var root in _roots)
        {
            if (root.TryGetProperty(name, out var value))
                return value;
        }

        return null;
    }
}
