using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrossEncoders.Files;

namespace CrossEncoders.Tokenization;

/// <summary>What <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> state; everything is optional.</summary>
internal sealed class TokenizerConfig
{
    private readonly List<JsonElement> _roots = [];
    private readonly TokenizerFiles _files;

    /// <summary>Reads the files that exist.</summary>
    public TokenizerConfig(TokenizerFiles files)
    {
        _files = files;
        _roots.AddRange(new[] { "tokenizer_config.json", "special_tokens_map.json" }.Where(files.Names.Contains).Select(Read));
    }

    /// <summary>
    /// The tokens that a folder without a tokenizer.json adds to its vocabulary, with their ids: <c>added_tokens_decoder</c>, or where that
    /// is not there, <c>added_tokens.json</c>.
    /// </summary>
    /// <exception cref="CrossEncoderException">One of them has an id that none can have.</exception>
    public IEnumerable<AddedToken> AddedTokens =>
        Find("added_tokens_decoder") is { ValueKind: JsonValueKind.Object } decoder
            ? decoder
                .EnumerateObject()
                .Select(entry => TokenizerJson.ReadAddedToken(entry.Value, int.Parse(entry.Name, CultureInfo.InvariantCulture)))
        : _files.Names.Contains("added_tokens.json")
            ? Read("added_tokens.json").EnumerateObject().Select(entry => AddedToken.AsWritten(entry.Name, entry.Value.GetInt32()))
        : [];

    /// <summary>Special tokens without a role, of which the files need not state the id.</summary>
    public IEnumerable<string> OtherSpecialTokens =>
        Find("additional_special_tokens") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray()
                .Select(token => token.ValueKind == JsonValueKind.Object ? token.GetProperty("content").GetString() : token.GetString())
                .OfType<string>()
            : [];

    /// <summary>Longest sequence in tokens; transformers writes 1e30 where there is no limit.</summary>
    public int? ModelMaxLength =>
        Find("model_max_length") is { ValueKind: JsonValueKind.Number } value && value.GetDouble() is >= 1 and <= int.MaxValue
            ? (int)value.GetDouble()
            : null;

    /// <summary>
    /// Whether the model is given token types; transformers leaves them out where the names of its inputs do not have them.
    /// </summary>
    public bool GivesTypes =>
        Find("model_input_names") is not { ValueKind: JsonValueKind.Array } names
        || names.EnumerateArray().Any(name => name.ValueKind == JsonValueKind.String && name.ValueEquals("token_type_ids"));

    /// <summary>
    /// States the longest sequence in the <c>tokenizer_config.json</c> of a folder, which is made where there is none; other keys stay.
    /// </summary>
    public static void SetModelMaxLength(string folder, int length)
    {
        var path = Path.Combine(folder, "tokenizer_config.json");
        var json = File.Exists(path) ? JsonNode.Parse(File.ReadAllBytes(path))!.AsObject() : new JsonObject();
        if (json["model_max_length"]?.ToJsonString() == $"{length}")
            return;
        json["model_max_length"] = length;
        AtomicFile.Write(
            path,
            json.ToJsonString(new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n"
        );
    }

    /// <summary>A setting that is true or false; null where it is absent or null.</summary>
    public bool? Flag(string name) =>
        Find(name)?.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    /// <summary>A setting that is text, or the text of a special token written out as an object.</summary>
    public string? Text(string name) =>
        Find(name) switch
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

    /// <summary>
    /// Whether the tokenizer's class is the one that takes everything from <c>tokenizer.json</c>: PreTrainedTokenizerFast, which
    /// transformers 5 names TokenizersBackend.
    /// </summary>
    public bool IsGeneric => Text("tokenizer_class") is "PreTrainedTokenizerFast" or "TokenizersBackend";

    /// <summary>Whether a text that is too long loses its front and not its end; null where the files do not say.</summary>
    /// <exception cref="CrossEncoderException">The side is neither left nor right.</exception>
    public bool? CutsFront =>
        Text("truncation_side") switch
        {
            null => null,
            "left" => true,
            "right" => false,
            var side => throw new CrossEncoderException($"truncation_side is '{side}'; expected left or right"),
        };

    private JsonElement Read(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(_files.PathOf(name)));
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.Clone()
            : throw new CrossEncoderException($"{name} is of the kind {document.RootElement.ValueKind}, not an object");
    }

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
