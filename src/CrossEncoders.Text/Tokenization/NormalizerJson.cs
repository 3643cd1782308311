using System.Text.Json;

namespace CrossEncoders.Tokenization;

/// <summary>Reads the <c>normalizer</c> section of <c>tokenizer.json</c>.</summary>
internal static class NormalizerJson
{
    /// <summary>Reads the section; null where there is none.</summary>
    public static Normalizer? Read(JsonElement? section, TokenizerConfig config) => section is { } value ? Read(value, config) : null;

    private static Normalizer Read(JsonElement section, TokenizerConfig config) =>
        TokenizerJson.Type(section) switch
        {
            "Sequence" => new NormalizerSequence([
                .. section.GetProperty("normalizers").EnumerateArray().Select(step => Read(step, config)),
            ]),
            "Precompiled" => ReadCharsMap(section),
            "Replace" => ReadReplace(section),
            "BertNormalizer" => ReadBert(section, config),
            "Lowercase" => new LowerCaseNormalizer(),
            "NFC" => new CanonicalNormalizer(compose: true),
            "NFD" => new CanonicalNormalizer(compose: false),
            "Strip" => new StripNormalizer(
                TokenizerJson.Flag(section, "strip_left", true),
                TokenizerJson.Flag(section, "strip_right", true)
            ),
            var type => throw new CrossEncoderException($"a normalizer of type {type} is not supported."),
        };

    /// <summary>BERT's cleaning; <c>tokenizer_config.json</c> has the last word, but not under the generic class.</summary>
    private static BertNormalizer ReadBert(JsonElement section, TokenizerConfig config)
    {
        bool? Setting(string inFile, string inConfig) =>
            (config.IsGeneric ? null : config.Flag(inConfig)) ?? TokenizerJson.Section(section, inFile)?.GetBoolean();
        var lowerCase = Setting("lowercase", "do_lower_case") ?? true;
        return new BertNormalizer(
            TokenizerJson.Flag(section, "clean_text", true),
            Setting("handle_chinese_chars", "tokenize_chinese_chars") ?? true,
            Setting("strip_accents", "strip_accents") ?? lowerCase,
            lowerCase
        );
    }

    private static Normalizer ReadCharsMap(JsonElement section)
    {
        var map = section.GetProperty("precompiled_charsmap");
        return map.ValueKind == JsonValueKind.Null || map.GetString() is ""
            ? new NormalizerSequence([])
            : new PrecompiledCharsMap(map.GetBytesFromBase64());
    }

    private static Normalizer ReadReplace(JsonElement section)
    {
        var pattern = section.GetProperty("pattern");
        var content = section.GetProperty("content").GetString() ?? string.Empty;
        if (TokenizerJson.Section(pattern, "String")?.GetString() is { Length: > 0 } text)
            return new ReplaceNormalizer(text, content);
        // No general regular expressions: a file from elsewhere must not be able to hang us.
        return TokenizerJson.Section(pattern, "Regex")?.GetString() switch
        {
            " {2,}" => new SpacesNormalizer(content),
            var regex => throw new CrossEncoderException($"a normalizer replaces the pattern '{regex}', which is not supported."),
        };
    }
}
