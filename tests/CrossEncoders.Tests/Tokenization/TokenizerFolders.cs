using System.Text.Json.Nodes;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Tokenizer files in the layouts of well-known checkpoints, made from the golden ones.</summary>
internal static class TokenizerFolders
{
    /// <summary>A golden tokenizer's <c>tokenizer.json</c>, without the sections that only its caller should set.</summary>
    public static JsonNode Json(string name)
    {
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(Golden.Folder(name), "tokenizer.json")))!;
        (root["truncation"], root["padding"]) = (null, null);
        return root;
    }

    /// <summary>As ModernBERT: composed characters, byte-level pairs, added tokens looked for after normalization, a greedy mask.</summary>
    public static JsonNode ModernBert()
    {
        var root = Json("roberta");
        root["normalizer"] = JsonNode.Parse("""{"type": "NFC"}""");
        root["post_processor"] = Json("wordpiece-cased")["post_processor"]!.DeepClone();
        var added = root["added_tokens"]!.AsArray();
        added[4]!["lstrip"] = true;
        foreach (var (index, content) in new[] { "é|IP|", "  ", "   ", "\t\t" }.Index())
        {
            var singleWord = index == 0 ? "true" : "false";
            added.Add(
                JsonNode.Parse(
                    $$"""
                    {"id": {{2500 + index}}, "content": {{JsonValue.Create(content).ToJsonString()}}, "single_word": {{singleWord}},
                     "lstrip": false, "rstrip": {{singleWord}}, "normalized": true, "special": false}
                    """
                )
            );
        }

        return root;
    }

    /// <summary>As bge-m3 and DeBERTa-v3: words are split by the space mark alone, the text is stripped.</summary>
    public static JsonNode Metaspace()
    {
        var root = Json("xlm-roberta");
        root["normalizer"]!["normalizers"]!
            .AsArray()
            .Insert(0, JsonNode.Parse("""{"type": "Strip", "strip_left": true, "strip_right": true}"""));
        root["pre_tokenizer"] = JsonNode.Parse("""{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}""");
        return root;
    }
}
