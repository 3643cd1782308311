using System.Globalization;
using System.Text;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>The trie gives what a dictionary gives, at any size; characters have the categories that tokenizers knows.</summary>
public sealed class PieceTrieTests
{
    [Fact]
    public void ItFindsWhatADictionaryFinds()
    {
        var (random, trie, dictionary) = (new Random(4), new PieceTrie(), new Dictionary<string, int>());
        for (var id = 0; id < 5_000; id++) // enough to grow it several times
        {
            var piece = Word(random, 1, 6);
            trie.Add(piece, id);
            dictionary[piece] = id;
        }

        Assert.Equal(dictionary.Count, trie.Count);
        Assert.All(dictionary, entry => Assert.Equal(entry.Value, trie.Find(entry.Key)));
        for (var round = 0; round < 2_000; round++)
        {
            var text = Word(random, 0, 9);
            Assert.Equal(dictionary.GetValueOrDefault(text, -1), trie.Find(text));
            var longest = Enumerable.Range(1, text.Length).Reverse().FirstOrDefault(length => dictionary.ContainsKey(text[..length]));
            Assert.Equal((longest == 0 ? -1 : dictionary[text[..longest]], longest), trie.LongestPrefix(text));
        }

        static string Word(Random random, int min, int max) =>
            string.Concat(Enumerable.Range(0, random.Next(min, max + 1)).Select(_ => "abcé漢\uD83D\uDC4D\0"[random.Next(8)]));
    }

    [Fact]
    public void APrefixIsNoPieceButLeadsToOne()
    {
        var trie = new PieceTrie();
        trie.Add("##ing", 3);
        var node = trie.Node("##");
        Assert.Equal((-1, -1, 3), (trie.Find("##"), trie.Id(node), trie.Find("##ing")));
        Assert.Equal((3, 3), trie.LongestPrefix("ings", node));
        Assert.Equal((-1, 0), trie.LongestPrefix("ings"));
        Assert.Equal((-1, 0), trie.LongestPrefix("ing", trie.Node("#x"))); // a prefix of nothing
        Assert.Equal((PieceTrie.Root, -1), (trie.Node(""), trie.Node("x")));
    }

    [Fact]
    public void ThePieceOfNoTextIsNeverAMatch()
    {
        var trie = new PieceTrie();
        trie.Add("", 1);
        Assert.Equal((1, 1), (trie.Find(""), trie.Count));
        Assert.Equal((-1, 0), trie.LongestPrefix("a"));
    }

    [Theory]
    [InlineData(0x0301, UnicodeCategory.NonSpacingMark)]
    [InlineData(0x2014, UnicodeCategory.DashPunctuation)]
    [InlineData(0x093F, UnicodeCategory.SpacingCombiningMark)]
    [InlineData(0x2E42, UnicodeCategory.OpenPunctuation)]
    [InlineData(0x2E43, UnicodeCategory.OtherNotAssigned)] // Unicode 9
    [InlineData(0x2E4F, UnicodeCategory.OtherNotAssigned)] // the last of its range
    [InlineData(0x061D, UnicodeCategory.OtherNotAssigned)] // Unicode 14
    [InlineData(0x1E94A, UnicodeCategory.OtherNotAssigned)]
    [InlineData(0x166D, UnicodeCategory.OtherPunctuation)] // a symbol since Unicode 12
    [InlineData(0x1734, UnicodeCategory.NonSpacingMark)] // a spacing mark since Unicode 14
    [InlineData(0x1F44D, UnicodeCategory.OtherSymbol)]
    public void CategoriesAreThoseOfUnicodeEight(int rune, UnicodeCategory expected) =>
        Assert.Equal(expected, UnicodeCategories.Of(new Rune(rune)));
}
