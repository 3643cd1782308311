using System.Text.Json;

namespace CrossEncoders.Tokenization;

/// <summary>Reads the <c>pre_tokenizer</c> section of <c>tokenizer.json</c>.</summary>
internal static class PreTokenizerJson
{
    /// <summary>Reads the section; without one a text is a single word.</summary>
    public static PreTokenizer Read(JsonElement? section) => section is { } value ? Read(value) : new PreTokenizerSequence([]);

    private static PreTokenizer Read(JsonElement section) =>
        TokenizerJson.Type(section) switch
        {
            "Sequence" => new PreTokenizerSequence([.. section.GetProperty("pretokenizers").EnumerateArray().Select(Read)]),
            "WhitespaceSplit" => new WhitespaceSplit(),
            "BertPreTokenizer" => new BertPreTokenizer(),
            "ByteLevel" => new ByteLevelPreTokenizer(
                TokenizerJson.Flag(section, "add_prefix_space", true),
                TokenizerJson.Flag(section, "use_regex", true)
            ),
            "Split" => ReadSplit(section),
            "Metaspace" => ReadMetaspace(section),
            var type => throw new CrossEncoderException($"a pre-tokenizer of type {type} is not supported."),
        };

    private static PreTokenizer ReadSplit(JsonElement section)
    {
        var behavior = TokenizerJson.Section(section, "behavior")?.GetString();
        if (
            TokenizerJson.Section(section, "pattern") is { ValueKind: JsonValueKind.Object } literal
            && TokenizerJson.Section(literal, "String")?.GetString() is { Length: > 0 } mark
            && behavior == "MergedWithPrevious"
            && !TokenizerJson.Flag(section, "invert", false)
        )
            return new SplitAfter(mark);
        var rule = TokenizerJson.Section(section, "pattern") is { ValueKind: JsonValueKind.Object } pattern
            ? TokenizerJson.Section(pattern, "Regex")?.GetString()
            : null;
        if (rule != DigitSplit.Rule || behavior != "Isolated" || TokenizerJson.Flag(section, "invert", false))
            throw new CrossEncoderException($"a pre-tokenizer that splits by '{Excerpt.Of(rule ?? "", 100)}' is not supported.");
        return new DigitSplit();
    }

    private static Metaspace ReadMetaspace(JsonElement section)
    {
        var mark = section.GetProperty("replacement").GetString();
        if (mark is not { Length: 1 })
            throw new CrossEncoderException($"the space is written as '{mark}', not as one character.");

        // Older files say add_prefix_space, newer ones prepend_scheme.
        var scheme = TokenizerJson.Section(section, "prepend_scheme")?.GetString()
            ?? (TokenizerJson.Flag(section, "add_prefix_space", true) ? "always" : "never");
        if (scheme is not ("always" or "never"))
            throw new CrossEncoderException($"the space is prepended '{scheme}'; supported are always and never.");
        return new Metaspace(mark[0], scheme == "always", TokenizerJson.Flag(section, "split", true));
    }
}
