using System.Text.Json.Nodes;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>What tokenizer_config.json decides: the side that is cut, the generic classes, limits, token types.</summary>
public sealed class TokenizerSettingsTests
{
    private static readonly string Cases = Path.Combine(Shared.Repository, "tests", "CrossEncoders.Tests", "cases");

    [Fact]
    public void TheNewGenericClassTakesTheFileAsItIs()
    {
        var tokenizer = TextTokenizer.Load(Path.Combine(Cases, "tokenizers-backend", "tokenizer"));
        Assert.Equal([Id(tokenizer, "the"), Id(tokenizer, "cafe")], tokenizer.EncodeToIds("The caf\u00E9"));
    }

    [Theory]
    [InlineData("PreTrainedTokenizerFast", true)]
    [InlineData("TokenizersBackend", true)]
    [InlineData("BertTokenizer", false)] // a class of its own, which the flag overrules
    [InlineData("BertTokenizerFast", false)]
    public void ALeftOverFlagCountsOnlyForAClassThatKnowsIt(string type, bool lowers)
    {
        using var folder = new ScratchFolder()
            .Copy(Golden.Folder("wordpiece-uncased"), "tokenizer.json")
            .With("tokenizer_config.json", $$"""{"tokenizer_class": "{{type}}", "do_lower_case": false}""");
        var tokenizer = TextTokenizer.Load(folder.Path);
        Assert.Equal(lowers, tokenizer.EncodeToIds("HELLO").SequenceEqual(tokenizer.EncodeToIds("hello")));
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("vocab.txt")]
    public void TheFrontIsCutWhereTheFolderSaysSo(string file)
    {
        var (left, right) = (Load(file, """{"truncation_side": "left"}"""), Load(file, "{}"));
        const string Text = "one two three four five six seven";
        var ids = right.EncodeToIds(Text);
        var (cls, sep) = (right.Encode("").Ids[0], right.Encode("").Ids[1]);
        Assert.Equal([cls, .. ids.Take(4), sep], right.Encode(Text, 6).Ids);
        Assert.Equal([cls, .. ids.TakeLast(4), sep], left.Encode(Text, 6).Ids);
        Assert.True(left.Encode(Text, 6).Truncated);

        // both sides are cut to the same lengths, the longer segment alone here
        var pair = left.EncodePair("who", Text, 8);
        Assert.Equal(right.EncodePair("who", Text, 8).TypeIds, pair.TypeIds);
        Assert.Equal([cls, .. right.EncodeToIds("who"), sep, .. ids.TakeLast(8 - 3 - right.EncodeToIds("who").Count), sep], pair.Ids);
        Assert.Equal(right.EncodePair("who", Text).Ids, left.EncodePair("who", Text).Ids);
    }

    [Fact]
    public void TheSideInTheTokenizersFileCountsWhereTheConfigurationIsSilent()
    {
        var json = TokenizerFolders.Json("wordpiece-uncased");
        json["truncation"] = JsonNode.Parse("""{"direction": "Left", "max_length": 5, "strategy": "LongestFirst", "stride": 0}""");
        using var folder = new ScratchFolder().With("tokenizer.json", json.ToJsonString());
        using var other = new ScratchFolder()
            .With("tokenizer.json", json.ToJsonString())
            .With("tokenizer_config.json", """{"truncation_side": "right"}""");
        var (left, right) = (TextTokenizer.Load(folder.Path), TextTokenizer.Load(other.Path));
        Assert.Equal(left.EncodeToIds("b")[0], left.Encode("a b", 3).Ids[1]);
        Assert.Equal(left.EncodeToIds("a")[0], right.Encode("a b", 3).Ids[1]);
        Assert.Equal(left.Encode("a b c d e f g").Ids, right.Encode("a b c d e f g").Ids); // its own length does not
    }

    [Fact]
    public void AnotherSideIsRefused() =>
        Assert.Contains(
            "truncation_side is 'middle'",
            Assert.Throws<CrossEncoderException>(() => Load("vocab.txt", """{"truncation_side": "middle"}""")).Message
        );

    [Theory]
    [InlineData("512", 512)]
    [InlineData("512.0", 512)]
    [InlineData("1000000000000000019884624838656", null)]
    [InlineData("1e30", null)]
    [InlineData("null", null)]
    [InlineData("\"512\"", null)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    public void TheLimitIsReadWhereItIsOne(string value, int? expected) =>
        Assert.Equal(expected, Load("vocab.txt", $$"""{"model_max_length": {{value}}}""").ModelMaxLength);

    [Fact]
    public void LowerCaseMayBePutInFrontOfAnyTokenizer()
    {
        var cased = TextTokenizer.Load(Golden.Folder("wordpiece-cased"));
        var lower = cased.InLowerCase();
        Assert.NotEqual(cased.EncodeToIds("HELLO World"), cased.EncodeToIds("hello world"));
        Assert.Equal(cased.EncodeToIds("hello world"), lower.EncodeToIds("HELLO World"));
        Assert.Equal(cased.EncodeToIds("[SEP]"), lower.EncodeToIds("[SEP]")); // special tokens are found before
        Assert.Equal(cased.FileNames, lower.FileNames);
    }

    [Theory]
    [InlineData("[1, 2]")]
    [InlineData("\"text\"")]
    [InlineData("{\"pad_token\": {\"content\": 5}}")]
    [InlineData("{")]
    public void ABrokenConfigurationIsNamed(string json)
    {
        var error = Assert.Throws<CrossEncoderException>(() => Load("vocab.txt", json));
        Assert.Contains("vocab.txt", error.Message);
    }

    private static TextTokenizer Load(string file, string config)
    {
        using var folder = new ScratchFolder().Copy(Golden.Folder("wordpiece-uncased"), file).With("tokenizer_config.json", config);
        return TextTokenizer.Load(folder.Path);
    }

    private static int Id(TextTokenizer tokenizer, string word) => Assert.Single(tokenizer.EncodeToIds(word));
}
