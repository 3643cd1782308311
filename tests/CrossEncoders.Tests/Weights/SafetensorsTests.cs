using System.Buffers.Binary;
using System.Text;
using CrossEncoders.Weights;
using TorchSharp;

namespace CrossEncoders.Tests.Weights;

public sealed class SafetensorsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(torch.ScalarType.Float32)]
    [InlineData(torch.ScalarType.Float16)]
    [InlineData(torch.ScalarType.BFloat16)]
    [InlineData(torch.ScalarType.Float64)]
    [InlineData(torch.ScalarType.Int64)]
    [InlineData(torch.ScalarType.Int32)]
    [InlineData(torch.ScalarType.Int16)]
    [InlineData(torch.ScalarType.Int8)]
    [InlineData(torch.ScalarType.Byte)]
    [InlineData(torch.ScalarType.Bool)]
    public void WhatIsWrittenIsReadBack(torch.ScalarType type)
    {
        using var scope = torch.NewDisposeScope();
        var matrix = torch.arange(-3, 9).reshape(3, 4).to(type);
        var transposed = matrix.t();
        var scalar = torch.tensor(7).to(type);
        var empty = torch.empty([0, 5], type);
        SafetensorsWriter.Write(_folder["a"], [("matrix", matrix), ("transposed", transposed), ("scalar", scalar), ("é\"\n", empty)]);

        using var file = new SafetensorsFile(_folder["a"]);
        Assert.Equal(4, file.Tensors.Count);
        Assert.Equal("pt", file.Metadata["format"]);
        foreach (var (name, expected) in new[] { ("matrix", matrix), ("transposed", transposed), ("scalar", scalar), ("é\"\n", empty) })
        {
            using var read = file.Read(name);
            Assert.Equal(expected.dtype, read.dtype);
            Assert.Equal(expected.shape, read.shape);
            Assert.Equal(expected.shape, file.Tensors[name].Shape);
            Assert.True(expected.equal(read).all().item<bool>(), name);
        }
    }

    [Fact]
    public void AReadTensorOutlivesTheScopeAndTheFile()
    {
        torch.Tensor read;
        using (torch.NewDisposeScope())
        {
            SafetensorsWriter.Write(_folder["a"], [("x", torch.ones(2))]);
            using var file = new SafetensorsFile(_folder["a"]);
            read = file.Read("x");
        }

        Assert.Equal(2, read.sum().item<float>());
        read.Dispose();
    }

    [Fact]
    public void AFailedWriteLeavesTheOldFileAndNothingElse()
    {
        using var one = torch.ones(2);
        SafetensorsWriter.Write(_folder["a"], [("x", one)]);
        var before = File.ReadAllBytes(_folder["a"]);

        Assert.Throws<CrossEncoderException>(() => SafetensorsWriter.Write(_folder["a"], [("x", one), ("x", one)]));
        // A file where a folder would be.
        Assert.Throws<CrossEncoderException>(() => SafetensorsWriter.Write(_folder["a/below"], [("x", one)]));
        Directory.CreateDirectory(_folder["b"]);
        Assert.Throws<CrossEncoderException>(() => SafetensorsWriter.Write(_folder["b"], [("x", one)])); // fails after the data is written

        Assert.Equal(before, File.ReadAllBytes(_folder["a"]));
        Assert.Equal(["a", "b"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", null)]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}   ", null)]
    [InlineData("{\"x\":{\"dtype\":\"F99\",\"shape\":[2],\"data_offsets\":[0,8]}}", "F99")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "do not fit")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "negative")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}", "x.shape")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,9223372036854775807,4],\"data_offsets\":[0,8]}}", "do not fit")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "gap")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "follow the header")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}", "follow the header")]
    [InlineData(
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "overlap"
    )]
    [InlineData(
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "twice"
    )]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"shape\":[2],\"data_offsets\":[0,8]}}", "twice")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2]}}", "lacks")]
    [InlineData("{\"x\":[]}", "StartArray")]
    [InlineData("[]", "StartArray")]
    [InlineData("{\"x\":", "JSON")]
    [InlineData("", "JSON")]
    public void AHeaderThatLiesIsRefused(string header, string? complaint)
    {
        var json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(_folder["a"], [.. Length(json.Length), .. json, .. new byte[8]]);
        if (complaint is null)
        {
            using var sound = new SafetensorsFile(_folder["a"]);
            Assert.Equal([2], sound.Tensors["x"].Shape);
            return;
        }

        var error = Assert.Throws<CrossEncoderException>(() => new SafetensorsFile(_folder["a"]));
        Assert.Contains(complaint, error.Message);
        Assert.Contains(_folder["a"], error.Message);
    }

    [Theory]
    [InlineData(100_000_001)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(1000)]
    public void AGiantHeaderIsRefusedBeforeItIsRead(long length)
    {
        File.WriteAllBytes(_folder["a"], [.. Length(length), .. "{}"u8]);
        Assert.Contains("header claims", Assert.Throws<CrossEncoderException>(() => new SafetensorsFile(_folder["a"])).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void AStubOfAFileIsRefused(int length)
    {
        File.WriteAllBytes(_folder["a"], new byte[length]);
        Assert.Throws<CrossEncoderException>(() => new SafetensorsFile(_folder["a"]));
    }

    [Fact]
    public void AMissingTensorOrFileIsNamed()
    {
        using var one = torch.ones(2);
        SafetensorsWriter.Write(_folder["a"], [("present", one)]);
        using var file = new SafetensorsFile(_folder["a"]);
        Assert.Contains("'absent'", Assert.Throws<CrossEncoderException>(() => file.Read("absent")).Message);
        Assert.Contains("nowhere", Assert.Throws<CrossEncoderException>(() => new SafetensorsFile(_folder["nowhere"])).Message);
    }

    private static byte[] Length(long length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        return bytes;
    }
}
