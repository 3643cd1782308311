using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Ids equal the reference's exactly.</summary>
public sealed class GoldenTokenizationTests
{
    [Theory]
    [InlineData("multilingual-e5-small-enzh", "models/multilingual-e5-small-enzh")]
    [InlineData("xlm-roberta", "golden/tokenizers/xlm-roberta")]
    [InlineData("xlm-roberta-250k", "golden/tokenizers/xlm-roberta-250k")]
    public void Texts(string name, string folder)
    {
        var tokenizer = TextTokenizer.Load(Shared.Path(folder));
        var wrong = Golden.Lines($"{name}/texts.jsonl")
            .Where(line => !tokenizer.Encode(line.GetProperty("text").GetString()!).Ids.SequenceEqual(Golden.Ints(line, "ids")))
            .Select(line => line.GetProperty("text").GetRawText());
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("multilingual-e5-small-enzh", "models/multilingual-e5-small-enzh")]
    [InlineData("xlm-roberta", "golden/tokenizers/xlm-roberta")]
    public void Pairs(string name, string folder)
    {
        var tokenizer = TextTokenizer.Load(Shared.Path(folder));
        foreach (var line in Golden.Lines($"{name}/pairs.jsonl"))
        {
            var (first, second) = (line.GetProperty("a").GetString()!, line.GetProperty("b").GetString()!);
            var maxLength = line.GetProperty("max_length").GetInt32();
            var truncation = Golden.Truncation(line);
            if (line.TryGetProperty("error", out _))
            {
                Assert.Throws<CrossEncoderException>(() => tokenizer.EncodePair(first, second, maxLength, truncation));
                continue;
            }

            var pair = tokenizer.EncodePair(first, second, maxLength, truncation);
            Assert.Equal(Golden.Ints(line, "ids"), pair.Ids);
            Assert.Equal(line.TryGetProperty("token_type_ids", out _) ? Golden.Ints(line, "token_type_ids") : new int[pair.Ids.Length], pair.TypeIds);
            Assert.Equal(tokenizer.EncodePair(first, second).Ids.Length > pair.Ids.Length, pair.Truncated);
        }
    }
}
