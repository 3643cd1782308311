using System.Text.Json;

namespace CrossEncoders.Tokenization;

/// <summary>
/// Reads <c>tokenizer.json</c>. Its <c>truncation</c> and <c>padding</c> sections are passed over, as the reference does in favor of the
/// caller's arguments.
/// </summary>
internal static class TokenizerJson
{
    /// <summary>Reads a file.</summary>
    public static TokenizerParts Read(string path, TokenizerConfig config)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = document.RootElement;
        var model = ReadModel(root.GetProperty("model"));
        var addedTokens = root.TryGetProperty("added_tokens", out var added) && added.ValueKind == JsonValueKind.Array
            ? added.EnumerateArray().Select(ReadAddedToken).ToList()
            : [];
        int Find(string token) => addedTokens.Find(t => t.Content == token)?.Id ?? model.Find(token);
        return new TokenizerParts(
            addedTokens,
            NormalizerJson.Read(Section(root, "normalizer"), config),
            PreTokenizerJson.Read(Section(root, "pre_tokenizer")),
            model,
            TemplateJson.Read(Section(root, "post_processor")),
            PaddingId(config, Find),
            config.ModelMaxLength);
    }

    /// <summary>A section of the file; null where it is absent or null.</summary>
    public static JsonElement? Section(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A setting that is true or false.</summary>
    public static bool Flag(JsonElement parent, string name, bool otherwise) => Section(parent, name)?.GetBoolean() ?? otherwise;

    /// <summary>The <c>type</c> of a section.</summary>
    public static string Type(JsonElement section) => section.GetProperty("type").GetString() ?? string.Empty;

    private static int PaddingId(TokenizerConfig config, Func<string, int> find)
    {
        if (config.Text("pad_token") is { } token)
            return Math.Max(0, find(token));
        return new[] { "<pad>", "[PAD]" }.Select(find).FirstOrDefault(id => id >= 0);
    }

    private static AddedToken ReadAddedToken(JsonElement token)
    {
        var special = Flag(token, "special", false);
        var id = token.GetProperty("id").GetInt32();
        if (id is < 0 or int.MaxValue)
            throw new CrossEncoderException($"an added token has the id {id}");
        return new AddedToken(
            token.GetProperty("content").GetString() ?? string.Empty,
            id,
            Flag(token, "single_word", false),
            Flag(token, "lstrip", false),
            Flag(token, "rstrip", false),
            Flag(token, "normalized", !special));
    }

    private static TokenModel ReadModel(JsonElement model)
    {
        // The type may be left out in older files.
        var type = Section(model, "type")?.GetString();
        return type switch
        {
            "Unigram" => ReadUnigram(model),
            _ => throw new CrossEncoderException($"the model is of type {type}; supported are Unigram, WordPiece and BPE."),
        };
    }

    private static UnigramModel ReadUnigram(JsonElement model)
    {
        if (Flag(model, "byte_fallback", false))
            throw new CrossEncoderException("the unigram model falls back to bytes, which is not supported.");
        var pieces = new List<(string, double)>(model.GetProperty("vocab").GetArrayLength());
        foreach (var entry in model.GetProperty("vocab").EnumerateArray())
            pieces.Add((entry[0].GetString() ?? string.Empty, entry[1].GetDouble()));
        return new UnigramModel(pieces, Section(model, "unk_id")?.GetInt32() ?? -1);
    }
}
