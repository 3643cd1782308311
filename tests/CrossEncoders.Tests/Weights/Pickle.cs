using System.IO.Compression;
using System.Text;

namespace CrossEncoders.Tests.Weights;

/// <summary>PyTorch files made by hand.</summary>
internal static class Pickle
{
    /// <summary>A state dict with one entry.</summary>
    public static byte[] StateDict(string name, byte[] value) => [0x80, 2, (byte)'}', .. Text(name), .. value, (byte)'s', (byte)'.'];

    /// <summary>The value of an entry: a view of a storage.</summary>
    public static byte[] Tensor(string key, string type, int count, int offset, int[] shape, int[] strides) =>
        [
            .. Global("torch._utils", "_rebuild_tensor_v2"),
            (byte)'(',
            (byte)'(',
            .. Text("storage"),
            .. Global("torch", type),
            .. Text(key),
            .. Text("cpu"),
            .. Number(count),
            (byte)'t',
            (byte)'Q',
            .. Number(offset),
            .. Tuple(shape),
            .. Tuple(strides),
            0x89,
            (byte)'}',
            (byte)'t',
            (byte)'R',
        ];

    /// <summary>The zip form, with one storage of the key "0".</summary>
    public static byte[] Zip(byte[] stateDict, IEnumerable<float> data, CompressionLevel compression = CompressionLevel.NoCompression)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create))
        {
            Add("archive/data.pkl", stateDict);
            Add("archive/byteorder", "little"u8.ToArray());
            Add("archive/data/0", [.. data.SelectMany(BitConverter.GetBytes)]);

            void Add(string name, byte[] bytes)
            {
                using var stream = zip.CreateEntry(name, compression).Open();
                stream.Write(bytes);
            }
        }

        return buffer.ToArray();
    }

    /// <summary>The form before PyTorch 1.6, with one storage of the key "0".</summary>
    public static byte[] Legacy(byte[] stateDict, float[] data) =>
        [
            0x80,
            2,
            0x8a,
            10,
            0x6c,
            0xfc,
            0x9c,
            0x46,
            0xf9,
            0x20,
            0x6a,
            0xa8,
            0x50,
            0x19,
            (byte)'.',
            0x80,
            2,
            (byte)'M',
            0xe9,
            3,
            (byte)'.',
            .. StateDict("little_endian", [0x88]),
            .. stateDict,
            0x80,
            2,
            (byte)']',
            .. Text("0"),
            (byte)'a',
            (byte)'.',
            .. BitConverter.GetBytes((long)data.Length),
            .. data.SelectMany(BitConverter.GetBytes),
        ];

    private static byte[] Tuple(int[] numbers) => [(byte)'(', .. numbers.SelectMany(Number), (byte)'t'];

    private static byte[] Number(int number) => [(byte)'J', .. BitConverter.GetBytes(number)];

    private static byte[] Text(string text) => [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Global(string module, string name) => Encoding.ASCII.GetBytes($"c{module}\n{name}\n");
}
