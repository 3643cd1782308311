using System.Text.Json.Nodes;
using CrossEncoders.Tokenization;
using static CrossEncoders.Tests.Tokenization.SmallTokenizers;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Byte-pair models as files give them, compared with tokenizers.</summary>
public sealed class BytePairTests
{
    private static readonly string[] Pieces = ["[UNK]", "b", "g", "h", "n", "p", "s", "u", "ug", "un", "hug"];
    private static readonly string[] Merges = ["u g", "u n", "h ug"];

    [Theory]
    [InlineData("hug", "hug")]
    [InlineData("bug", "b ug")]
    [InlineData("bugs", "b ug s")]
    [InlineData("mug", "[UNK] ug")]
    [InlineData("thug", "[UNK] hug")]
    [InlineData("unhug", "un hug")]
    [InlineData("ung", "un g")] // "u n" is the only merge that applies
    [InlineData("hun", "h un")]
    [InlineData("mm", "[UNK] [UNK]")] // each unknown character by itself
    public void MergesApplyInTheirOrder(string word, string expected) =>
        Assert.Equal(expected, string.Join(' ', Ids(Json(Bpe(Pieces, Merges, "[UNK]")), word).Select(id => Pieces[id])));

    [Theory]
    [InlineData("a b|b c", "ab c")]
    [InlineData("b c|a b", "a bc")] // the same pieces; the order of merges decides
    [InlineData("b c|a b|a bc", "abc")]
    [InlineData("a b|b c|a bc", "ab c")] // the last merge never gets its turn
    public void TheOrderOfMergesDecides(string merges, string expected)
    {
        string[] pieces = ["a", "b", "c", "ab", "bc", "abc"];
        Assert.Equal(expected, string.Join(' ', Ids(Json(Bpe(pieces, merges.Split('|'))), "abc").Select(id => pieces[id])));
    }

    [Fact]
    public void RandomModelsGiveWhatTokenizersGives()
    {
        var random = new Random(8);
        for (var round = 0; round < 20; round++)
        {
            List<string> pieces = ["?", "a", "b", "c", "👍"],
                merges = [];
            for (var i = 0; i < 10; i++)
            {
                var (left, right) = (pieces[random.Next(1, pieces.Count)], pieces[random.Next(1, pieces.Count)]);
                if (merges.Contains($"{left} {right}") || left.Length + right.Length > 6)
                    continue;
                merges.Add($"{left} {right}");
                if (!pieces.Contains(left + right))
                    pieces.Add(left + right);
            }

            using var folder = new ScratchFolder().With("tokenizer.json", Json(Bpe(pieces, merges, "?")));
            using var reference = new Tokenizers.DotNet.Tokenizer(folder["tokenizer.json"]);
            var tokenizer = TextTokenizer.Load(folder.Path);
            foreach (var length in Enumerable.Range(1, 40))
            {
                var word = string.Concat(Enumerable.Range(0, length).Select(_ => new[] { "a", "b", "c", "👍", "漢" }[random.Next(5)]));
                Assert.Equal(reference.Encode(word).Select(id => (int)id), tokenizer.EncodeToIds(word));
            }
        }
    }

    [Fact]
    public void MergesMayBeWrittenAsPairs()
    {
        var model = JsonNode.Parse(Bpe(Pieces, []))!;
        model["merges"] = new JsonArray([
            .. Merges.Select(merge => new JsonArray([.. merge.Split(' ').Select(part => JsonValue.Create(part))])),
        ]);
        Assert.Equal([9, 10], Ids(Json(model.ToJsonString()), "unhug"));
    }

    [Fact]
    public void AModelWithoutAnUnknownTokenDropsWhatItDoesNotKnow() =>
        Assert.Equal([10, 6, 10], Ids(Json(Bpe(Pieces, Merges)), "hug漢s👍hmug"));

    [Fact]
    public void BytesThatMakeUpACharacterAreMergedLikeLetters()
    {
        // é is the bytes C3 A9, spelled Ã ©; the space before a word is Ġ
        string[] pieces = ["Ã", "©", "Ġ", "c", "Ã©", "Ġc"];
        var json = Json(
            Bpe(pieces, ["Ã ©", "Ġ c"]),
            preTokenizer: """{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"""
        );
        Assert.Equal([3, 4, 5, 4], Ids(json, "cé cé"));
        Assert.Equal([0], Ids(json, "Ú")); // the second byte, Å or the like, is no piece and goes
    }

    [Theory]
    [InlineData("ab", "the merge 'ab' is not two pieces with a space between them")]
    [InlineData("a b c", "the merge 'a b c' is not two pieces with a space between them")]
    [InlineData("b a", "the vocabulary lacks the piece 'ba'")]
    [InlineData("x a", "the vocabulary lacks the piece 'x'")]
    [InlineData("a x", "the vocabulary lacks the piece 'x'")]
    public void AMergeThatCannotBeIsNamed(string merge, string expected) =>
        Assert.Contains(expected, Error(Json(Bpe(["a", "b", "ab"], [merge]))));
}
