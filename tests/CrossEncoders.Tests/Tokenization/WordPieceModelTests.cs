using CrossEncoders.Tokenization;
using static CrossEncoders.Tests.Tokenization.SmallTokenizers;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Greedy matching with vocabularies small enough to do it by hand.</summary>
public sealed class WordPieceModelTests
{
    private static readonly string[] Pieces = ["[UNK]", "un", "##aff", "##able", "ab", "a", "##bc", "##👍", "👍", "hug", "##s"];

    [Theory]
    [InlineData("unaffable", "un ##aff ##able")]
    [InlineData("un", "un")]
    [InlineData("hugs", "hug ##s")]
    [InlineData("abc", "[UNK]")] // "ab" is taken and never given back, though "a ##bc" would do
    [InlineData("unun", "[UNK]")] // a piece that starts words does not go on with one
    [InlineData("unaff漢", "[UNK]")] // one unknown character, and the whole word is unknown
    [InlineData("s", "[UNK]")] // a piece that goes on with words does not start one
    [InlineData("##aff", "##aff")] // unless the text has the marks too
    [InlineData("👍👍👍", "👍 ##👍 ##👍")]
    [InlineData("Un", "[UNK]")]
    [InlineData("", "")]
    public void TheLongestPieceIsTakenFromTheLeft(string word, string expected) =>
        Assert.Equal(expected, string.Join(' ', Ids(Json(WordPiece(Pieces)), word).Select(id => Pieces[id])));

    [Theory]
    [InlineData("aaaa", 4)]
    [InlineData("aaaaa", 1)]
    [InlineData("👍👍👍👍", 4)] // characters count, not UTF-16 units
    [InlineData("👍👍👍👍👍", 1)]
    public void AWordBeyondTheLimitOfCharactersIsUnknown(string word, int tokens)
    {
        var ids = Ids(Json(WordPiece(["[UNK]", "a", "##a", "👍", "##👍"], maxCharacters: 4)), word);
        Assert.Equal(tokens, ids.Length);
        Assert.Equal(tokens == 1, ids[0] == 0);
    }

    [Theory]
    [InlineData("@@", "a|b|@@b", "abb", "a @@b @@b")]
    [InlineData("@@", "a|b|##b", "ab", "[UNK]")]
    [InlineData("", "a|b|bb", "abbb", "a bb b")] // without a prefix any piece may go on
    public void TheFileNamesThePrefix(string prefix, string pieces, string word, string expected)
    {
        string[] all = ["[UNK]", .. pieces.Split('|')];
        Assert.Equal(expected, string.Join(' ', Ids(Json(WordPiece(all, prefix)), word).Select(id => all[id])));
    }

    [Fact]
    public void TheSizeCountsUpToTheLargestIdEvenWithGaps()
    {
        var model = new WordPieceModel([("[UNK]", 7), ("a", 2)], "[UNK]", "##", 100);
        Assert.Equal((8, 2, 7, -1), (model.VocabularySize, model.Find("a"), model.Find("[UNK]"), model.Find("b")));
    }

    [Fact]
    public void APieceGivenTwiceKeepsTheLastId() =>
        Assert.Equal(2, new WordPieceModel([("[UNK]", 0), ("a", 1), ("a", 2)], "[UNK]", "##", 100).Find("a"));

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void AnImpossibleIdIsNamedWithItsPiece(int id)
    {
        var error = Assert.Throws<CrossEncoderException>(() => new WordPieceModel([("[UNK]", 0), ("a", id)], "[UNK]", "##", 100));
        Assert.Equal($"'a' has the id {id}", error.Message);
    }

    [Fact]
    public void WhatCameBeforeStaysWhereAWordTurnsOutToBeUnknown()
    {
        var model = new WordPieceModel([("[UNK]", 0), ("a", 1), ("##b", 2)], "[UNK]", "##", 100);
        var ids = new List<int>();
        foreach (var word in new[] { "ab", "abx", "a" })
            model.Encode(word, ids);
        Assert.Equal([1, 2, 0, 1], ids);
    }
}
