namespace CrossEncoders.Tokenization;

/// <summary>Lays the pieces of a SentencePiece model out as the reference's converters do.</summary>
internal static class SentencePieceLayout
{
    private const char Mark = '\u2581';

    /// <summary>XLM-R: fairseq's four special tokens first, then the pieces after SentencePiece's own three, then the mask.</summary>
    public static TokenizerParts ReadXlmRoberta(string path, TokenizerConfig config)
    {
        var model = SentencePieceFile.Read(path);
        List<(string Piece, double Score)> pieces = [("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0), .. model.Pieces.Skip(3), ("<mask>", 0)];
        AddedToken Special(string content, int id, bool strip = false) => new(content, id, false, strip, false, false);
        return new TokenizerParts(
            [Special("<s>", 0), Special("<pad>", 1), Special("</s>", 2), Special("<unk>", 3), Special("<mask>", pieces.Count - 1, true)],
            Normalizer(model),
            new PreTokenizerSequence([new WhitespaceSplit(), new Metaspace(Mark, prepend: true, split: true)]),
            new UnigramModel(pieces, unknownId: 3),
            TemplateJson.Roberta([0], [2]),
            PaddingId: 1,
            config.ModelMaxLength);
    }

    private static NormalizerSequence Normalizer(SentencePieceFile model) => new(
        model.CharsMap.Length == 0
            ? [new SpacesNormalizer(" ")]
            : [new PrecompiledCharsMap(model.CharsMap), new SpacesNormalizer(" ")]);
}
