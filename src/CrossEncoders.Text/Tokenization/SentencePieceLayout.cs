namespace CrossEncoders.Tokenization;

/// <summary>Lays the pieces of a SentencePiece model out as the converters of transformers do.</summary>
internal static class SentencePieceLayout
{
    private const char Mark = '\u2581';

    /// <summary>XLM-R: fairseq's four special tokens first, then the pieces after SentencePiece's own three, then the mask.</summary>
    public static TokenizerParts ReadXlmRoberta(string path, TokenizerConfig config)
    {
        var file = SentencePieceFile.Read(path);
        var own = file.Pieces.Skip(3).Select(piece => (piece.Text, piece.Score));
        List<(string Piece, double Score)> pieces = [("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0), .. own, ("<mask>", 0)];
        var model = new UnigramModel(pieces, unknownId: 3);
        var tokens = new SpecialTokens(config, model);
        var start = tokens.Add("cls_token", "<s>");
        var padding = tokens.Add("pad_token", "<pad>");
        var end = tokens.Add("sep_token", "</s>");
        tokens.Add("unk_token", "<unk>");
        tokens.Add("mask_token", "<mask>", stripLeft: true);
        return new TokenizerParts(
            tokens.All(),
            new NormalizerSequence([.. CharsMap(file), new SpacesNormalizer(" ")]),
            new PreTokenizerSequence([new WhitespaceSplit(), new Metaspace(Mark, prepend: true, split: true)]),
            model,
            TemplateJson.Roberta([start], [end]).CutAt(front: config.CutsFront ?? false),
            padding,
            config.ModelMaxLength
        );
    }

    /// <summary>DeBERTa-v2 and v3: the pieces as they are, special ones among them, then the mask.</summary>
    public static TokenizerParts ReadDeberta(string path, TokenizerConfig config)
    {
        if (config.Flag("split_by_punct") == true)
            throw new CrossEncoderException("split_by_punct is true, which is not supported without a tokenizer.json.");
        var file = SentencePieceFile.Read(path);
        var model = new UnigramModel([.. file.Pieces.Select(piece => (piece.Text, piece.Score))], file.UnknownId);
        var tokens = new SpecialTokens(config, model);
        foreach (var piece in file.Pieces.Where(piece => piece.IsSymbol))
            tokens.AddToken(piece.Text);
        var start = tokens.Add("cls_token", "[CLS]");
        var padding = tokens.Add("pad_token", "[PAD]");
        var end = tokens.Add("sep_token", "[SEP]");
        tokens.Add("unk_token", "[UNK]");
        tokens.Add("mask_token", "[MASK]");
        Normalizer[] lower = config.Flag("do_lower_case") == true ? [new LowerCaseNormalizer()] : [];
        return new TokenizerParts(
            tokens.All(),
            new NormalizerSequence([.. lower, new StripNormalizer(left: true, right: true), .. CharsMap(file), new SpacesNormalizer(" ")]),
            new Metaspace(Mark, prepend: true, split: true),
            model,
            TemplateJson.Bert([start], [end]).CutAt(front: config.CutsFront ?? false),
            padding,
            config.ModelMaxLength
        );
    }

    private static IEnumerable<Normalizer> CharsMap(SentencePieceFile file) =>
        file.CharsMap.Length == 0 ? [] : [new PrecompiledCharsMap(file.CharsMap)];
}
