using System.Text;
using System.Text.Json.Nodes;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>
/// Tokenizers of Gemma's make, as mmBERT has one: blanks are written out, a text is one word, and what no piece has falls back to bytes.
/// </summary>
public sealed class ByteFallbackTests : IDisposable
{
    private static readonly string[] Pieces =
    [
        "<pad>",
        "<eos>",
        "<bos>",
        "<unk>",
        .. "▁abcdefgh圆顶".Select(piece => $"{piece}"),
        "ab",
        "▁a",
        "▁ab",
        "abab",
        "圆顶",
        "▁▁",
        .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"),
    ];

    private static readonly (string, string)[] Merges = [("a", "b"), ("▁", "ab"), ("ab", "ab"), ("▁", "a"), ("圆", "顶"), ("▁", "▁")];

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("ab", "ab")]
    [InlineData("ab ab", "ab ▁ab")]
    [InlineData("abab cab", "abab ▁ c ab")]
    [InlineData("a  b", "a ▁▁ b")]
    [InlineData("圆顶 ab", "圆顶 ▁ab")]
    [InlineData("é", "<0xC3> <0xA9>")]
    [InlineData("a😀b", "a <0xF0> <0x9F> <0x98> <0x80> b")]
    [InlineData("关a", "<0xE5> <0x85> <0xB3> a")]
    [InlineData("x\ny", "<0x78> <0x0A> <0x79>")]
    public void WhatNoPieceHasBecomesBytes(string text, string expected)
    {
        var tokenizer = Load();
        Assert.Equal(expected, string.Join(' ', tokenizer.EncodeToIds(text).Select(id => Pieces[id])));
        int[] ids = [.. tokenizer.EncodeToIds(text)];
        Assert.Equal([2, .. ids, 1], tokenizer.Encode(text).Ids);
        Assert.Equal([2, .. ids, 1, .. tokenizer.EncodeToIds("ab"), 1], tokenizer.EncodePair(text, "ab").Ids);
    }

    [Fact]
    public void LongTextsAreMergedAsByTheRuleOneByOne()
    {
        var (tokenizer, random) = (Load(), new Random(5));
        const string Letters = "abab abc圆顶é ";
        foreach (var length in new[] { 1, 10, 63, 64, 65, 300 })
        {
            var text = string.Concat(Enumerable.Range(0, length).Select(_ => Letters[random.Next(Letters.Length)]));
            Assert.Equal(Naive(text.Replace(' ', '▁')), tokenizer.EncodeToIds(text).Select(id => Pieces[id]));
        }
    }

    [Fact]
    public void UnknownCharactersSideBySideAreOneTokenWhereTheFileSaysSo()
    {
        var joined = Load(json => json["byte_fallback"] = false);
        Assert.Equal("<unk> a <unk>", string.Join(' ', joined.EncodeToIds("éèaé").Select(id => Pieces[id])));
        var apart = Load(json => (json["byte_fallback"], json["fuse_unk"]) = (false, false));
        Assert.Equal("<unk> <unk> a <unk>", string.Join(' ', apart.EncodeToIds("éèaé").Select(id => Pieces[id])));
    }

    [Fact]
    public void AVocabularyWithoutAllBytesIsRefused()
    {
        var error = Assert.Throws<CrossEncoderException>(() => Load(json => json["vocab"]!.AsObject().Remove("<0xA9>")));
        Assert.Contains("lacks the piece '<0xA9>'", error.Message);
    }

    [Theory]
    [InlineData("How are  you?", "How |are | |you?")] // as tokenizers' own test has it
    [InlineData(" a ", " |a ")]
    [InlineData("a", "a")]
    [InlineData("", "")]
    public void AMarkStaysWithWhatIsBeforeIt(string text, string expected)
    {
        var words = new List<string>();
        new SplitAfter(" ").Split(text, words);
        Assert.Equal(expected, string.Join('|', words));
    }

    /// <summary>Byte-pair encoding word for word: of all neighbors the earliest merge, and of equal ones the leftmost.</summary>
    private static List<string> Naive(string text)
    {
        var symbols = text.EnumerateRunes()
            .SelectMany(rune =>
                Pieces.Contains(rune.ToString())
                    ? [rune.ToString()]
                    : Encoding.UTF8.GetBytes(rune.ToString()).Select(value => $"<0x{value:X2}>")
            )
            .ToList();
        while (true)
        {
            var best = Enumerable
                .Range(0, Math.Max(0, symbols.Count - 1))
                .Select(i => (Rank: Array.IndexOf(Merges, (symbols[i], symbols[i + 1])), Place: i))
                .Where(each => each.Rank >= 0)
                .Order()
                .Cast<(int Rank, int Place)?>()
                .FirstOrDefault();
            if (best is not { } merge)
                return symbols;
            symbols[merge.Place] += symbols[merge.Place + 1];
            symbols.RemoveAt(merge.Place + 1);
        }
    }

    private TextTokenizer Load(Action<JsonObject>? change = null)
    {
        var model = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = "<unk>",
            ["fuse_unk"] = true,
            ["byte_fallback"] = true,
            ["ignore_merges"] = false,
            ["vocab"] = new JsonObject(Pieces.Select((piece, id) => KeyValuePair.Create(piece, (JsonNode?)id))),
            ["merges"] = new JsonArray([.. Merges.Select(merge => new JsonArray(merge.Item1, merge.Item2))]),
        };
        change?.Invoke(model);
        var json = JsonNode.Parse(
            """
            {"version": "1.0", "truncation": null, "padding": null,
             "added_tokens": [
              {"id": 0, "content": "<pad>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
              {"id": 1, "content": "<eos>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
              {"id": 2, "content": "<bos>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
             "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
             "pre_tokenizer": {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": false},
             "post_processor": {"type": "TemplateProcessing",
              "single": [{"SpecialToken": {"id": "<bos>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
               {"SpecialToken": {"id": "<eos>", "type_id": 0}}],
              "pair": [{"SpecialToken": {"id": "<bos>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
               {"SpecialToken": {"id": "<eos>", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}},
               {"SpecialToken": {"id": "<eos>", "type_id": 0}}],
              "special_tokens": {"<bos>": {"id": "<bos>", "ids": [2], "tokens": ["<bos>"]},
               "<eos>": {"id": "<eos>", "ids": [1], "tokens": ["<eos>"]}}}}
            """
        )!;
        json["model"] = model;
        File.WriteAllText(_scratch["tokenizer.json"], json.ToJsonString());
        return TextTokenizer.Load(_scratch.Path);
    }
}
