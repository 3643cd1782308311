using System.Text;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>SentencePiece models of a few pieces, as protocol buffers.</summary>
internal static class SentencePieceModels
{
    /// <summary>The types of pieces in <c>sentencepiece_model.proto</c>.</summary>
    public const int Normal = 1,
        Unknown = 2,
        Control = 3,
        UserDefined = 4;

    /// <summary>As XLM-R's model: its own three symbols first.</summary>
    public static byte[] XlmRoberta() =>
        Bytes([("<unk>", 0, Unknown), ("<s>", 0, Control), ("</s>", 0, Control), ("▁a", -1, Normal), ("▁", -3, Normal), ("b", -2, Normal)]);

    /// <summary>As DeBERTa's model: the special tokens are pieces, the mask is not.</summary>
    public static byte[] Deberta(int unknownId = 3) =>
        Bytes(
            [
                ("[PAD]", 0, Control),
                ("[CLS]", 0, Control),
                ("[SEP]", 0, Control),
                ("[UNK]", 0, Unknown),
                ("▁a", -1, Normal),
                ("▁", -3, Normal),
                ("b", -2, Normal),
                ("[X]", 0, UserDefined),
            ],
            unknownId
        );

    /// <summary>A model of the given pieces, type of model and place of the unknown piece.</summary>
    public static byte[] Bytes((string Text, float Score, int Type)[] pieces, int unknownId = 0, byte kind = 1)
    {
        List<byte> output = [];
        foreach (var (text, score, type) in pieces)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            byte[] piece = [0x0A, (byte)utf8.Length, .. utf8, 0x15, .. BitConverter.GetBytes(score), 0x18, (byte)type];
            output.AddRange([0x0A, (byte)piece.Length, .. piece]);
        }

        output.AddRange([0x12, 5, 0x18, kind, 0xC0, 0x02, (byte)unknownId]); // the trainer's model_type and unk_id
        return [.. output];
    }
}
