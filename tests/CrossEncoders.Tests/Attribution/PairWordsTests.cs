using CrossEncoders.Tests.Tokenization;
using CrossEncoders.Tests.Training;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Attribution;

/// <summary>Which tokens a word has, for every kind of tokenizer.</summary>
public sealed class PairWordsTests
{
    private const string English =
        "Reference: the unbelievably long-winded observatory's 1,000 instruments re-started at 3.5 K, didn't they?";

    [Theory]
    [InlineData("bert")] // WordPiece
    [InlineData("roberta")] // byte-level BPE
    [InlineData("xlm-roberta")] // unigram
    [InlineData("deberta-v2")]
    [InlineData("modernbert")]
    public void AnEnglishWordIsWholeWhateverItsPieces(string architecture)
    {
        using var model = TinyModel.Load(architecture);
        var (tokens, words) = PairWords.Words(model.Tokenizer, English, English);
        Assert.Equal(model.Tokenizer.EncodeToIds(English), tokens);
        AssertCovered(English, tokens, words);
        var texts = words.ConvertAll(word => English.Substring(word.Start, word.Length));
        foreach (var word in (string[])["Reference", "unbelievably", "observatory's", "1,000", "instruments", "3.5", "didn't"])
            Assert.Contains(word, texts);
        Assert.True(tokens.Length > words.Count, "no word has several pieces");
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("xlm-roberta")]
    [InlineData("modernbert")]
    public void WordsStandInTheOrderOfTheTextWhateverItIs(string architecture)
    {
        using var model = TinyModel.Load(architecture);
        foreach (var text in RandomText.Many(200, seed: 3))
        {
            var (tokens, words) = PairWords.Words(model.Tokenizer, text, text);
            var end = 0;
            var token = 0;
            foreach (var word in words)
            {
                Assert.InRange(word.Start, end, text.Length);
                Assert.InRange(word.First, token, tokens.Length);
                (end, token) = (word.Start + word.Length, word.First + word.Tokens);
            }

            Assert.InRange(token, 0, tokens.Length);
        }
    }

    [Fact]
    public void AChineseWordIsWhatTheTokenizerReadsAsOnePiece()
    {
        var tokenizer = TextTokenizer.Load(ModelFolder.Shipped("cross-encoder-small-enzh"));
        const string text = "半夜停电了，备用电源能撑多久？";
        var (tokens, words) = PairWords.Words(tokenizer, text, text);
        AssertCovered(text, tokens, words);
        Assert.Equal(text, string.Concat(words.Select(word => text.Substring(word.Start, word.Length))));
        Assert.All(words, word => Assert.InRange(word.Tokens, 1, 2)); // the second is the mark before the first word
        Assert.Contains(words, word => word.Length > 1);
    }

    [Fact]
    public void APromptHasNoWordsOfItsOwn()
    {
        var tokenizer = TextTokenizer.Load(ModelFolder.Shipped("cross-encoder-small-enzh"));
        var (tokens, words) = PairWords.Words(tokenizer, "query: when?", "when?");
        Assert.Equal([0, 4], words.Select(word => word.Start));
        Assert.Equal(tokenizer.EncodeToIds("query: when?"), tokens);
        Assert.Equal(tokenizer.EncodeToIds("query:").Count, words[0].First);
    }

    [Fact]
    public void AWordTakenOutLeavesTheOthersTokens()
    {
        using var model = TinyModel.Load();
        var words = model.Words(new("a red pump", "the pump is red"));
        var without = words.Without([words.Query[1]], [words.Passage[1], words.Passage[3]]);
        Assert.Equal(model.Words(new("a pump", "the is")).Whole.Ids, without.Ids);
        Assert.Equal(model.Encode([new("a red pump", "the pump is red")])[0].Ids, words.Whole.Ids);
    }

    [Theory]
    [InlineData("answer", "a passage")] // words that the template has as well
    [InlineData("Query", "assistant")]
    [InlineData("yes", "no")]
    public void TheWordsOfAPairStandAtTheirPlaceInAChatTemplate(string query, string passage)
    {
        using var model = ModelFolder.Load(Path.GetDirectoryName(Shared.Path("golden/modules/qwen3-logits/cases.json"))!);
        var words = model.Words(new(query, passage));
        // The first token may be the blank before either word, so the earliest change counts.
        int Changed(Func<string, TextPair> other) =>
            ((string[])["0 1 2", "answers"]).Min(word =>
                model.Words(other(word)).Whole.Ids.Zip(words.Whole.Ids).TakeWhile(pair => pair.First == pair.Second).Count()
            );
        Assert.Equal(Changed(word => new(word, passage)), words.QueryAt);
        Assert.Equal(Changed(word => new(query, word)), words.PassageAt);
    }

    private static void AssertCovered(string text, int[] tokens, IReadOnlyList<WordTokens> words)
    {
        Assert.Equal(Enumerable.Range(0, tokens.Length), words.SelectMany(word => Enumerable.Range(word.First, word.Tokens)));
        var characters = words.SelectMany(word => Enumerable.Range(word.Start, word.Length)).ToList();
        Assert.Equal(Enumerable.Range(0, text.Length).Where(i => !char.IsWhiteSpace(text[i])), characters);
    }
}
