using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using CrossEncoders.Files;

namespace CrossEncoders.Retrieval;

/// <summary>
/// Passage vectors in a file, tied to the embedder, its settings and the texts: the word "EMB1", a SHA-256 over these, the number of
/// vectors, their length, the numbers as little-endian 32-bit floats, and a SHA-256 over the numbers.
/// </summary>
internal static class EmbeddingCache
{
    private const uint Magic = 0x31424D45; // "EMB1"

    /// <summary>The vectors of exactly these texts, or null where the file is absent, empty or holds those of others.</summary>
    /// <exception cref="CrossEncoderException">The file cannot be read, or is not one of vectors.</exception>
    public static float[][]? Read(string file, ITextEmbedder embedder, string[] texts)
    {
        if (!File.Exists(file))
            return null;
        float[][]? vectors;
        try
        {
            vectors = Stored(file, Key(embedder, texts), texts.Length);
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"The vectors in '{Path.GetFullPath(file)}' cannot be read: {error.Message} "
                    + "Let this program read the file, or name another.",
                error
            );
        }

        if (vectors is null)
            return null;
        // Other weights may come under the same name: one passage is embedded anew to see that its vector is still the same. It is the
        // longest, where a limit of tokens tells.
        var longest = Array.IndexOf(texts, texts.MaxBy(text => text.Length));
        var sample = embedder.EmbedPassages([texts[longest]])[0];
        var same = sample.Length == vectors[longest].Length && TensorPrimitives.CosineSimilarity(sample, vectors[longest]) > 0.999f;
        return same ? vectors : null;
    }

    private static float[][]? Stored(string file, byte[] key, int texts)
    {
        using var reader = new BinaryReader(File.OpenRead(file));
        const int HeaderLength = 4 + SHA256.HashSizeInBytes + 4 + 4;
        if (reader.BaseStream.Length == 0)
            return null;
        if (reader.BaseStream.Length < sizeof(uint) || reader.ReadUInt32() != Magic)
            throw new CrossEncoderException(
                $"'{Path.GetFullPath(file)}' is not a file of vectors: expected one that begins with EMB1. "
                    + "Choose another name, or delete it to have it made anew."
            );
        if (reader.BaseStream.Length < HeaderLength || !reader.ReadBytes(SHA256.HashSizeInBytes).AsSpan().SequenceEqual(key))
            return null;
        var (count, length) = (reader.ReadInt32(), reader.ReadInt32());
        var bytes = (long)count * length * sizeof(float);
        if (count != texts || length < 1 || reader.BaseStream.Length != HeaderLength + bytes + SHA256.HashSizeInBytes)
            return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var vectors = new float[count][];
        for (var i = 0; i < count; i++)
        {
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes((vectors[i] = new float[length]).AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(vectors[i].AsSpan()));
        }

        return reader.ReadBytes(SHA256.HashSizeInBytes).AsSpan().SequenceEqual(hash.GetHashAndReset()) ? vectors : null;
    }

    /// <summary>Writes the file in one step, so that it is whole or absent.</summary>
    public static void Write(string file, ITextEmbedder embedder, string[] texts, float[][] vectors) => AtomicFile.Write(file, stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            writer.Write(Magic);
            writer.Write(Key(embedder, texts));
            writer.Write(vectors.Length);
            writer.Write(vectors[0].Length);
            foreach (var vector in vectors)
            {
                writer.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
                hash.AppendData(MemoryMarshal.AsBytes(vector.AsSpan()));
            }

            writer.Write(hash.GetHashAndReset());
        });

    private static byte[] Key(ITextEmbedder embedder, string[] texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] settings = embedder is ITokenEmbedder tokens ? [tokens.Settings] : [];
        foreach (var text in (string[])[embedder.Name, .. settings, .. texts])
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            hash.AppendData(BitConverter.GetBytes(bytes.Length)); // so that no two lists of texts look alike
            hash.AppendData(bytes);
        }
        return hash.GetHashAndReset();
    }
}
