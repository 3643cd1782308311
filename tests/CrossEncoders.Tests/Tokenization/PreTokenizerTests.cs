using static CrossEncoders.Tests.Tokenization.SmallTokenizers;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Each pre-tokenizer by itself.</summary>
/// <remarks>The expected words are all the pieces there are, so that tokenizers and we find them exactly if the split is right.</remarks>
public sealed class PreTokenizerTests
{
    [Theory]
    [InlineData("a  b\tc\u00A0d\u3000e\n", "a|b|c|d|e")]
    [InlineData("a,b. c", "a,b.|c")]
    [InlineData(" \t ", "")]
    [InlineData("", "")]
    [InlineData("a\u200Bb", "a\u200Bb")]
    public void WhiteSpace(string text, string expected) => Check(WhitespaceSplit, text, expected);

    [Theory]
    [InlineData("Hey, you!", "Hey|,|you|!")]
    [InlineData("don't", "don|'|t")]
    [InlineData("a$b^c`d~", "a|$|b|^|c|`|d|~")] // every ASCII symbol is punctuation
    [InlineData("a€b©", "a€b©")] // and no symbol beyond
    [InlineData("「漢字」…—", "「|漢字|」|…|—")]
    [InlineData("--", "-|-")]
    [InlineData("a_b-c/d", "a|_|b|-|c|/|d")]
    [InlineData("¿qué?", "¿|qué|?")]
    [InlineData("३।", "३|।")] // a danda
    [InlineData("👍a", "👍a")]
    [InlineData(" .\u3000", ".")]
    [InlineData("\u2E43a", "\u2E43a")] // punctuation since Unicode 9, unknown to tokenizers
    public void Bert(string text, string expected) => Check("""{"type": "BertPreTokenizer"}""", text, expected);

    [Theory]
    [InlineData("Hello world", "Hello|Ġworld")]
    [InlineData("don't we'll DON'T", "don|'t|Ġwe|'ll|ĠDON|'|T")] // contractions in small letters only
    [InlineData("a  b", "a|Ġ|Ġb")] // the last space goes to the word
    [InlineData("a   ", "a|ĠĠĠ")]
    [InlineData("a\n\nb", "a|Ċ|Ċ|b")]
    [InlineData("a \nb", "a|Ġ|Ċ|b")]
    [InlineData("abc123x²", "abc|123|x|Â²")]
    [InlineData("é漢", "Ã©æ¼¢")]
    [InlineData("hi!? -- ok", "hi|!?|Ġ--|Ġok")]
    [InlineData("a\u00A0b", "a|Âł|b")] // white space, but not the space that joins a word
    [InlineData("𝒳👍", "ðĿĴ³|ðŁĳį")] // a letter and a symbol beyond 16 bits
    [InlineData("''s", "''|s")]
    [InlineData("x's's", "x|'s|'s")]
    [InlineData(" ", "Ġ")]
    [InlineData("e\u0301", "e|Ìģ")] // a mark is no letter
    public void ByteLevelSpelling(string text, string expected) => Check(ByteLevel(prefix: false), text, expected);

    [Theory]
    [InlineData("Hello world", "ĠHello|Ġworld")]
    [InlineData(" Hello", "ĠHello")]
    [InlineData("\tHello", "Ġ|ĉ|Hello")]
    [InlineData("", "")]
    public void ByteLevelWithASpaceInFront(string text, string expected) => Check(ByteLevel(prefix: true), text, expected);

    [Fact]
    public void ByteLevelWithoutTheRuleKeepsTheTextWhole() => Check(ByteLevel(prefix: false, split: false), "a b's 1", "aĠb'sĠ1");

    [Fact]
    public void EveryByteIsSpelledByACharacterOfItsOwn()
    {
        // what follows in the Latin-1 block is C2 xx and C3 xx; C2 and C3 themselves are visible
        var text = string.Concat(Enumerable.Range(1, 255).Select(value => (char)value));
        var spelled = new List<string>();
        new CrossEncoders.Tokenization.ByteLevelPreTokenizer(prependSpace: false, split: false).Split(text, spelled);
        var characters = Assert.Single(spelled);
        Assert.Equal(127 + (2 * 128), characters.Length);
        Assert.DoesNotContain(characters, character => char.IsWhiteSpace(character) || char.IsControl(character));
        Assert.Equal(127 + 64 + 2, characters.Distinct().Count());
    }

    [Theory]
    [InlineData("always", "true", "a b", "▁a|▁b")]
    [InlineData("never", "true", "a b", "a|▁b")]
    [InlineData("always", "false", "a b", "▁a▁b")]
    [InlineData("always", "true", "  a", "▁|▁a")]
    [InlineData("always", "true", " a", "▁a")] // no second mark
    [InlineData("always", "true", "▁a▁b", "▁a|▁b")] // a mark in the text is as good as a space
    [InlineData("always", "true", "a ", "▁a|▁")]
    [InlineData("always", "true", "a\tb", "▁a\tb")] // only the space
    [InlineData("always", "true", "", "")]
    public void Metaspace(string scheme, string split, string text, string expected) =>
        Check($$"""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "{{scheme}}", "split": {{split}}}""", text, expected);

    [Theory]
    [InlineData("true", "_a|_b")]
    [InlineData("false", "a|_b")]
    public void OlderFilesSayWhetherASpaceIsPrepended(string prefix, string expected)
    {
        var json = Json(WordPiece(["[UNK]", .. expected.Split('|')]), preTokenizer: Old($"\"add_prefix_space\": {prefix}"));
        Assert.Equal([1, 2], Load(json).EncodeToIds("a b"));
    }

    [Fact]
    public void ASequenceSplitsWhatWasSplit()
    {
        Check(Sequence(WhitespaceSplit, """{"type": "BertPreTokenizer"}"""), "a,b  c", "a|,|b|c");
        Check(Sequence(WhitespaceSplit, """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}"""), "a  b", "▁a|▁b");
        Check(Sequence(WhitespaceSplit, ByteLevel(prefix: true)), "a b1", "Ġa|Ġb|1");
    }

    [Fact]
    public void WithoutOneTheTextIsOneWord() => Check("null", "a, b", "a, b");

    [Theory]
    [InlineData("""{"type": "Whitespace"}""", "a pre-tokenizer of type Whitespace is not supported")]
    [InlineData("""{"type": "Digits", "individual_digits": true}""", "a pre-tokenizer of type Digits is not supported")]
    [InlineData("""{"type": "Metaspace", "replacement": "__"}""", "the space is written as '__', not as one character")]
    [InlineData("""{"type": "Metaspace", "replacement": "_", "prepend_scheme": "first"}""", "the space is prepended 'first'")]
    [InlineData("""{"type": "ByteLevel", "use_regex": 1}""", "cannot be read")]
    public void WhatIsNotSupportedIsNamed(string preTokenizer, string expected) =>
        Assert.Contains(expected, Error(Json(WordPiece(["[UNK]"]), preTokenizer: preTokenizer)));

    private static void Check(string preTokenizer, string text, string expected)
    {
        string[] words = expected.Length == 0 ? [] : expected.Split('|');
        List<string> pieces = ["[UNK]", .. words.Distinct()];
        var ids = Ids(Json(WordPiece(pieces), preTokenizer: preTokenizer), text);
        Assert.Equal(words, ids.Select(id => pieces[id]));
    }

    private static string Old(string setting) => $$"""{"type": "Metaspace", "replacement": "_", {{setting}}}""";

    private static string Sequence(params string[] steps) => $$"""{"type": "Sequence", "pretokenizers": [{{string.Join(',', steps)}}]}""";

    private static string ByteLevel(bool prefix, bool split = true) =>
        $$"""
            {"type": "ByteLevel", "add_prefix_space": {{(prefix ? "true" : "false")}}, "trim_offsets": true,
             "use_regex": {{(split ? "true" : "false")}}}
            """;
}
