using System.IO.Compression;
using CrossEncoders.Weights;

namespace CrossEncoders.Tests.Weights;

public sealed class PyTorchFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bert.pytorch_model.bin")]
    [InlineData("bert.legacy.pytorch_model.bin")]
    public void HoldsWhatTheSafetensorsFileHolds(string file)
    {
        File.Copy(Shared.Path($"golden/models/containers/{file}"), _folder["pytorch_model.bin"]);
        using var pickled = CheckpointWeights.Open(_folder.Path);
        using var expected = CheckpointWeights.Open(Shared.Path("golden/models/bert"));
        TensorAssert.Equal(expected, pickled);
    }

    [Fact]
    public void AFileThatWouldRunACommandIsRefusedByItsName()
    {
        var hostile = Shared.Path("golden/models/containers/hostile.pytorch_model.bin");
        var error = Assert.Throws<CrossEncoderException>(() => new PyTorchFile(hostile));
        Assert.Matches(@"asks to run '(posix|os|nt)\.system'", error.Message);
    }

    [Fact]
    public void AViewWithStridesIsReadAsTheTensorItShows()
    {
        // a 3 × 2 window of a 4 × 3 storage, transposed: elements 4, 7, 10, 5, 8, 11
        var tensor = Pickle.Tensor("0", "FloatStorage", 12, offset: 4, [2, 3], [1, 3]);
        WriteZip(Pickle.StateDict("x", tensor), Enumerable.Range(0, 12).Select(i => (float)i));
        using var file = new PyTorchFile(_folder["a"]);
        using var read = file.Read("x");
        Assert.Equal([2L, 3L], read.shape);
        Assert.Equal([4f, 7, 10, 5, 8, 11], read.data<float>().ToArray());
    }

    [Theory]
    [InlineData(12, 0, 13, 1)] // longer than the storage
    [InlineData(12, 1, 12, 1)] // past its end
    [InlineData(12, -1, 3, 1)]
    [InlineData(12, 0, -3, 1)]
    [InlineData(12, 0, 3, -1)]
    [InlineData(12, 0, 4, 4)] // the last element is number 12
    [InlineData(1, 0, int.MaxValue, 0)] // one element shown two thousand million times
    [InlineData(13, 0, 12, 1)] // the storage is longer than its data
    [InlineData(int.MaxValue, 0, int.MaxValue, 1)]
    [InlineData(-1, 0, 0, 1)]
    public void ATensorThatDoesNotFitItsDataIsRefused(int stored, int offset, int size, int stride)
    {
        WriteZip(Pickle.StateDict("x", Pickle.Tensor("0", "FloatStorage", stored, offset, [size], [stride])), new float[12]);
        Assert.Throws<CrossEncoderException>(() => new PyTorchFile(_folder["a"]));
    }

    [Fact]
    public void ValuesOtherThanTensorsAreRefusedByName()
    {
        WriteZip(Pickle.StateDict("epoch", [(byte)'K', 3]), []);
        Assert.Contains("number under 'epoch'", Assert.Throws<CrossEncoderException>(() => new PyTorchFile(_folder["a"])).Message);
        WriteZip([0x80, 2, (byte)'K', 3, (byte)'.'], []);
        Assert.Contains("number where a state dict", Assert.Throws<CrossEncoderException>(() => new PyTorchFile(_folder["a"])).Message);
    }

    [Fact]
    public void APickleThatOnlyMakesValuesEndsEarly()
    {
        WriteZip([0x80, 2, .. Enumerable.Repeat((byte)'}', 3_000_000), (byte)'.'], []);
        Assert.Contains("more than", Assert.Throws<CrossEncoderException>(() => new PyTorchFile(_folder["a"])).Message);
    }

    [Fact]
    public void ShapesCountAmongTheValuesAndHaveAtMost8Dimensions()
    {
        int[] Ones(int count) => [.. Enumerable.Repeat(1, count)];
        WriteZip(Pickle.StateDict("x", Pickle.Tensor("0", "FloatStorage", 1, 0, Ones(8), Ones(8))), new float[1]);
        using (new PyTorchFile(_folder["a"])) { }
        WriteZip(Pickle.StateDict("x", Pickle.Tensor("0", "FloatStorage", 1, 0, Ones(9), Ones(9))), new float[1]);
        Assert.Contains("8 dimensions", Assert.Throws<CrossEncoderException>(() => new PyTorchFile(_folder["a"])).Message);

        // One tuple of arguments, kept, and a tensor made of it over and over in 5 bytes each.
        var tensor = Pickle.Tensor("0", "FloatStorage", 1, 0, Ones(8), Ones(8));
        var name = "ctorch._utils\n_rebuild_tensor_v2\n".Length;
        var calls = Enumerable.Repeat<byte[]>([(byte)'h', 0, (byte)'h', 1, (byte)'R'], 150_000).SelectMany(call => call);
        WriteZip(
            [0x80, 2, .. tensor[..name], (byte)'q', 0, .. tensor[name..^1], (byte)'q', 1, (byte)'R', .. calls, (byte)'.'],
            new float[1]
        );
        Assert.Contains("more than", Assert.Throws<CrossEncoderException>(() => new PyTorchFile(_folder["a"])).Message);
    }

    [Fact]
    public void ACompressedArchiveIsRefused()
    {
        var tensor = Pickle.Tensor("0", "FloatStorage", 1000, 0, [1000], [1]);
        WriteZip(Pickle.StateDict("x", tensor), new float[1000], CompressionLevel.Optimal);
        Assert.Contains("compressed", Assert.Throws<CrossEncoderException>(() => new PyTorchFile(_folder["a"])).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("<html>404</html>")]
    [InlineData("PK\u0003\u0004")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00")]
    public void SomethingElseIsRefused(string content)
    {
        File.WriteAllText(_folder["a"], content);
        Assert.Contains("'" + _folder["a"] + "'", Assert.Throws<CrossEncoderException>(() => new PyTorchFile(_folder["a"])).Message);
    }

    private void WriteZip(byte[] pickle, IEnumerable<float> data, CompressionLevel compression = CompressionLevel.NoCompression) =>
        File.WriteAllBytes(_folder["a"], Pickle.Zip(pickle, data, compression));
}
