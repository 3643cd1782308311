using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Folders without a tokenizer.json: small vocabularies in the layouts of BERT, RoBERTa, XLM-R and DeBERTa.</summary>
public sealed class VocabularyFileTests
{
    private const string Bert = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\n##s\ncafe\n漢\n字\nHello\n";
    private const string Roberta =
        """{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4, "b": 5, "ab": 6, "Ġ": 7, "Ġa": 8, "<mask>": 9, "#": 10, "##": 11}""";
    private const string Merges = "#version: 0.2\na b\nĠ a\n# #\n";

    [Theory]
    [InlineData("{}", "Hellos CAFÉ", new[] { 2, 5, 6, 7, 3 })]
    [InlineData("""{"do_lower_case": false}""", "Hello hellos", new[] { 2, 10, 5, 6, 3 })]
    [InlineData("""{"do_lower_case": false}""", "café", new[] { 2, 1, 3 })] // the accent stays with the case
    [InlineData("""{"strip_accents": false}""", "Hello café", new[] { 2, 5, 1, 3 })]
    [InlineData("""{"do_lower_case": false, "strip_accents": true}""", "Hello café", new[] { 2, 10, 7, 3 })]
    [InlineData("{}", "漢字", new[] { 2, 8, 9, 3 })]
    [InlineData("""{"tokenize_chinese_chars": false}""", "漢字", new[] { 2, 1, 3 })]
    [InlineData("""{"sep_token": "[END]"}""", "hello", new[] { 2, 5, 11 })] // the vocabulary lacks it: the next free id
    [InlineData("""{"sep_token": "[END]"}""", "[END][SEP]", new[] { 2, 11, 1, 1, 1, 11 })] // which is then no special token
    [InlineData("""{"cls_token": {"content": "Hello"}}""", "Hello", new[] { 10, 10, 3 })]
    public void BertsVocabulary(string config, string text, int[] expected) =>
        Assert.Equal(expected, Load(config, ("vocab.txt", Bert)).Encode(text).Ids);

    [Fact]
    public void LineEndsOfWindowsChangeNothing()
    {
        var tokenizer = Load("{}", ("vocab.txt", Bert.Replace("\n", "\r\n")));
        Assert.Equal([2, 5, 6, 3], tokenizer.Encode("hellos").Ids);
        Assert.Equal((0, 11), (tokenizer.PaddingId, tokenizer.VocabularySize));
    }

    [Theory]
    [InlineData("{}", "ab a", new[] { 0, 6, 8, 2 })]
    [InlineData("{}", "##", new[] { 0, 11, 2 })] // a merge of number signs is no comment
    [InlineData("""{"add_prefix_space": true}""", "a", new[] { 0, 8, 2 })]
    [InlineData("{}", "a <mask>", new[] { 0, 4, 9, 2 })] // the space before the mask goes along
    [InlineData("""{"mask_token": {"content": "<mask>", "lstrip": false}}""", "a <mask>", new[] { 0, 4, 7, 9, 2 })]
    [InlineData("{}", "a</s>b", new[] { 0, 4, 2, 5, 2 })]
    [InlineData("{}", "aéb", new[] { 0, 6, 2 })] // bytes without a piece are dropped, and their neighbors merge
    public void RobertasVocabulary(string config, string text, int[] expected)
    {
        var tokenizer = Load(config, ("vocab.json", Roberta), ("merges.txt", Merges));
        Assert.Equal(expected, tokenizer.Encode(text).Ids);
        Assert.Equal([0, 4, 2, 2, 5, 2], Load("{}", ("vocab.json", Roberta), ("merges.txt", Merges)).EncodePair("a", "b").Ids);
        Assert.Equal((1, 12), (tokenizer.PaddingId, tokenizer.VocabularySize));
    }

    [Theory]
    [InlineData("a ab b", new[] { 0, 4, 4, 6, 5, 6, 2 })]
    [InlineData("a  b", new[] { 0, 4, 5, 6, 2 })]
    [InlineData("a <mask>b", new[] { 0, 4, 7, 5, 6, 2 })]
    [InlineData("c", new[] { 0, 5, 3, 2 })]
    [InlineData("<pad>", new[] { 0, 1, 2 })]
    public void XlmRobertasPiecesMoveUpByOne(string text, int[] expected)
    {
        using var folder = new ScratchFolder();
        File.WriteAllBytes(folder["sentencepiece.bpe.model"], SentencePieceModels.XlmRoberta());
        var tokenizer = TextTokenizer.Load(folder.Path);
        Assert.Equal(expected, tokenizer.Encode(text).Ids);
        Assert.Equal([0, 4, 2, 2, 5, 6, 2], tokenizer.EncodePair("a", "b").Ids);
        Assert.Equal(0, tokenizer.EncodePair("a", "b").TypeIds.Sum());
        Assert.Equal((1, 8), (tokenizer.PaddingId, tokenizer.VocabularySize));
    }

    [Theory]
    [InlineData("{}", " a b ", new[] { 1, 4, 5, 6, 2 })]
    [InlineData("{}", "a [X]b", new[] { 1, 4, 7, 5, 6, 2 })] // a symbol of the user's is recognized as written
    [InlineData("{}", "[MASK]", new[] { 1, 8, 2 })]
    [InlineData("{}", "A", new[] { 1, 5, 3, 2 })]
    [InlineData("""{"do_lower_case": true}""", "A", new[] { 1, 4, 2 })]
    public void DebertasPiecesKeepTheirPlaces(string config, string text, int[] expected)
    {
        using var folder = new ScratchFolder().With("tokenizer_config.json", config);
        File.WriteAllBytes(folder["spm.model"], SentencePieceModels.Deberta());
        var tokenizer = TextTokenizer.Load(folder.Path);
        Assert.Equal(expected, tokenizer.Encode(text).Ids);
        Assert.Equal([0, 0, 0, 1, 1, 1], tokenizer.EncodePair("a", "b").TypeIds);
        Assert.Equal((0, 9), (tokenizer.PaddingId, tokenizer.VocabularySize));
    }

    [Theory]
    [InlineData("{}", """{"[Q1]": 11}""", "[Q1]hello [Q2]", "2 11 5 1 1 1 3", 12)]
    [InlineData("{}", """{"[Q1]": 12, "[Q2]": 11}""", "[Q1]hello [Q2]", "2 12 5 11 3", 13)]
    [InlineData("""{"sep_token": "[END]"}""", """{"[Q1]": 11, "[END]": 12}""", "[Q1]", "2 11 12", 13)]
    [InlineData("""{"sep_token": "[END]"}""", """{"[Q1]": 11}""", "[Q1]", "2 11 12", 13)] // the id after the stated ones
    [InlineData("""{"additional_special_tokens": ["[Q2]", {"content": "[Q1]"}]}""", """{"[Q1]": 11}""", "[Q1][Q2]", "2 11 12 3", 13)]
    [InlineData("""{"additional_special_tokens": ["Hello"]}""", "{}", "Hello hello", "2 10 5 3", 11)] // as it is written
    [InlineData("""{"added_tokens_decoder": {"11": {"content": "[Q1]", "special": true}}}""", """{"[Q1]": 12}""", "[Q1]", "2 11 3", 12)]
    [InlineData("""{"added_tokens_decoder": {"11": {"content": "QQ", "special": false}}}""", "{}", "qq", "2 11 3", 12)]
    [InlineData("""{"added_tokens_decoder": {"11": {"content": "QQ", "normalized": false}}}""", "{}", "qq QQ", "2 1 11 3", 12)]
    public void TokensThatTheFilesAddAreRecognizedWithTheirIds(string config, string added, string text, string expected, int size)
    {
        var tokenizer = Load(config, ("vocab.txt", Bert), ("added_tokens.json", added));
        Assert.Equal(expected, string.Join(' ', tokenizer.Encode(text).Ids));
        Assert.Equal(size, tokenizer.VocabularySize);
    }

    [Theory]
    [InlineData("vocab.json merges.txt", 12, "0 4 12 2")]
    [InlineData("sentencepiece.bpe.model", 8, "0 4 8 2")]
    [InlineData("spm.model", 9, "1 4 9 2")]
    public void EveryLayoutTakesThem(string files, int id, string expected)
    {
        using var folder = new ScratchFolder().With("added_tokens.json", $$"""{"<q>": {{id}}}""");
        foreach (var file in files.Split(' '))
            File.WriteAllBytes(folder[file], Content(file));
        Assert.Equal(expected, string.Join(' ', TextTokenizer.Load(folder.Path).Encode("a<q>").Ids));
    }

    [Theory]
    [InlineData("{}", """{"[Q1]": -1}""", "the added token '[Q1]' has the id -1")]
    [InlineData("{}", "[]", "added_tokens.json is of the kind Array, not an object")]
    [InlineData("{}", """{"[Q1]": "11"}""", "vocab.txt) cannot be read")]
    [InlineData("""{"added_tokens_decoder": {"x": {"content": "[Q1]"}}}""", "{}", "vocab.txt) cannot be read")]
    [InlineData("""{"additional_special_tokens": [1]}""", "{}", "vocab.txt) cannot be read")]
    public void AddedTokensThatCannotBeAreClearErrors(string config, string added, string expected)
    {
        var error = Assert.Throws<CrossEncoderException>(() => Load(config, ("vocab.txt", Bert), ("added_tokens.json", added)));
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("tokenizer.json sentencepiece.bpe.model spm.model vocab.json merges.txt vocab.txt", "0")]
    [InlineData("sentencepiece.bpe.model spm.model vocab.json merges.txt vocab.txt", "0 4 5 6 2")]
    [InlineData("spm.model vocab.json merges.txt vocab.txt", "1 4 5 6 2")]
    [InlineData("vocab.json merges.txt vocab.txt", "0 4 7 5 2")]
    [InlineData("vocab.json vocab.txt", "2 1 1 3")] // without merges the pieces are of no use
    [InlineData("merges.txt vocab.txt", "2 1 1 3")]
    public void TheFilesDecideInTheirOrder(string files, string expected)
    {
        using ScratchFolder folder = new(),
            target = new();
        foreach (var file in files.Split(' '))
            File.WriteAllBytes(folder[file], Content(file));
        var tokenizer = TextTokenizer.Load(folder.Path);
        Assert.Equal(expected, string.Join(' ', tokenizer.Encode("a b").Ids));
        Assert.Equal(files.Split(' ').Order(), tokenizer.FileNames.Order());
        tokenizer.Save(target.Path);
        Assert.Equal(expected, string.Join(' ', TextTokenizer.Load(target.Path).Encode("a b").Ids));
        Assert.All(files.Split(' '), file => Assert.Equal(Content(file), File.ReadAllBytes(target[file])));
    }

    [Theory]
    [InlineData("vocab.txt", "[PAD]\n[CLS]\n", "the vocabulary lacks the unknown token [UNK]")]
    [InlineData("vocab.txt", "", "the vocabulary lacks the unknown token [UNK]")]
    [InlineData("vocab.json", """{"a": "1"}""", "vocab.json) cannot be read")]
    [InlineData("vocab.json", """{"a": -1, "b": 0, "ab": 2}""", "'a' has the id -1")]
    [InlineData("vocab.json", "[]", "vocab.json) cannot be read")]
    [InlineData("merges.txt", "#version: 0.2\na b c\n", "the merge 'a b c' is not two pieces")]
    [InlineData("merges.txt", "b a\n", "the vocabulary lacks the piece 'ba'")]
    public void ADamagedVocabularyIsNamed(string name, string content, string expected)
    {
        (string, string)[] files = name == "vocab.txt" ? [] : [("vocab.json", Roberta), ("merges.txt", Merges)];
        var error = Assert.Throws<CrossEncoderException>(() => Load("{}", [.. files, (name, content)]));
        Assert.Contains(expected, error.Message);
        Assert.EndsWith("Fetch the file again, or save it anew with transformers.", error.Message);
    }

    [Theory]
    [InlineData(1, 9, "{}", "the id of the unknown token is 9, but there are 8 pieces")]
    [InlineData(2, 3, "{}", "the SentencePiece model is of type 2; only unigram (1) is supported")]
    [InlineData(0, 3, "{}", "the SentencePiece model has no pieces")] // no file of pieces at all
    [InlineData(1, 3, """{"split_by_punct": true}""", "split_by_punct is true")]
    public void ASentencePieceModelThatCannotBeUsedIsNamed(byte kind, int unknownId, string config, string expected)
    {
        using var folder = new ScratchFolder().With("tokenizer_config.json", config);
        var bytes = kind == 1 ? SentencePieceModels.Deberta(unknownId) : SentencePieceModels.Bytes([("a", 0, 1)], unknownId, kind);
        File.WriteAllBytes(folder["spm.model"], kind == 0 ? [] : bytes);
        Assert.Contains(expected, Assert.Throws<CrossEncoderException>(() => TextTokenizer.Load(folder.Path)).Message);
    }

    private static byte[] Content(string file) =>
        file switch
        {
            "sentencepiece.bpe.model" => SentencePieceModels.XlmRoberta(),
            "spm.model" => SentencePieceModels.Deberta(),
            "tokenizer.json" => System.Text.Encoding.UTF8.GetBytes(SmallTokenizers.Json(SmallTokenizers.WordPiece(["[UNK]"]))),
            "vocab.json" => System.Text.Encoding.UTF8.GetBytes(Roberta),
            "merges.txt" => System.Text.Encoding.UTF8.GetBytes(Merges),
            _ => System.Text.Encoding.UTF8.GetBytes(Bert),
        };

    private static TextTokenizer Load(string config, params (string Name, string Content)[] files)
    {
        using var folder = new ScratchFolder().With("tokenizer_config.json", config);
        foreach (var (name, content) in files)
            folder.With(name, content);
        return TextTokenizer.Load(folder.Path);
    }
}
