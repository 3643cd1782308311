using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using CrossEncoders.Files;

namespace CrossEncoders.Retrieval;

/// <summary>
/// Passage vectors in a file, tied to the embedder and to the texts: the word "EMB1", a SHA-256 over both, the number of vectors, their
/// length, and the numbers as little-endian 32-bit floats.
/// </summary>
internal static class EmbeddingCache
{
    private const uint Magic = 0x31424D45; // "EMB1"

    /// <summary>The vectors of exactly these texts, or null where the file is absent or holds something else.</summary>
    public static float[][]? Read(string file, ITextEmbedder embedder, string[] texts)
    {
        if (!File.Exists(file))
            return null;
        using var reader = new BinaryReader(File.OpenRead(file));
        const int HeaderLength = 4 + 32 + 4 + 4;
        if (reader.BaseStream.Length < HeaderLength || reader.ReadUInt32() != Magic)
            return null;
        if (!reader.ReadBytes(32).AsSpan().SequenceEqual(Key(embedder, texts)))
            return null;
        var (count, length) = (reader.ReadInt32(), reader.ReadInt32());
        if (count != texts.Length || length < 1 || reader.BaseStream.Length != HeaderLength + (long)count * length * sizeof(float))
            return null;
        var vectors = new float[count][];
        for (var i = 0; i < count; i++)
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes((vectors[i] = new float[length]).AsSpan()));

        // Other weights may come under the same name: one passage is embedded anew to see that its vector is still the same.
        var sample = embedder.EmbedPassages([texts[0]])[0];
        return sample.Length == length && TensorPrimitives.CosineSimilarity(sample, vectors[0]) > 0.999f ? vectors : null;
    }

    /// <summary>Writes the file in one step, so that it is whole or absent.</summary>
    public static void Write(string file, ITextEmbedder embedder, string[] texts, float[][] vectors) => AtomicFile.Write(file, stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
            writer.Write(Magic);
            writer.Write(Key(embedder, texts));
            writer.Write(vectors.Length);
            writer.Write(vectors[0].Length);
            foreach (var vector in vectors)
                writer.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
        });

    private static byte[] Key(ITextEmbedder embedder, string[] texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts.Prepend(embedder.Name))
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            hash.AppendData(BitConverter.GetBytes(bytes.Length)); // so that no two lists of texts look alike
            hash.AppendData(bytes);
        }
        return hash.GetHashAndReset();
    }
}
