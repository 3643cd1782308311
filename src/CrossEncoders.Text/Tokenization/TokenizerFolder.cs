using System.Text.Json;

namespace CrossEncoders.Tokenization;

/// <summary>Chooses and reads the tokenizer of a folder.</summary>
internal static class TokenizerFolder
{
    /// <summary>See <see cref="TextTokenizer.Load"/>.</summary>
    public static TextTokenizer Load(string folder)
    {
        var files = new TokenizerFiles(folder);
        var name = Choose(files)
            ?? throw new CrossEncoderException(
                $"{folder} has no tokenizer: expected tokenizer.json, sentencepiece.bpe.model, spm.model, vocab.json with merges.txt, "
                    + "or vocab.txt."
            );
        try
        {
            var config = new TokenizerConfig(files);
            var parts = Read(name, files, config) with { MaskToken = config.Text("mask_token") };
            return new PipelineTokenizer(config.GivesTypes ? parts : parts with { Template = parts.Template.WithoutTypes() }, files);
        }
        catch (Exception error)
            when (error
                    is CrossEncoderException
                        or JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or FormatException
                        or IndexOutOfRangeException
                        or ArgumentException
                        or OverflowException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            throw new CrossEncoderException(
                $"The tokenizer in {folder} ({name}) cannot be read: {error.Message.TrimEnd('.')}. "
                    + "Fetch the file again, or save it anew with transformers.",
                error
            );
        }
    }

    private static string? Choose(TokenizerFiles files)
    {
        string[] order = ["tokenizer.json", "sentencepiece.bpe.model", "spm.model", "vocab.json", "vocab.txt"];
        return order.FirstOrDefault(name => files.Names.Contains(name) && (name != "vocab.json" || files.Names.Contains("merges.txt")));
    }

    private static TokenizerParts Read(string name, TokenizerFiles files, TokenizerConfig config) =>
        name switch
        {
            "tokenizer.json" => TokenizerJson.Read(files.PathOf(name), config),
            "sentencepiece.bpe.model" => SentencePieceLayout.ReadXlmRoberta(files.PathOf(name), config),
            "spm.model" => SentencePieceLayout.ReadDeberta(files.PathOf(name), config),
            "vocab.json" => VocabularyLayout.ReadRoberta(files.PathOf(name), files.PathOf("merges.txt"), config),
            _ => VocabularyLayout.ReadBert(files.PathOf(name), config),
        };
}
