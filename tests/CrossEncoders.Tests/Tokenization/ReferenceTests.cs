using System.Text.Json.Nodes;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Ids equal those of a binding of the reference implementation on random text and on very long words.</summary>
public sealed class ReferenceTests
{
    public static TheoryData<string> Names =>
        [
            "multilingual-e5-small-enzh",
            "xlm-roberta",
            "like-bge-m3",
            "bert-base-uncased",
            "wordpiece-cased",
            "wordpiece-uncased",
            "roberta",
            "like-modernbert",
        ];

    [Theory]
    [MemberData(nameof(Names))]
    public void EqualIds(string name)
    {
        using var folder = new ScratchFolder().With("tokenizer.json", Json(name).ToJsonString());
        using var reference = new Tokenizers.DotNet.Tokenizer(folder["tokenizer.json"]);
        var tokenizer = TextTokenizer.Load(folder.Path);
        var longTexts = new[] { "a", "한", "e\u0301", "<s>. ", "\t", "ab1" }.Select(text => string.Concat(Enumerable.Repeat(text, 10_000)));
        foreach (var text in RandomText.Many(20_000, seed: 4).Concat(longTexts))
        {
            var expected = reference.Encode(text).Select(id => (int)id);
            var actual = tokenizer.Encode(text).Ids;
            if (!expected.SequenceEqual(actual))
                Assert.Fail(
                    $"{JsonValue.Create(text).ToJsonString()}: {string.Join(' ', expected)} wanted, {string.Join(' ', actual)} found"
                );
        }
    }

    private static JsonNode Json(string name) =>
        name switch
        {
            "like-modernbert" => TokenizerFolders.ModernBert(),
            "like-bge-m3" => TokenizerFolders.Metaspace(),
            _ => TokenizerFolders.Json(name),
        };
}
