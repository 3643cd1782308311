using System.Text.Json;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Ids equal the reference's exactly.</summary>
public sealed class GoldenTokenizationTests
{
    [Theory]
    [InlineData("multilingual-e5-small-enzh")]
    [InlineData("xlm-roberta")]
    [InlineData("xlm-roberta-250k")]
    [InlineData("bert-base-uncased")]
    [InlineData("wordpiece-cased")]
    [InlineData("roberta")]
    public void Texts(string name)
    {
        var tokenizer = TextTokenizer.Load(Golden.Folder(name));
        var wrong = Golden
            .Lines($"{name}/texts.jsonl")
            .Where(line => !tokenizer.Encode(line.GetProperty("text").GetString()!).Ids.SequenceEqual(Golden.Ints(line, "ids")))
            .Select(line => line.GetProperty("text").GetRawText());
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("multilingual-e5-small-enzh")]
    [InlineData("xlm-roberta")]
    [InlineData("bert-base-uncased")]
    [InlineData("wordpiece-cased")]
    [InlineData("roberta")]
    public void Pairs(string name)
    {
        var tokenizer = TextTokenizer.Load(Golden.Folder(name));
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
            Assert.Equal(Golden.Has(line, "token_type_ids") ? Golden.Ints(line, "token_type_ids") : new int[pair.Ids.Length], pair.TypeIds);
            Assert.Equal(tokenizer.EncodePair(first, second).Ids.Length > pair.Ids.Length, pair.Truncated);
        }
    }

    [Theory]
    [InlineData("multilingual-e5-small-enzh")]
    [InlineData("xlm-roberta")]
    [InlineData("bert-base-uncased")]
    [InlineData("wordpiece-cased")]
    [InlineData("roberta")]
    public void Batches(string name)
    {
        var tokenizer = TextTokenizer.Load(Golden.Folder(name));
        var golden = JsonElement.Parse(File.ReadAllText(Shared.Path($"golden/tokenization/{name}/batch.json")));
        var pairs = golden.GetProperty("pairs").EnumerateArray().Select(pair => (pair[0].GetString()!, pair[1].GetString()!));
        var batch = TokenBatch.Pad(tokenizer.EncodePairs(pairs, golden.GetProperty("max_length").GetInt32()), tokenizer.PaddingId);
        Assert.Equal(Golden.Matrix(golden, "input_ids").Cast<long>(), batch.Ids);
        Assert.Equal(Golden.Matrix(golden, "attention_mask").Cast<long>(), batch.Mask.Select(isToken => isToken ? 1L : 0));
        Assert.Equal(
            Golden.Has(golden, "token_type_ids") ? Golden.Matrix(golden, "token_type_ids").Cast<long>() : new long[batch.Ids.Length],
            batch.TypeIds
        );
    }
}
