using System.Text.Json.Nodes;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Tokenizers of a few pieces, small enough to work out by hand what they give; tokenizers itself checks the hand.</summary>
internal static class SmallTokenizers
{
    public const string WhitespaceSplit = """{"type": "WhitespaceSplit"}""";

    /// <summary>A <c>tokenizer.json</c> of the given sections.</summary>
    public static string Json(
        string model,
        string normalizer = "null",
        string preTokenizer = "null",
        string processor = "null",
        params string[] added
    ) =>
        $$"""
            {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [{{string.Join(',', added)}}],
             "normalizer": {{normalizer}}, "pre_tokenizer": {{preTokenizer}}, "post_processor": {{processor}}, "decoder": null,
             "model": {{model}}}
            """;

    /// <summary>A WordPiece model; a piece's id is its place, [UNK] is to be among them.</summary>
    public static string WordPiece(IEnumerable<string> pieces, string prefix = "##", int maxCharacters = 1000) =>
        new JsonObject
        {
            ["type"] = "WordPiece",
            ["unk_token"] = "[UNK]",
            ["continuing_subword_prefix"] = prefix,
            ["max_input_chars_per_word"] = maxCharacters,
            ["vocab"] = Vocabulary(pieces),
        }.ToJsonString();

    /// <summary>A unigram model whose first piece is the unknown token.</summary>
    public static string Unigram(params (string Piece, double Score)[] pieces) =>
        new JsonObject
        {
            ["type"] = "Unigram",
            ["unk_id"] = 0,
            ["vocab"] = new JsonArray([new JsonArray("<unk>", 0.0), .. pieces.Select(piece => new JsonArray(piece.Piece, piece.Score))]),
        }.ToJsonString();

    /// <summary>A byte-pair model; its merges are written "a b".</summary>
    public static string Bpe(IEnumerable<string> pieces, IEnumerable<string> merges, string? unknown = null) =>
        new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = unknown,
            ["continuing_subword_prefix"] = null,
            ["end_of_word_suffix"] = null,
            ["fuse_unk"] = false,
            ["byte_fallback"] = false,
            ["vocab"] = Vocabulary(pieces),
            ["merges"] = new JsonArray([.. merges.Select(merge => JsonValue.Create(merge))]),
        }.ToJsonString();

    /// <summary>An added token, with those of its flags set that are named.</summary>
    public static string Added(string content, int id, string flags = "")
    {
        bool Has(string flag) => flags.Split(' ').Contains(flag);
        return new JsonObject
        {
            ["id"] = id,
            ["content"] = content,
            ["single_word"] = Has("single_word"),
            ["lstrip"] = Has("lstrip"),
            ["rstrip"] = Has("rstrip"),
            ["normalized"] = Has("normalized"),
            ["special"] = Has("special"),
        }.ToJsonString();
    }

    /// <summary>Our tokenizer of a <c>tokenizer.json</c>.</summary>
    public static TextTokenizer Load(string json, string config = "{}")
    {
        using var folder = new ScratchFolder().With("tokenizer.json", json).With("tokenizer_config.json", config);
        return TextTokenizer.Load(folder.Path);
    }

    /// <summary>The ids of a text, special tokens included, on which tokenizers and we must agree.</summary>
    public static int[] Ids(string json, string text)
    {
        using var folder = new ScratchFolder().With("tokenizer.json", json);
        using var reference = new Tokenizers.DotNet.Tokenizer(folder["tokenizer.json"]);
        var ids = TextTokenizer.Load(folder.Path).Encode(text).Ids;
        Assert.Equal(reference.Encode(text).Select(id => (int)id), ids);
        return ids;
    }

    /// <summary>The error of a <c>tokenizer.json</c> that cannot be used.</summary>
    public static string Error(string json, string config = "{}") => Assert.Throws<CrossEncoderException>(() => Load(json, config)).Message;

    private static JsonObject Vocabulary(IEnumerable<string> pieces) =>
        new(pieces.Index().Select(piece => KeyValuePair.Create(piece.Item, (JsonNode?)JsonValue.Create(piece.Index))));
}
