using System.Text.Json;

namespace CrossEncoders.Tokenization;

/// <summary>
/// Reads <c>tokenizer.json</c>. Its <c>truncation</c> and <c>padding</c> sections are passed over, as transformers does in favor of the
/// caller's arguments; only the side that is cut is taken from it, where tokenizer_config.json does not say.
/// </summary>
internal static class TokenizerJson
{
    /// <summary>Reads a file.</summary>
    public static TokenizerParts Read(string path, TokenizerConfig config)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = document.RootElement;
        var model = ReadModel(root.GetProperty("model"));
        var addedTokens =
            root.TryGetProperty("added_tokens", out var added) && added.ValueKind == JsonValueKind.Array
                ? added.EnumerateArray().Select(token => ReadAddedToken(token, token.GetProperty("id").GetInt32())).ToList()
                : [];
        int Find(string token) => addedTokens.Find(t => t.Content == token)?.Id ?? model.Find(token);
        return new TokenizerParts(
            addedTokens,
            NormalizerJson.Read(Section(root, "normalizer"), config),
            PreTokenizerJson.Read(Section(root, "pre_tokenizer")),
            model,
            TemplateJson.Read(Section(root, "post_processor")).CutAt(front: config.CutsFront ?? CutsFront(root)),
            PaddingId(config, Find),
            config.ModelMaxLength
        );
    }

    /// <summary>A section of the file; null where it is absent or null.</summary>
    public static JsonElement? Section(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A setting that is true or false.</summary>
    public static bool Flag(JsonElement parent, string name, bool otherwise) => Section(parent, name)?.GetBoolean() ?? otherwise;

    /// <summary>The <c>type</c> of a section.</summary>
    public static string Type(JsonElement section) => section.GetProperty("type").GetString() ?? string.Empty;

    /// <summary>Whether the file, whose own truncation is otherwise passed over, says that the front is cut.</summary>
    private static bool CutsFront(JsonElement root) =>
        Section(root, "truncation") is { ValueKind: JsonValueKind.Object } truncation
        && Section(truncation, "direction") is { ValueKind: JsonValueKind.String } direction
        && direction.ValueEquals("Left");

    private static int PaddingId(TokenizerConfig config, Func<string, int> find)
    {
        if (config.Text("pad_token") is { } token)
            return Math.Max(0, find(token));
        return new[] { "<pad>", "[PAD]" }.Select(find).FirstOrDefault(id => id >= 0);
    }

    /// <summary>A token with its flags, and the id that it has.</summary>
    public static AddedToken ReadAddedToken(JsonElement token, int id)
    {
        var special = Flag(token, "special", false);
        if (id is < 0 or int.MaxValue)
            throw new CrossEncoderException($"an added token has the id {id}");
        return new AddedToken(
            token.GetProperty("content").GetString() ?? string.Empty,
            id,
            Flag(token, "single_word", false),
            Flag(token, "lstrip", false),
            Flag(token, "rstrip", false),
            Flag(token, "normalized", !special)
        );
    }

    private static TokenModel ReadModel(JsonElement model)
    {
        // Files of 2020 leave the type out.
        var type = Section(model, "type")?.GetString()
            ?? (
                model.TryGetProperty("merges", out _) ? "BPE"
                : model.TryGetProperty("unk_id", out _) ? "Unigram"
                : "WordPiece"
            );
        return type switch
        {
            "Unigram" => ReadUnigram(model),
            "WordPiece" => ReadWordPiece(model),
            "BPE" => ReadBpe(model),
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

    private static WordPieceModel ReadWordPiece(JsonElement model) =>
        new(
            model.GetProperty("vocab").EnumerateObject().Select(entry => (entry.Name, entry.Value.GetInt32())),
            Section(model, "unk_token")?.GetString() ?? "[UNK]",
            Section(model, "continuing_subword_prefix")?.GetString() ?? "##",
            Section(model, "max_input_chars_per_word")?.GetInt32() ?? WordPieceModel.MaxCharacters
        );

    private static BpeModel ReadBpe(JsonElement model)
    {
        foreach (var affix in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (Section(model, affix)?.GetString() is { Length: > 0 } text)
                throw new CrossEncoderException($"the BPE model has the {affix} '{text}', which is not supported.");
        }

        if (Section(model, "dropout") is not null)
            throw new CrossEncoderException("the BPE model has dropout, which is not supported.");
        var vocabulary = new Dictionary<string, int>();
        foreach (var entry in model.GetProperty("vocab").EnumerateObject())
            vocabulary[entry.Name] = entry.Value.GetInt32();
        // Older files write a merge as "a b", newer ones as ["a", "b"].
        var merges = model
            .GetProperty("merges")
            .EnumerateArray()
            .Select(merge =>
                merge.ValueKind == JsonValueKind.String
                    ? SplitMerge(merge.GetString()!)
                    : (merge[0].GetString() ?? string.Empty, merge[1].GetString() ?? string.Empty)
            );
        return new BpeModel(
            vocabulary,
            [.. merges],
            Section(model, "unk_token")?.GetString(),
            Flag(model, "ignore_merges", false),
            fallsBackToBytes: Flag(model, "byte_fallback", false),
            joinsUnknown: Flag(model, "fuse_unk", false)
        );
    }

    /// <summary>The two pieces of a merge that is written as one text, "a b".</summary>
    public static (string Left, string Right) SplitMerge(string line) =>
        line.Split(' ') is [var left, var right]
            ? (left, right)
            : throw new CrossEncoderException($"the merge '{line}' is not two pieces with a space between them");
}
