using System.Text.Json.Nodes;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>What holds of any text in any of the golden tokenizers.</summary>
public sealed class TokenizationPropertyTests
{
    private const int Count = 150;

    public static TheoryData<string> Names => ["xlm-roberta", "bert-base-uncased", "wordpiece-cased", "wordpiece-uncased", "roberta"];

    [Theory]
    [MemberData(nameof(Names))]
    public void ALimitKeepsABeginningAndIsNeverExceeded(string name)
    {
        var (tokenizer, random) = (TextTokenizer.Load(Golden.Folder(name)), new Random(1));
        foreach (var text in RandomText.Many(Count, seed: 21))
        {
            var (ids, limit) = (tokenizer.EncodeToIds(text), random.Next(2, 20));
            var (whole, cut) = (tokenizer.Encode(text), tokenizer.Encode(text, limit));
            Assert.Equal([whole.Ids[0], .. ids, whole.Ids[^1]], whole.Ids);
            Assert.Equal([whole.Ids[0], .. ids.Take(limit - 2), whole.Ids[^1]], cut.Ids);
            Assert.Equal((false, whole.Ids.Length > limit), (whole.Truncated, cut.Truncated));
            Assert.Equal((ids.Count, cut.Ids.Length), (tokenizer.CountTokens(text), cut.TypeIds.Length));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void PairsAreTheSameAloneAndTogetherAndWithinTheLimit(string name)
    {
        var (tokenizer, texts) = (TextTokenizer.Load(Golden.Folder(name)), RandomText.Many(2 * Count, seed: 22).ToList());
        var pairs = texts.Take(Count).Zip(texts.Skip(Count)).Where(pair => pair.First.Length > 0 && pair.Second.Length > 0).ToList();
        foreach (var limit in new[] { 6, 17, int.MaxValue })
        {
            foreach (var (pair, together) in pairs.Zip(tokenizer.EncodePairs(pairs, limit)))
            {
                var alone = tokenizer.EncodePair(pair.First, pair.Second, limit);
                Assert.Equal(alone.Ids, together.Ids);
                Assert.Equal(alone.TypeIds, together.TypeIds);
                var whole = tokenizer.EncodePair(pair.First, pair.Second).Ids.Length;
                Assert.Equal((Math.Min(whole, limit), whole > limit), (alone.Ids.Length, alone.Truncated));
            }
        }
    }

    [Theory]
    [InlineData("bert-base-uncased")]
    [InlineData("wordpiece-cased")]
    public void WordPieceWordsDoNotKnowTheirNeighbors(string name)
    {
        var (tokenizer, texts) = (TextTokenizer.Load(Golden.Folder(name)), RandomText.Many(Count, seed: 23).ToList());
        foreach (var (first, second) in texts.Zip(texts.Skip(1)))
            Assert.Equal([.. tokenizer.EncodeToIds(first), .. tokenizer.EncodeToIds(second)], tokenizer.EncodeToIds($"{first} {second}"));
    }

    [Fact]
    public void PiecesOfBytesAreTheTextAgain()
    {
        var (tokenizer, pieces) = (TextTokenizer.Load(Golden.Folder("roberta")), Pieces("roberta"));
        var whole = new ByteLevelPreTokenizer(prependSpace: false, split: false);
        foreach (var text in RandomText.Many(Count, seed: 24).Where(text => text.Length > 0))
        {
            var spelled = new List<string>();
            whole.Split(text, spelled);
            Assert.Equal(spelled[0], string.Concat(tokenizer.EncodeToIds(text).Select(id => pieces[id])));
        }
    }

    [Theory]
    [InlineData("xlm-roberta")]
    [InlineData("wordpiece-cased")]
    public void PiecesOfWordsAreTheTextAgain(string name)
    {
        var (tokenizer, pieces, random) = (TextTokenizer.Load(Golden.Folder(name)), Pieces(name), new Random(25));
        for (var round = 0; round < Count; round++)
        {
            var words = Enumerable
                .Range(0, random.Next(1, 8))
                .Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)random.Next('a', 'z' + 1))));
            var text = string.Join(' ', words);
            var found = string.Join(' ', tokenizer.EncodeToIds(text).Select(id => pieces[id]));
            found = name == "xlm-roberta" ? found.Replace(" ", "").Replace('▁', ' ').Trim() : found.Replace(" ##", "");
            Assert.Equal(text, found);
        }
    }

    private static Dictionary<int, string> Pieces(string name)
    {
        var root = TokenizerFolders.Json(name);
        var pieces = root["model"]!["vocab"] is JsonArray list
            ? list.Index().ToDictionary(piece => piece.Index, piece => (string)piece.Item![0]!)
            : root["model"]!["vocab"]!.AsObject().ToDictionary(piece => (int)piece.Value!, piece => piece.Key);
        foreach (var token in root["added_tokens"]!.AsArray())
            pieces[(int)token!["id"]!] = (string)token["content"]!;
        return pieces;
    }
}
