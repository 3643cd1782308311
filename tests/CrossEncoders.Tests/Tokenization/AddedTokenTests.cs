using static CrossEncoders.Tests.Tokenization.SmallTokenizers;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Tokens recognized as written, with each of their settings; the text between them is one word, spaces included.</summary>
public sealed class AddedTokenTests
{
    private static readonly string[] Pieces = ["[UNK]", "a", " a", "a ", " a ", "b", " b", "b ", " ", "_", "-", "<m>", "é", "c\u0301"];

    [Theory]
    [InlineData("", "a <m> b", "a |<m>| b")]
    [InlineData("", "a<m>b", "a|<m>|b")]
    [InlineData("", "<m><m>", "<m>|<m>")]
    [InlineData("", "<m", "[UNK]")]
    [InlineData("lstrip", "a <m> b", "a|<m>| b")]
    [InlineData("lstrip", "a\t\u00A0 <m>", "a|<m>")]
    [InlineData("lstrip", "<m> <m>", "<m>|<m>")]
    [InlineData("lstrip", " <m>", "<m>")]
    [InlineData("rstrip", "a <m> b", "a |<m>|b")]
    [InlineData("rstrip", "<m> \n", "<m>")]
    [InlineData("rstrip", "<m> <m> a", "<m>|<m>|a")]
    [InlineData("lstrip rstrip", "a  <m>  b", "a|<m>|b")]
    [InlineData("lstrip rstrip", "<m>  <m>", "<m>|<m>")]
    public void TheWhiteSpaceAroundGoesAlongWhereTheTokenSaysSo(string flags, string text, string expected) => Check(flags, text, expected);

    [Theory]
    [InlineData("a <m> b", "a |<m>| b")]
    [InlineData("<m>", "<m>")]
    [InlineData("-<m>-", "-|<m>|-")]
    [InlineData("a<m>", "[UNK]")]
    [InlineData("<m>a", "[UNK]")]
    [InlineData("_<m>", "[UNK]")] // an underscore belongs to words
    [InlineData("é<m>", "[UNK]")]
    [InlineData("c\u0301<m>", "[UNK]")] // and so does a mark
    [InlineData("<m><m>", "<m>|<m>")] // the neighbor's brackets do not
    [InlineData("a<m> <m>", "[UNK]|<m>")] // the first one is text
    public void ASingleWordIsNotRecognizedInsideAWord(string text, string expected) => Check("single_word", text, expected);

    [Theory]
    [InlineData("normalized", "<m>", true)]
    [InlineData("normalized", "<M>", true)] // the token and the text are both put into lower case
    [InlineData("", "<M>", true)]
    [InlineData("", "<m>", false)]
    [InlineData("special", "<m>", false)]
    [InlineData("special", "<M>", true)]
    public void ATokenIsLookedForBeforeOrAfterNormalization(string flags, string text, bool found)
    {
        var json = Json(WordPiece(["[UNK]", "a"]), """{"type": "Lowercase"}""", WhitespaceSplit, "null", Added("<M>", 2, flags));
        Assert.Equal(found ? [1, 2, 1] : [1, 0, 1], Ids(json, $"A {text} a"));
    }

    [Theory]
    [InlineData("<m>!", new[] { 3 })] // the longest of those that start here
    [InlineData("<m>?", new[] { 2, 0 })]
    [InlineData("<<m>", new[] { 0, 2 })]
    [InlineData("!<m>!!", new[] { 4, 3, 4 })]
    public void TheLongestOfTheTokensThatStartAtAPlaceIsTaken(string text, int[] expected)
    {
        var json = Json(WordPiece(["[UNK]", "a"]), added: [Added("<m>", 2), Added("<m>!", 3), Added("!", 4)]);
        Assert.Equal(expected, Ids(json, text));
    }

    [Fact]
    public void TokensOfTheTextAsGivenComeBeforeThoseOfTheNormalized()
    {
        var json = Json(
            WordPiece(["[UNK]", "x"]),
            """{"type": "Lowercase"}""",
            added: [Added("ab", 2, "normalized"), Added("bc", 3), Added("AB", 4, "special")]
        );
        Assert.Equal([0, 3], Ids(json, "abc")); // "bc" is cut out first, so that "a" is left
        Assert.Equal([2, 4], Ids(json, "aBAB"));
    }

    [Fact]
    public void WhatIsDecidedByDefaultDependsOnWhetherTheTokenIsSpecial()
    {
        const string Token = """{"id": 1, "content": "<M>", "special": SPECIAL}""";
        string Build(string special) => Json(WordPiece(["[UNK]"]), """{"type": "Lowercase"}""", added: Token.Replace("SPECIAL", special));
        Assert.Equal([1], Load(Build("false")).EncodeToIds("<m>"));
        Assert.Equal([0], Load(Build("true")).EncodeToIds("<m>"));
    }

    [Fact]
    public void ATokenBeyondTheModelEnlargesTheVocabulary()
    {
        var tokenizer = Load(Json(WordPiece(["[UNK]", "a"]), added: [Added("<m>", 9)]));
        Assert.Equal((10, 2), (tokenizer.VocabularySize, Load(Json(WordPiece(["[UNK]", "a"]))).VocabularySize));
        Assert.Equal([9], tokenizer.EncodeToIds("<m>"));
    }

    [Fact]
    public void ATokenWithoutTextIsNeverFound() =>
        Assert.Equal([1], Load(Json(WordPiece(["[UNK]", "a"]), added: [Added("", 2)])).EncodeToIds("a"));

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void AnImpossibleIdIsRefused(int id) =>
        Assert.Contains($"an added token has the id {id}", Error(Json(WordPiece(["[UNK]"]), added: [Added("<m>", id)])));

    private static void Check(string flags, string text, string expected)
    {
        var ids = Ids(Json(WordPiece(Pieces), added: [Added("<m>", Array.IndexOf(Pieces, "<m>"), flags)]), text);
        Assert.Equal(expected, string.Join('|', ids.Select(id => Pieces[id])));
    }
}
