using System.Buffers.Binary;
using System.Text;

namespace CrossEncoders.Tokenization;

/// <summary>The parts of a SentencePiece model (protocol buffers, <c>sentencepiece_model.proto</c>) that tokenization needs.</summary>
internal sealed class SentencePieceFile
{
    private const int Unigram = 1;

    /// <summary>A piece with its score (log probability) and whether it is a control or user-defined symbol.</summary>
    public readonly record struct Piece(string Text, double Score, bool IsSymbol);

    /// <summary>The pieces in the order of the file.</summary>
    public List<Piece> Pieces { get; } = [];

    /// <summary>The compiled normalization rules; empty where there are none.</summary>
    public byte[] CharsMap { get; private set; } = [];

    /// <summary>The place of the unknown piece.</summary>
    public int UnknownId { get; private set; }

    /// <summary>Reads a file.</summary>
    public static SentencePieceFile Read(string path)
    {
        var model = new SentencePieceFile();
        var kind = Unigram;
        var message = new ProtobufReader(File.ReadAllBytes(path));
        while (message.Next())
        {
            if (message.Field == 1)
                model.Pieces.Add(ReadPiece(message.Message()));
            else if (message.Field == 2)
                kind = model.ReadTrainer(message.Message());
            else if (message.Field == 3)
                model.ReadNormalizer(message.Message());
        }

        if (kind != Unigram)
            throw new CrossEncoderException($"the SentencePiece model is of type {kind}; only unigram (1) is supported");
        if (model.Pieces.Count == 0)
            throw new CrossEncoderException("the SentencePiece model has no pieces");
        return model;
    }

    private static Piece ReadPiece(ProtobufReader piece)
    {
        var (text, score, isSymbol) = (string.Empty, 0f, false);
        while (piece.Next())
        {
            if (piece.Field == 1)
                text = Encoding.UTF8.GetString(piece.Bytes);
            else if (piece.Field == 2 && piece.Bytes.Length == 4)
                score = BinaryPrimitives.ReadSingleLittleEndian(piece.Bytes);
            else if (piece.Field == 3)
                isSymbol = piece.Number is 3 or 4;
        }

        return new Piece(text, score, isSymbol);
    }

    private int ReadTrainer(ProtobufReader trainer)
    {
        var kind = Unigram;
        while (trainer.Next())
        {
            if (trainer.Field == 3)
                kind = (int)trainer.Number;
            else if (trainer.Field == 40)
                UnknownId = (int)trainer.Number;
        }

        return kind;
    }

    private void ReadNormalizer(ProtobufReader normalizer)
    {
        while (normalizer.Next())
        {
            if (normalizer.Field == 2)
                CharsMap = normalizer.Bytes.ToArray();
        }
    }
}
