using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Modeling;

/// <summary>How texts become tokens, as <c>sentence_bert_config.json</c> says.</summary>
internal sealed record TextSettings
{
    /// <summary>The longest text or pair in tokens; null leaves it to the tokenizer and the model.</summary>
    [JsonPropertyName("max_seq_length")]
    public int? MaxLength { get; init; }

    /// <summary>Whether texts are put into lower case, whatever the tokenizer does.</summary>
    [JsonPropertyName("do_lower_case")]
    public bool? LowerCase { get; init; }

    /// <summary>Which segment of a pair gives way.</summary>
    [JsonIgnore]
    public TruncationStrategy Truncation { get; private init; } = TruncationStrategy.LongestFirst;

    /// <summary>
    /// Whether texts are read as messages through the chat template; null where nothing says so, and then a template that is there is used.
    /// </summary>
    [JsonIgnore]
    public bool? ReadsMessages { get; init; }

    /// <summary>How messages become text.</summary>
    [JsonIgnore]
    public ChatSettings Chat { get; private init; } = new();

    /// <summary>Reads the file.</summary>
    /// <exception cref="CrossEncoderException">A value is impossible, or asks for something that the kit does not support.</exception>
    public static TextSettings Read(JsonObject json, string path)
    {
        var settings = json.As<TextSettings>(path);
        if (json["processing_kwargs"] is { } processing)
            settings = settings.With(processing.As<Dictionary<string, Dictionary<string, JsonElement>>>(path), path);
        if (json["modality_config"] is JsonObject modalities)
            settings = settings with { ReadsMessages = modalities.ContainsKey("message") };
        if (settings.MaxLength is < 1)
            throw new CrossEncoderException($"{path}: the maximum length is {settings.MaxLength}; expected at least 1 token. Correct it.");
        return settings;
    }

    /// <summary>The file with another maximum length, under the keys that it has.</summary>
    public static JsonObject WithMaxLength(JsonObject file, int length)
    {
        var json = (JsonObject)file.DeepClone();
        if (json["max_seq_length"] is not null)
            json["max_seq_length"] = length;
        if (json["processing_kwargs"]?["text"]?["max_length"] is not null)
            json["processing_kwargs"]!["text"]!["max_length"] = length;
        return json;
    }

    private TextSettings With(Dictionary<string, Dictionary<string, JsonElement>> processing, string path)
    {
        var settings = this;
        foreach (var (part, values) in processing)
        {
            foreach (var (key, value) in values)
            {
                settings = (part, key, value.ValueKind) switch
                {
                    ("chat_template", not ("max_length" or "truncation"), _) => settings with
                    {
                        Chat = settings.Chat.With(key, value, path),
                    },
                    ("text" or "common" or "chat_template", "max_length", JsonValueKind.Number) when value.TryGetInt32(out var length) =>
                        settings with
                        {
                            MaxLength = length,
                        },
                    ("text" or "common" or "chat_template", "truncation", JsonValueKind.True) => settings,
                    ("text" or "common", "truncation", JsonValueKind.String) when Strategy(value.GetString()) is { } strategy =>
                        settings with
                        {
                            Truncation = strategy,
                        },
                    (_, "padding" or "padding_side" or "return_tensors" or "pad_to_multiple_of", _) => settings, // change no score
                    ("audio" or "image" or "video", _, _) => settings, // are never given
                    _ => throw new CrossEncoderException(
                        $"{path}: processing_kwargs sets {part}.{key} to {value.GetRawText()}, which is not supported, and scores without "
                            + "it would be others. Take it out if it does not matter."
                    ),
                };
            }
        }

        return settings;
    }

    private static TruncationStrategy? Strategy(string? name) =>
        name switch
        {
            "longest_first" => TruncationStrategy.LongestFirst,
            "only_first" => TruncationStrategy.OnlyFirst,
            "only_second" => TruncationStrategy.OnlySecond,
            _ => null,
        };
}
