using System.Text.Json.Nodes;
using static CrossEncoders.Tests.Tokenization.SmallTokenizers;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Each normalizer by itself.</summary>
/// <remarks>
/// The whole normalized text is the only piece of a vocabulary, so that it is found, by tokenizers and by us, exactly if it is right.
/// </remarks>
public sealed class NormalizerTests
{
    private const string Lowercase = """{"type": "Lowercase"}""";

    [Theory]
    [InlineData("ÀÉ Straße", "àé straße")]
    [InlineData("İ", "i\u0307")] // the one capital whose small letter is two characters
    [InlineData("ΑΣ", "ασ")] // character by character: no final sigma
    [InlineData("ẞ", "ß")]
    [InlineData("Ⅷ Ⓐ", "ⅷ ⓐ")]
    [InlineData("𐐀", "𐐨")] // beyond 16 bits
    [InlineData("I", "i")]
    public void LowerCase(string text, string expected) => Check(Lowercase, text, expected);

    [Theory]
    [InlineData("NFD", "é", "e\u0301")]
    [InlineData("NFD", "ﬁ½", "ﬁ½")] // compatibility characters stay
    [InlineData("NFD", "한", "\u1112\u1161\u11AB")]
    [InlineData("NFC", "e\u0301", "é")]
    [InlineData("NFC", "\u1112\u1161\u11AB", "한")]
    [InlineData("NFC", "\u2126", "Ω")] // the ohm sign
    [InlineData("NFC", "\u0958", "\u0915\u093C")] // excluded from composition
    public void CanonicalForms(string type, string text, string expected) => Check($$"""{"type": "{{type}}"}""", text, expected);

    [Theory]
    [InlineData("true", "true", "  a b\t", "a b")]
    [InlineData("true", "false", " a ", "a ")]
    [InlineData("false", "true", " a ", " a")]
    [InlineData("false", "false", " a ", " a ")]
    [InlineData("true", "true", "\u00A0\u3000a\u0085\u2028", "a")]
    [InlineData("true", "true", "\u200Ba", "\u200Ba")] // zero width, but no white space
    public void Strip(string left, string right, string text, string expected) =>
        Check($$"""{"type": "Strip", "strip_left": {{left}}, "strip_right": {{right}}}""", text, expected);

    [Theory]
    [InlineData("``", "\"", "``a`` `", "\"a\" `")]
    [InlineData("aa", "b", "aaaaa", "bba")] // from the left, without overlap
    [InlineData("a", "aa", "aba", "aabaa")] // what was put in is not looked at again
    [InlineData("é", "e", "e\u0301é", "e\u0301e")] // code points count, not what they look like
    [InlineData(".", "", "a.b.", "ab")] // no expression
    public void ReplaceText(string pattern, string content, string text, string expected) =>
        Check(Replace("String", pattern, content), text, expected);

    [Theory]
    [InlineData(" ", "a  b   c d", "a b c d")]
    [InlineData("▁", "a  b c", "a▁b c")]
    [InlineData("", "   a", "a")]
    [InlineData(" ", "a \t b\n\n", "a \t b\n\n")] // only spaces
    [InlineData(" ", "a\u00A0\u00A0b", "a\u00A0\u00A0b")]
    public void ReplaceRunsOfSpaces(string content, string text, string expected) =>
        Check(Replace("Regex", " {2,}", content), text, expected);

    [Fact]
    public void ASequenceRunsInItsOrder()
    {
        var replace = Replace("String", "a", "b");
        Check(Sequence(Lowercase, replace), "Aa", "bb");
        Check(Sequence(replace, Lowercase), "Aa", "ab");
        Check(Sequence(), "Aa", "Aa");
        Check(Sequence(Sequence(Lowercase), """{"type": "Strip", "strip_left": true, "strip_right": true}"""), " A ", "a");
    }

    [Theory]
    [InlineData("a\0b\uFFFDc\u0007d", "abcd")]
    [InlineData("a\tb\nc\rd\u00A0e\u3000f", "a b c d e f")] // every white space is a space, but each stays
    [InlineData("a\u200Db\u00ADc\uFEFFd", "abcd")] // format characters
    [InlineData("a\uE000b", "ab")] // private use
    [InlineData("a漢b", "a 漢 b")]
    [InlineData("漢字", " 漢  字 ")]
    [InlineData("𠀀豈", " 𠀀  豈 ")]
    [InlineData("かな カナ 한국", "かな カナ 한국")] // neither kana nor Hangul
    [InlineData("，。", "，。")]
    public void CleaningForBert(string text, string expected) => Check(Bert(accents: "false", lowerCase: "false"), text, expected);

    [Theory]
    [InlineData("null", "true", "Éa", "ea")] // accents go along with capitals
    [InlineData("null", "false", "Éa", "Éa")]
    [InlineData("true", "false", "Éa", "Ea")]
    [InlineData("false", "true", "Éa", "éa")]
    [InlineData("true", "true", "İ", "i")]
    [InlineData("true", "false", "한", "\u1112\u1161\u11AB")] // decomposed, though there is no accent
    [InlineData("true", "false", "\u0928\u093F", "\u0928\u093F")] // a spacing mark is no accent
    [InlineData("true", "false", "\u0915\u094D", "\u0915")]
    public void AccentsAndCaseForBert(string accents, string lowerCase, string text, string expected) =>
        Check(Bert(accents, lowerCase), text, expected);

    [Theory]
    [InlineData("clean_text", "a\tb\0漢", "a\tb\0 漢 ")]
    [InlineData("handle_chinese_chars", "a\tb\0漢", "a b漢")]
    public void EachStepForBertMayBeSwitchedOff(string step, string text, string expected) =>
        Check(Bert("false", "false").Replace($"\"{step}\": true", $"\"{step}\": false"), text, expected);

    [Theory]
    [InlineData("ﬁ①Ａ…", "fi1A...")]
    [InlineData("½", "1⁄2")]
    [InlineData("㍿", "株式会社")]
    [InlineData("a\u00A0b\tc\nd", "a b c d")]
    [InlineData("e\u0301", "é")]
    [InlineData("Ａ\u0300", "A")] // a short cluster is replaced whole by the rule of its first character
    [InlineData("ｶﾞ", "カ\u3099")] // a long one character by character
    [InlineData("a\u200Bb", "a b")]
    [InlineData("a\u0001b", "ab")]
    [InlineData("漢字 abc ß", "漢字 abc ß")]
    public void TheCompiledRulesOfXlmRoberta(string text, string expected) =>
        Check(TokenizerFolders.Json("xlm-roberta")["normalizer"]!["normalizers"]![0]!.ToJsonString(), text, expected);

    [Theory]
    [InlineData("""{"type": "NFKC"}""", "a normalizer of type NFKC is not supported")]
    [InlineData("""{"type": "Prepend", "prepend": "▁"}""", "a normalizer of type Prepend is not supported")]
    [InlineData("""{"type": "Sequence", "normalizers": [{"type": "Nmt"}]}""", "a normalizer of type Nmt is not supported")]
    [InlineData("""{"type": "Replace", "pattern": {"Regex": "(a+)+$"}, "content": ""}""", "the pattern '(a+)+$', which is not supported")]
    [InlineData("""{"type": "Precompiled", "precompiled_charsmap": "AAAA"}""", "precompiled_charsmap has 3 bytes")]
    [InlineData("""{"type": "Precompiled", "precompiled_charsmap": "AAAAAA=="}""", "and a trie of 0")]
    [InlineData("""{"type": "Precompiled", "precompiled_charsmap": "CAAAAAAAAAA="}""", "has 8 bytes and a trie of 8")]
    public void WhatIsNotSupportedOrDamagedIsNamed(string normalizer, string expected) =>
        Assert.Contains(expected, Error(Json(WordPiece(["[UNK]"]), normalizer)));

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    public void NoCompiledRulesChangeNothing(string rules)
    {
        var tokenizer = Load(Json(WordPiece(["[UNK]", "ﬁ"]), $$"""{"type": "Precompiled", "precompiled_charsmap": {{rules}}}"""));
        Assert.Equal([1], tokenizer.EncodeToIds("ﬁ"));
    }

    private static void Check(string normalizer, string text, string expected) =>
        Assert.Equal([1], Ids(Json(WordPiece(["[UNK]", expected]), normalizer), text));

    private static string Sequence(params string[] steps) => $$"""{"type": "Sequence", "normalizers": [{{string.Join(',', steps)}}]}""";

    private static string Bert(string accents, string lowerCase) =>
        $$"""
            {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
             "strip_accents": {{accents}}, "lowercase": {{lowerCase}}}
            """;

    private static string Replace(string kind, string pattern, string content) =>
        new JsonObject
        {
            ["type"] = "Replace",
            ["pattern"] = new JsonObject { [kind] = pattern },
            ["content"] = content,
        }.ToJsonString();
}
