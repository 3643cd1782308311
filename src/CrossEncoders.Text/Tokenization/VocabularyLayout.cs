using System.Text.Json;

namespace CrossEncoders.Tokenization;

/// <summary>Tokenizers from plain vocabulary files, put together as the classes of transformers do.</summary>
internal static class VocabularyLayout
{
    /// <summary>BERT, DistilBERT, ELECTRA: <c>vocab.txt</c>, one piece a line; its id is the line's number.</summary>
    public static TokenizerParts ReadBert(string path, TokenizerConfig config)
    {
        var pieces = File.ReadAllLines(path).Select((line, index) => (line, index));
        var unknown = config.Text("unk_token") ?? "[UNK]";
        var model = new WordPieceModel(pieces, unknown, "##", WordPieceModel.MaxCharacters);
        var tokens = new SpecialTokens(config, model);
        var padding = tokens.Add("pad_token", "[PAD]");
        tokens.Add("unk_token", "[UNK]");
        var start = tokens.Add("cls_token", "[CLS]");
        var end = tokens.Add("sep_token", "[SEP]");
        tokens.Add("mask_token", "[MASK]");
        var lowerCase = config.Flag("do_lower_case") ?? true;
        var normalizer = new BertNormalizer(
            cleanText: true,
            config.Flag("tokenize_chinese_chars") ?? true,
            config.Flag("strip_accents") ?? lowerCase,
            lowerCase
        );
        return new TokenizerParts(
            tokens.All(),
            normalizer,
            new BertPreTokenizer(),
            model,
            TemplateJson.Bert([start], [end]).CutAt(front: config.CutsFront ?? false),
            padding,
            config.ModelMaxLength
        );
    }

    /// <summary>RoBERTa: <c>vocab.json</c> with pieces and ids, <c>merges.txt</c> with one merge a line after the version.</summary>
    public static TokenizerParts ReadRoberta(string vocabularyPath, string mergesPath, TokenizerConfig config)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(vocabularyPath));
        var vocabulary = new Dictionary<string, int>();
        foreach (var entry in document.RootElement.EnumerateObject())
            vocabulary[entry.Name] = entry.Value.GetInt32();
        var merges = File.ReadAllLines(mergesPath).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal));
        var model = new BpeModel(vocabulary, [.. merges.Select(TokenizerJson.SplitMerge)], unknownToken: null, ignoreMerges: false);
        var tokens = new SpecialTokens(config, model);
        var start = tokens.Add("cls_token", "<s>");
        var padding = tokens.Add("pad_token", "<pad>");
        var end = tokens.Add("sep_token", "</s>");
        tokens.Add("bos_token", "<s>");
        tokens.Add("eos_token", "</s>");
        tokens.Add("unk_token", "<unk>");
        tokens.Add("mask_token", "<mask>", stripLeft: true);
        return new TokenizerParts(
            tokens.All(),
            Normalizer: null,
            new ByteLevelPreTokenizer(config.Flag("add_prefix_space") ?? false, split: true),
            model,
            TemplateJson.Roberta([start], [end]).CutAt(front: config.CutsFront ?? false),
            padding,
            config.ModelMaxLength
        );
    }
}
