using CrossEncoders.Tokenization;
using static CrossEncoders.Tests.Tokenization.SmallTokenizers;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>The best segmentation, by hand, by trying all of them, and as tokenizers finds it.</summary>
public sealed class UnigramModelTests
{
    private static readonly (string Piece, double Score)[] Pieces =
    [
        ("a", -1),
        ("b", -1),
        ("c", -1),
        ("ab", -1.5),
        ("bc", -1.2),
        ("abc", -5),
        ("xy", -30),
        ("漢字", -2),
        ("👍", -2),
    ];

    [Theory]
    [InlineData("ab", "ab")] // -1.5 rather than -2
    [InlineData("abc", "a bc")] // -2.2 rather than -2.5 or -5: neither the longest piece nor the greedy choice
    [InlineData("abab", "ab ab")]
    [InlineData("cab", "c ab")]
    [InlineData("", "")]
    [InlineData("z", "<unk>")]
    [InlineData("zzz", "<unk>")] // a run of unknown characters is one token
    [InlineData("zazz", "<unk> a <unk>")]
    [InlineData("xy", "xy")] // -30 rather than twice the unknown's -40
    [InlineData("xyx", "xy <unk>")]
    [InlineData("漢字漢", "漢字 <unk>")] // a character that is only part of a piece is unknown alone
    [InlineData("👍👎", "👍 <unk>")] // which share their first UTF-16 unit
    [InlineData("a👎👎b", "a <unk> b")]
    [InlineData("<unk>", "<unk>")] // the unknown token's own text
    [InlineData("z<unk>z", "<unk>")]
    public void TheHighestSumWins(string word, string expected)
    {
        string[] names = ["<unk>", .. Pieces.Select(piece => piece.Piece)];
        Assert.Equal(expected, string.Join(' ', Ids(Json(Unigram(Pieces)), word).Select(id => names[id])));
    }

    [Theory]
    [InlineData("ab", "ab")] // a piece that starts earlier
    [InlineData("aab", "a ab")]
    [InlineData("aaa", "a aa")] // looked at from the end
    [InlineData("aaaa", "aa aa")]
    public void OfEqualSumsTheOneWhoseLastPieceStartsEarlierWins(string word, string expected)
    {
        string[] names = ["<unk>", "a", "b", "ab", "aa"];
        var model = Unigram(("a", -1), ("b", -1), ("ab", -2), ("aa", -2));
        Assert.Equal(expected, string.Join(' ', Ids(Json(model), word).Select(id => names[id])));
    }

    [Theory]
    [InlineData(254)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(1000)]
    public void LongWordsAreSegmentedAsShortOnes(int length)
    {
        var word = string.Concat(Enumerable.Repeat("ab", length / 2)) + (length % 2 == 1 ? "c" : "");
        Assert.Equal(
            [.. Enumerable.Repeat(4, length / 2 - length % 2), .. length % 2 == 1 ? [1, 5] : (int[])[]],
            Encode(Model(Pieces), word)
        );
        Assert.Equal(Encode(Model(Pieces), word), Ids(Json(Unigram(Pieces)), word));
    }

    [Fact]
    public void NoSegmentationOfARandomWordIsBetter()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var pieces = "abc".Select(letter => ($"{letter}", Score())).ToList();
            for (var i = 0; i < 8; i++)
                pieces.Add((Word(random.Next(2, 4)), Score()));
            pieces = [.. pieces.DistinctBy(piece => piece.Item1)];
            var word = Word(random.Next(1, 9));
            var found = Encode(Model([.. pieces]), word);
            Assert.Equal(word, string.Concat(found.Select(id => pieces[id - 1].Item1)));
            Assert.Equal(Best(pieces, word), found.Sum(id => pieces[id - 1].Item2), 1e-9);
        }

        double Score() => -10 * random.NextDouble();
        string Word(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => "abc"[random.Next(3)]));
    }

    [Fact]
    public void RandomWordsAreSegmentedAsTokenizersDoes()
    {
        using var folder = new ScratchFolder().With("tokenizer.json", Json(Unigram(Pieces)));
        using var reference = new Tokenizers.DotNet.Tokenizer(folder["tokenizer.json"]);
        var (tokenizer, random) = (TextTokenizer.Load(folder.Path), new Random(3));
        string[] parts = ["a", "b", "c", "x", "y", "z", "漢", "字", "👍", "👎", "é"];
        for (var round = 0; round < 500; round++)
        {
            var word = string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => parts[random.Next(parts.Length)]));
            Assert.Equal(reference.Encode(word).Select(id => (int)id), tokenizer.EncodeToIds(word));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void AnUnknownTokenOutsideOfThePiecesIsRefused(int id)
    {
        var error = Assert.Throws<CrossEncoderException>(() => new UnigramModel([("<unk>", 0), ("a", -1)], id));
        Assert.Equal($"the id of the unknown token is {id}, but there are 2 pieces", error.Message);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void AScoreThatIsNoNumberIsRefused(double score)
    {
        var error = Assert.Throws<CrossEncoderException>(() => new UnigramModel([("<unk>", 0), ("a", score)], 0));
        Assert.StartsWith("the score of piece 1 is ", error.Message);
    }

    [Fact]
    public void AnEmptyPieceKeepsItsIdButIsNeverFound()
    {
        var model = new UnigramModel([("<unk>", 0), ("", 5), ("a", -1)], 0);
        Assert.Equal((3, -1, 2), (model.VocabularySize, model.Find(""), model.Find("a")));
        Assert.Equal([2, 2], Encode(model, "aa"));
    }

    private static UnigramModel Model(IReadOnlyList<(string, double)> pieces) => new([("<unk>", 0), .. pieces], 0);

    private static double Best(List<(string Piece, double Score)> pieces, string word) =>
        word.Length == 0
            ? 0
            : pieces
                .Where(piece => word.StartsWith(piece.Piece, StringComparison.Ordinal))
                .Max(piece => piece.Score + Best(pieces, word[piece.Piece.Length..]));

    private static int[] Encode(UnigramModel model, string word)
    {
        var ids = new List<int>();
        model.Encode(word, ids);
        return [.. ids];
    }
}
