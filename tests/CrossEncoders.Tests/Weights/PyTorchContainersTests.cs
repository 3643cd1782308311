using System.IO.Compression;
using System.Text;
using CrossEncoders.Weights;

namespace CrossEncoders.Tests.Weights;

/// <summary>The two forms of a PyTorch file around the pickle, and how each can be broken.</summary>
public sealed class PyTorchContainersTests : IDisposable
{
    private static readonly byte[] Pickled = Pickle.StateDict("x", Pickle.Tensor("0", "FloatStorage", 3, 0, [3], [1]));
    private static readonly byte[] Data = [.. new[] { 1f, 2, 3 }.SelectMany(BitConverter.GetBytes)];
    private static readonly byte[] Magic = Pickle.Legacy([], [])[..15];
    private static readonly byte[] Version = [0x80, 2, (byte)'M', 0xe9, 3, (byte)'.'];
    private static readonly byte[] Machine = Pickle.StateDict("little_endian", [0x88]);

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BothFormsCutOffAnywhereAreRefused()
    {
        foreach (var sound in (byte[][])[Pickle.Zip(Pickled, [1, 2, 3]), Pickle.Legacy(Pickled, [1, 2, 3])])
        {
            Assert.Equal([1f, 2, 3], Read(sound));
            for (var length = 0; length < sound.Length; length++)
                Assert.Contains($"'{_folder["a"]}' ", Refused(sound[..length]));
        }
    }

    [Theory]
    [InlineData("archive/data.pkl archive/data/0", null)]
    [InlineData("data.pkl data/0", null)] // the folder may have no name
    [InlineData("model.v2/data.pkl model.v2/data/0 model.v2/version", null)]
    [InlineData("archive/data.pkl archive/data/1", "the data of 'x' is missing or too small")]
    [InlineData("archive/data.pkl other/data/0", "the data of 'x' is missing or too small")]
    [InlineData("archive/data/0", "it has no data.pkl")]
    [InlineData("archive/data.pkl other/data.pkl archive/data/0", "it has more than one data.pkl")]
    [InlineData("archive/data.pkl archive/data/0 archive/data/0", "it has the entry 'archive/data/0' twice")]
    public void AnArchiveHasOnePickleAndItsDataBesideIt(string names, string? complaint)
    {
        var zip = Zip(names.Split(' '), "little");
        if (complaint is null)
            Assert.Equal([1f, 2, 3], Read(zip));
        else
            Assert.Contains(complaint, Refused(zip));
    }

    [Theory]
    [InlineData("little", null)]
    [InlineData("big", "its numbers are not little-endian")]
    [InlineData("", "its numbers are not little-endian")]
    public void ABigEndianArchiveIsRefused(string order, string? complaint)
    {
        var zip = Zip(["archive/data.pkl", "archive/byteorder", "archive/data/0"], order);
        if (complaint is null)
            Assert.Equal([1f, 2, 3], Read(zip));
        else
            Assert.Contains(complaint, Refused(zip));
    }

    [Theory]
    [InlineData("magic", "it starts neither as a zip archive nor with the magic number of the older form")]
    [InlineData("version", "its version is not 1001")]
    [InlineData("machine", "its numbers are not little-endian")]
    [InlineData("no machine", "its numbers are not little-endian")]
    [InlineData("no keys", "it has no list of storages")]
    [InlineData("other key", "its list of storages names one that no tensor uses")]
    [InlineData("number as key", "its list of storages names one that no tensor uses")]
    [InlineData("key twice", "its list of storages names '0' twice")]
    [InlineData("fewer elements", "its storage '0' has 2 elements where 3 were expected")]
    [InlineData("rest", "1 bytes follow its last storage")]
    [InlineData("missing data", "the data of 'x' is missing or too small")]
    [InlineData(null, null)]
    public void TheOlderFormIsCheckedPartByPart(string? fault, string? complaint)
    {
        byte[] counted = [3, 0, 0, 0, 0, 0, 0, 0, .. Data];
        byte[] file =
        [
            .. fault == "magic" ? [0x80, 2, (byte)'K', 1, (byte)'.'] : Magic,
            .. fault == "version" ? [0x80, 2, (byte)'M', 0xea, 3, (byte)'.'] : Version,
            .. fault switch
            {
                "machine" => Pickle.StateDict("little_endian", [0x89]),
                "no machine" => [(byte)'N', (byte)'.'],
                _ => Machine,
            },
            .. Pickled,
            .. Encoding.ASCII.GetBytes(
                fault switch
                {
                    "no keys" => "}.",
                    "other key" => "]U\u00011a.",
                    "number as key" => "]K\u0000a.",
                    "key twice" => "](U\u00010U\u00010e.",
                    "missing data" => "].",
                    _ => "]U\u00010a.",
                }
            ),
            .. fault switch
            {
                "missing data" => [],
                "key twice" => [.. counted, .. counted],
                "fewer elements" => [2, 0, 0, 0, 0, 0, 0, 0, .. Data[..8]],
                "rest" => [.. counted, 0],
                _ => counted,
            },
        ];
        if (complaint is null)
            Assert.Equal([1f, 2, 3], Read(file));
        else
            Assert.Contains(complaint, Refused(file));
    }

    [Fact]
    public void AStorageThatTwoTensorsDescribeDifferentlyIsRefused()
    {
        var other = Pickle.Tensor("0", "IntStorage", 3, 0, [3], [1]);
        byte[] both = [.. Pickled[..^1], .. Pickle.StateDict("y", other)[3..]];
        Assert.Contains("its storage '0' is described in two ways", Refused(Pickle.Legacy(both, [1, 2, 3])));
    }

    [Fact]
    public void TensorsMayShareAStorage()
    {
        byte[] both =
        [
            .. Pickle.StateDict("x", Pickle.Tensor("0", "FloatStorage", 6, 0, [4], [1]))[..^1],
            .. Pickle.StateDict("y", Pickle.Tensor("0", "FloatStorage", 6, 2, [2, 2], [1, 2]))[3..],
        ];
        foreach (var file in (byte[][])[Pickle.Zip(both, [0, 1, 2, 3, 4, 5]), Pickle.Legacy(both, [0, 1, 2, 3, 4, 5])])
        {
            Assert.Equal([0f, 1, 2, 3], Read(file));
            Assert.Equal([2f, 4, 3, 5], Read(file, "y"));
        }
    }

    [Fact]
    public void AMissingTensorIsNamedWithThoseThatAreThere()
    {
        File.WriteAllBytes(_folder["a"], Pickle.Zip(Pickled, [1, 2, 3]));
        using var file = new PyTorchFile(_folder["a"]);
        var error = Assert.Throws<CrossEncoderException>(() => file.Read("absent"));
        Assert.Equal($"'{_folder["a"]}' has no tensor 'absent'. It has x.", error.Message);
    }

    [Fact]
    public void SeveralThreadsReadOneFile()
    {
        foreach (var bytes in (byte[][])[Pickle.Zip(Pickled, [1, 2, 3]), Pickle.Legacy(Pickled, [1, 2, 3])])
        {
            File.WriteAllBytes(_folder["a"], bytes);
            using var file = new PyTorchFile(_folder["a"]);
            Parallel.For(0, 64, _ =>
            {
                using var read = file.Read("x");
                Assert.Equal([1f, 2, 3], read.data<float>().ToArray());
            });
        }
    }

    [Theory]
    [InlineData("N.", "holds a None where a state dict")]
    [InlineData("].", "holds a list or object where a state dict")]
    [InlineData("U\u0001a.", "holds a text where a state dict")]
    [InlineData("}U\u0001aNs.", "holds a None under 'a' where a tensor was expected")]
    [InlineData("}U\u0005state}s.", "holds a dictionary under 'state' where a tensor was expected. Save the state dict alone.")]
    [InlineData("}U\u0002lrG\u003f\u00f0\u0000\u0000\u0000\u0000\u0000\u0000s.", "holds a number under 'lr'")]
    public void AFileOfOtherThingsIsToldByWhatItHolds(string pickle, string complaint)
    {
        var bytes = Encoding.Latin1.GetBytes(pickle);
        Assert.Contains(complaint, Refused(Pickle.Zip(bytes, [])));
    }

    [Fact]
    public void AnEmptyStateDictIsSound()
    {
        File.WriteAllBytes(_folder["a"], Pickle.Zip([.. "}."u8], []));
        using var file = new PyTorchFile(_folder["a"]);
        Assert.Empty(file.Tensors);
    }

    private static byte[] Zip(string[] names, string byteOrder)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create))
        {
            foreach (var name in names)
            {
                using var stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                stream.Write(
                    name.EndsWith("data.pkl", StringComparison.Ordinal) ? Pickled
                    : name.EndsWith("byteorder", StringComparison.Ordinal) ? Encoding.ASCII.GetBytes(byteOrder)
                    : Data
                );
            }
        }

        return buffer.ToArray();
    }

    private float[] Read(byte[] bytes, string name = "x")
    {
        File.WriteAllBytes(_folder["a"], bytes);
        using var file = new PyTorchFile(_folder["a"]);
        using var read = file.Read(name);
        return read.data<float>().ToArray();
    }

    private string Refused(byte[] bytes)
    {
        File.WriteAllBytes(_folder["a"], bytes);
        return Assert.Throws<CrossEncoderException>(() => new PyTorchFile(_folder["a"])).Message;
    }
}
