using System.Text.Json.Nodes;
using static CrossEncoders.Tests.Tokenization.SmallTokenizers;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>What a tokenizer.json may leave out, what its padding token is, and what is said of one that cannot be used.</summary>
public sealed class TokenizerJsonTests
{
    [Theory]
    [InlineData("BPE", new[] { 2 })]
    [InlineData("Unigram", new[] { 3 })]
    [InlineData("WordPiece", new[] { 1, 2 })]
    public void TheTypeOfAnOldFilesModelIsSeenFromItsParts(string type, int[] expected)
    {
        var model = JsonNode.Parse(
            type switch
            {
                "BPE" => Bpe(["a", "b", "ab"], ["a b"]),
                "Unigram" => Unigram(("a", -1), ("b", -1), ("ab", -1)),
                _ => WordPiece(["[UNK]", "a", "##b"]),
            }
        )!;
        model.AsObject().Remove("type");
        Assert.Equal(expected, Load(Json(model.ToJsonString())).EncodeToIds("ab"));
    }

    [Fact]
    public void SectionsMayBeLeftOut()
    {
        var tokenizer = Load($$"""{"model": {{WordPiece(["[UNK]", "a"])}}}""");
        Assert.Equal([1], tokenizer.Encode("a").Ids);
        Assert.Equal([1, 1], tokenizer.EncodePair("a", "a").Ids);
        Assert.Equal([0, 1], tokenizer.EncodePair("a", "a").TypeIds);
    }

    [Fact]
    public void AWordPieceModelHasBertsSettingsByDefault()
    {
        var tokenizer = Load("""{"model": {"type": "WordPiece", "vocab": {"[UNK]": 0, "a": 1, "##a": 2}}}""");
        Assert.Equal(100, tokenizer.CountTokens(new string('a', 100)));
        Assert.Equal([0], tokenizer.EncodeToIds(new string('a', 101)));
    }

    [Theory]
    [InlineData("a <pad> [PAD]", "{}", 2)]
    [InlineData("a [PAD]", "{}", 2)]
    [InlineData("a", "{}", 0)]
    [InlineData("<pad> a", """{"pad_token": "a"}""", 2)]
    [InlineData("<pad> a", """{"pad_token": {"content": "a"}}""", 2)]
    [InlineData("<pad> a", """{"pad_token": "[M]"}""", 7)] // an added token
    [InlineData("<pad> a", """{"pad_token": "[Q]"}""", 0)] // named, but nowhere
    [InlineData("<pad> a", """{"pad_token": null}""", 1)]
    public void ThePaddingTokenIsTheConfigurationsOrTheUsualOne(string pieces, string config, int expected) =>
        Assert.Equal(
            expected,
            Load(Json(WordPiece(["[UNK]", .. pieces.Split(' ')]), added: [Added("[M]", 7, "special")]), config).PaddingId
        );

    [Fact]
    public void ATokensAddedIdComesBeforeTheModels() =>
        Assert.Equal(5, Load(Json(WordPiece(["[UNK]", "<pad>"]), added: [Added("<pad>", 5, "special")])).PaddingId);

    [Theory]
    [InlineData("model_input_names", """["input_ids"]""", false)]
    [InlineData("model_input_names", """["input_ids", "token_type_ids"]""", true)]
    [InlineData("model_input_names", "[]", false)]
    [InlineData("model_input_names", "[1, null]", false)] // odd, but no error
    [InlineData("other", "1", true)]
    public void TheConfigurationSaysWhetherTypesAreGiven(string name, string value, bool given) =>
        Assert.Equal(
            given ? [0, 1] : [0, 0],
            Load(Json(WordPiece(["[UNK]"])), $$"""{"{{name}}": {{value}}}""").EncodePair("a", "b").TypeIds
        );

    [Theory]
    [InlineData("type", "\"WordLevel\"", "the model is of type WordLevel; supported are Unigram, WordPiece and BPE")]
    [InlineData("type", "5", "cannot be read")]
    [InlineData("vocab", "null", "cannot be read")]
    [InlineData("vocab", "{}", "the vocabulary lacks the unknown token [UNK]")]
    [InlineData("vocab", """{"[UNK]": 0.5}""", "cannot be read")]
    [InlineData("vocab", """{"[UNK]": 9999999999}""", "cannot be read")]
    [InlineData("vocab", """{"[UNK]": 2147483647}""", "'[UNK]' has the id 2147483647")]
    [InlineData("unk_token", "\"<unk>\"", "the vocabulary lacks the unknown token <unk>")]
    [InlineData("max_input_chars_per_word", "\"many\"", "cannot be read")]
    public void AWordPieceModelThatCannotBeUsedIsNamed(string key, string value, string expected) =>
        Refused(WordPiece(["[UNK]", "a"]), key, value, expected);

    [Theory]
    [InlineData("byte_fallback", "true", "the vocabulary lacks the piece '<0x00>'")]
    [InlineData("dropout", "0.1", "the BPE model has dropout")]
    [InlineData("continuing_subword_prefix", "\"##\"", "the BPE model has the continuing_subword_prefix '##'")]
    [InlineData("end_of_word_suffix", "\"</w>\"", "the BPE model has the end_of_word_suffix '</w>'")]
    [InlineData("unk_token", "\"<unk>\"", "the vocabulary lacks the piece '<unk>'")]
    [InlineData("merges", "[[\"a\"]]", "cannot be read")]
    [InlineData("merges", "[[\"a\", null]]", "the vocabulary lacks the piece ''")]
    [InlineData("merges", "[5]", "cannot be read")]
    public void ABytePairModelThatCannotBeUsedIsNamed(string key, string value, string expected) =>
        Refused(Bpe(["a", "b", "ab"], ["a b"]), key, value, expected);

    [Theory]
    [InlineData("byte_fallback", "true", "the unigram model falls back to bytes")]
    [InlineData("unk_id", "null", "the id of the unknown token is -1, but there are 2 pieces")]
    [InlineData("unk_id", "2", "the id of the unknown token is 2, but there are 2 pieces")]
    [InlineData("vocab", "[]", "the id of the unknown token is 0, but there are 0 pieces")]
    [InlineData("vocab", """[["<unk>", 0], ["a"]]""", "cannot be read")]
    [InlineData("vocab", """[["<unk>", 0], ["a", "-1"]]""", "cannot be read")]
    [InlineData("vocab", """[["<unk>", 0], ["a", 1e999]]""", "cannot be read")]
    public void AUnigramModelThatCannotBeUsedIsNamed(string key, string value, string expected) =>
        Refused(Unigram(("a", -1)), key, value, expected);

    [Theory]
    [InlineData("", "cannot be read")]
    [InlineData("[]", "cannot be read")]
    [InlineData("null", "cannot be read")]
    [InlineData("{}", "cannot be read")]
    [InlineData("""{"model": 5}""", "cannot be read")]
    [InlineData("""{"model": {"type": "WordPiece", "vocab": {"[UNK]": 0""", "cannot be read")]
    public void AFileThatIsNoTokenizerIsNamedWithWhatToDo(string json, string expected)
    {
        var message = Error(json);
        Assert.StartsWith("The tokenizer in ", message);
        Assert.Contains($"(tokenizer.json) {expected}: ", message);
        Assert.EndsWith("Fetch the file again, or save it anew with transformers.", message);
        Assert.DoesNotContain("..", message);
    }

    private static void Refused(string model, string key, string value, string expected)
    {
        var root = JsonNode.Parse(model)!;
        root[key] = JsonNode.Parse(value);
        Assert.Contains(expected, Error(Json(root.ToJsonString())));
    }
}
