using System.Text.Json.Nodes;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>The files in the folder decide; plain vocabulary files give what <c>tokenizer.json</c> gives.</summary>
public sealed class LoadingTests
{
    [Theory]
    [InlineData("bert-base-uncased", "vocab.txt")]
    [InlineData("wordpiece-cased", "vocab.txt")]
    [InlineData("wordpiece-uncased", "vocab.txt")]
    [InlineData("xlm-roberta", "sentencepiece.bpe.model")]
    [InlineData("multilingual-e5-small-enzh", "sentencepiece.bpe.model")]
    [InlineData("roberta", "vocab.json", "merges.txt")]
    public void VocabularyFiles(string name, params string[] files)
    {
        var source = Golden.Folder(name);
        using var folder = new ScratchFolder().Copy(source, files);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "tokenizer_config.json")))!;
        if (name == "roberta")
        {
            // As in its tokenizer.json; the class's own mask takes the space before it along.
            config["mask_token"] = JsonNode.Parse("""{"content": "<mask>", "lstrip": false}""");
        }

        folder.With("tokenizer_config.json", config.ToJsonString());
        var (expected, actual) = (TextTokenizer.Load(source), TextTokenizer.Load(folder.Path));
        Assert.Equal((expected.VocabularySize, expected.PaddingId, 512), (actual.VocabularySize, actual.PaddingId, actual.ModelMaxLength));
        foreach (var text in RandomText.Many(2_000, seed: 1))
        {
            var (a, b) = (expected.EncodePair(text, "b"), actual.EncodePair(text, "b"));
            Assert.Equal(a.Ids, b.Ids);
            Assert.Equal(a.TypeIds, b.TypeIds);
        }
    }

    [Fact]
    public void DebertaModelIsLaidOutAsTheReferenceConvertsIt()
    {
        var path = Path.Combine(Golden.Folder("xlm-roberta"), "sentencepiece.bpe.model");
        var root = TokenizerFolders.Metaspace();
        var pieces = SentencePieceFile.Read(path).Pieces;
        root["model"]!["vocab"] = new JsonArray([.. pieces.Select(piece => new JsonArray(piece.Text, piece.Score))]);
        root["model"]!["unk_id"] = pieces.FindIndex(piece => piece.Text == "<unk>");
        string[] special = ["<s>", "</s>", "<unk>", "[CLS]", "[PAD]", "[SEP]", "[MASK]"];
        int Id(string token) =>
            pieces.FindIndex(piece => piece.Text == token) is >= 0 and var id ? id : pieces.Count + Array.IndexOf(special, token) - 3;
        root["added_tokens"] = new JsonArray([
            .. special.Select(token => new JsonObject
            {
                ["id"] = Id(token),
                ["content"] = token,
                ["special"] = true,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
            }),
        ]);
        root["post_processor"] = JsonNode.Parse(
            $$"""{"type": "BertProcessing", "cls": ["[CLS]", {{Id("[CLS]")}}], "sep": ["[SEP]", {{Id("[SEP]")}}]}"""
        );
        using var reference = new ScratchFolder().With("tokenizer.json", root.ToJsonString());
        using var folder = new ScratchFolder().With("tokenizer_config.json", """{"unk_token": "<unk>"}""");
        File.Copy(path, folder["spm.model"]);
        using var oracle = new Tokenizers.DotNet.Tokenizer(reference["tokenizer.json"]);
        var tokenizer = TextTokenizer.Load(folder.Path);
        foreach (var text in RandomText.Many(2_000, seed: 2))
            Assert.Equal(oracle.Encode(text).Select(id => (int)id), tokenizer.Encode(text).Ids);
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("distilbert")]
    [InlineData("electra")]
    [InlineData("modernbert")]
    [InlineData("roberta")]
    [InlineData("xlm-roberta")]
    [InlineData("deberta-v2")]
    public void EveryGoldenModelHasItsTokenizer(string architecture)
    {
        var folder = Shared.Path($"golden/models/{architecture}");
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!;
        var tokenizer = TextTokenizer.Load(folder);
        Assert.InRange(tokenizer.EncodePair("a", "b").Ids.Max(), 1, tokenizer.VocabularySize - 1);
        Assert.InRange(tokenizer.VocabularySize, 2500, (int)config["vocab_size"]!);
        Assert.Equal((int)config["pad_token_id"]!, tokenizer.PaddingId);
    }

    [Fact]
    public void ConfigurationDecidesOnCase()
    {
        var source = Golden.Folder("wordpiece-uncased");
        using var folder = new ScratchFolder()
            .Copy(source, "tokenizer.json")
            .With("tokenizer_config.json", """{"do_lower_case": false, "tokenizer_class": "BertTokenizer", "model_max_length": 1e30}""");
        var (lower, cased) = (TextTokenizer.Load(source), TextTokenizer.Load(folder.Path));
        Assert.Null(cased.ModelMaxLength);
        Assert.NotEqual(lower.EncodeToIds("HELLO É"), cased.EncodeToIds("HELLO É"));
        Assert.Equal(lower.EncodeToIds("hello"), cased.EncodeToIds("hello"));
    }

    [Fact]
    public void SaveCopiesEveryFileOrNone()
    {
        using ScratchFolder source = new(),
            target = new();
        source.Copy(Golden.Folder("roberta"), "vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json");
        var tokenizer = TextTokenizer.Load(source.Path);
        var saved = target["deep/er"];
        tokenizer.Save(saved);
        Assert.Equal(tokenizer.FileNames.Order(), Directory.GetFiles(saved).Select(path => Path.GetFileName(path)).Order());
        Assert.Equal(tokenizer.EncodeToIds("round trip"), TextTokenizer.Load(saved).EncodeToIds("round trip"));
        tokenizer.Save(saved);
        tokenizer.Save(source.Path);

        File.Delete(source["merges.txt"]);
        var error = Assert.Throws<CrossEncoderException>(() => tokenizer.Save(target["other"]));
        Assert.Contains("merges.txt", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(target["other"]));
    }

    [Fact]
    public void FolderWithoutTokenizerIsNamed()
    {
        using var folder = new ScratchFolder().With("vocab.json", "{}");
        var error = Assert.Throws<CrossEncoderException>(() => TextTokenizer.Load(folder.Path));
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
        Assert.Throws<CrossEncoderException>(() => TextTokenizer.Load(folder["absent"]));
    }
}
