using System.Text;
using System.Text.Json;
using CrossEncoders.Weights;
using TorchSharp;

namespace CrossEncoders.Tests.Weights;

/// <summary>What is written, byte for byte.</summary>
public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void AFileIsTheLengthOfTheHeaderTheHeaderAndTheData()
    {
        var file = Written([("bytes", torch.tensor(new byte[] { 7, 8, 9 })), ("floats", torch.tensor(new[] { 1f, -2f }))]);
        var header =
            """{"__metadata__":{"format":"pt"},"floats":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"bytes":"""
            + """{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}""";
        var padded = header.PadRight((header.Length + 7) / 8 * 8);
        Assert.Equal(
            [
                .. BitConverter.GetBytes((long)padded.Length),
                .. Encoding.UTF8.GetBytes(padded),
                .. BitConverter.GetBytes(1f),
                .. BitConverter.GetBytes(-2f),
                7,
                8,
                9,
            ],
            file
        );
    }

    [Fact]
    public void TheOrderInWhichTensorsComeChangesNothing()
    {
        (string, torch.Tensor)[] tensors =
        [
            ("b", torch.ones(3)),
            ("a", torch.zeros(2)),
            ("half", torch.ones([2], torch.ScalarType.Float16)),
            ("B", torch.ones([1], torch.ScalarType.Int64)),
            ("ä", torch.ones([5], torch.ScalarType.Bool)),
        ];
        var expected = Written(tensors);
        Assert.Equal(expected, Written(tensors));
        Assert.Equal(expected, Written([.. tensors.Reverse()]));
        using var file = new SafetensorsFile(_folder["a"]);
        Assert.Equal(["B", "a", "b", "half", "ä"], file.Tensors.Keys); // wide types first, then by name
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void EveryTensorIsAlignedToItsElements(int count)
    {
        foreach (var name in Enumerable.Range(1, 8).Select(length => new string('n', length))) // headers of every length
        {
            var types = Enum.GetValues<ElementType>();
            var file = Written([.. types.Select(type => (name + type, torch.zeros([count], type.ToTorch())))]);
            var start = 8 + BitConverter.ToInt64(file);
            Assert.Equal(0, start % 8);
            using var header = JsonDocument.Parse(file.AsMemory(8, (int)start - 8));
            foreach (var type in types)
            {
                var begin = header.RootElement.GetProperty(name + type).GetProperty("data_offsets")[0].GetInt64();
                Assert.Equal(0, (start + begin) % type.Size());
            }
        }
    }

    [Fact]
    public void MetadataIsWrittenAsGiven()
    {
        var metadata = new Dictionary<string, string> { ["z"] = "后\"\n", ["a"] = "" };
        SafetensorsWriter.Write(_folder["a"], [("x", torch.ones(1))], metadata);
        using var file = new SafetensorsFile(_folder["a"]);
        Assert.Equal(metadata, file.Metadata);
    }

    [Fact]
    public void NoTensorsMakeAFileToo()
    {
        Written([]);
        using var file = new SafetensorsFile(_folder["a"]);
        Assert.Empty(file.Tensors);
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void ViewsAreWrittenAsTheyLook()
    {
        var whole = torch.arange(24, torch.ScalarType.Int32).reshape(4, 6);
        Written([("column", whole.select(1, 2)), ("window", whole.narrow(0, 1, 2).narrow(1, 3, 2)), ("row", torch.ones(1).expand(3))]);
        using var file = new SafetensorsFile(_folder["a"]);
        using var column = file.Read("column");
        using var window = file.Read("window");
        using var row = file.Read("row");
        Assert.Equal([2, 8, 14, 20], column.data<int>().ToArray());
        Assert.Equal([9, 10, 15, 16], window.data<int>().ToArray());
        Assert.Equal([1f, 1, 1], row.data<float>().ToArray());
    }

    [Fact]
    public void AParameterOfATrainingIsWrittenWithoutItsGraph()
    {
        var weight = torch.ones(2).requires_grad_(true);
        Written([("weight", weight), ("product", weight * 2)]);
        using var file = new SafetensorsFile(_folder["a"]);
        using var product = file.Read("product");
        Assert.False(product.requires_grad);
        Assert.Equal([2f, 2], product.data<float>().ToArray());
    }

    [Fact]
    public void TheNameOfTheMetadataIsReserved()
    {
        var error = Assert.Throws<CrossEncoderException>(() => Written([("__metadata__", torch.ones(1))]));
        Assert.Contains("'__metadata__' is reserved or given twice", error.Message);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private byte[] Written((string Name, torch.Tensor Tensor)[] tensors)
    {
        SafetensorsWriter.Write(_folder["a"], tensors);
        return File.ReadAllBytes(_folder["a"]);
    }
}
