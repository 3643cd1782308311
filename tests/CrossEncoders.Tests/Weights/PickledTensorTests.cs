using System.Text;
using CrossEncoders.Weights;

namespace CrossEncoders.Tests.Weights;

/// <summary>References to storages, and the views of them that tensors are.</summary>
public sealed class PickledTensorTests
{
    private static readonly PickledStorage Twelve = new("0", ElementType.F32, 12);

    [Theory]
    [InlineData("FloatStorage", "F32", 12)]
    [InlineData("HalfStorage", "F16", 6)]
    [InlineData("BFloat16Storage", "BF16", 6)]
    [InlineData("DoubleStorage", "F64", 24)]
    [InlineData("LongStorage", "I64", 24)]
    [InlineData("IntStorage", "I32", 12)]
    [InlineData("ShortStorage", "I16", 6)]
    [InlineData("CharStorage", "I8", 3)]
    [InlineData("ByteStorage", "U8", 3)]
    [InlineData("BoolStorage", "Bool", 3)]
    public void EachStorageHasItsElementType(string name, string type, long bytes)
    {
        var storage = Assert.IsType<PickledStorage>(Load(Id("'storage'", $"torch.{name}", "'7'", "'cpu'", "3") + "Q."));
        Assert.Equal(new("7", Enum.Parse<ElementType>(type), 3), storage);
        Assert.Equal(bytes, storage.Bytes);
    }

    [Theory]
    [InlineData("'storage' torch.FloatStorage '0' 'cuda:0' 3", null)] // where it lay is no matter
    [InlineData("'storage' torch.FloatStorage '0' 'cpu' 3 None", null)] // as old files have it
    [InlineData("'storage' torch.FloatStorage '0' 'cpu' 3 1", "a reference that is not to a whole storage")]
    [InlineData("'storage' torch.FloatStorage '0' 'cpu'", "a reference that is not to a whole storage")]
    [InlineData("'storage' torch.FloatStorage '0' 'cpu' 3 None None", "a reference that is not to a whole storage")]
    [InlineData("'module' torch.FloatStorage '0' 'cpu' 3", "a reference that is not to a whole storage")]
    [InlineData("'storage' collections.OrderedDict '0' 'cpu' 3", "a reference that is not to a whole storage")]
    [InlineData("'storage' 'FloatStorage' '0' 'cpu' 3", "a reference that is not to a whole storage")]
    [InlineData("'storage' torch.FloatStorage 0 'cpu' 3", "a reference that is not to a whole storage")]
    [InlineData("'storage' torch.FloatStorage '0' None 3", "a reference that is not to a whole storage")]
    [InlineData("'storage' torch.FloatStorage '0' 'cpu' '3'", "a reference that is not to a whole storage")]
    [InlineData("'storage' torch.FloatStorage '0' 'cpu' -1", "a storage of -1 elements")]
    public void AReferenceIsToAWholeStorage(string parts, string? complaint)
    {
        var pickle = Id(parts.Split(' ')) + "Q.";
        if (complaint is null)
            Assert.Equal(new("0", ElementType.F32, 3), Assert.IsType<PickledStorage>(Load(pickle)));
        else
            Assert.Contains(complaint, Assert.Throws<CrossEncoderException>(() => Load(pickle)).Message);
    }

    [Theory]
    [InlineData(new long[] { 3, 4 }, new long[] { 4, 1 }, 12, true)]
    [InlineData(new long[] { 4, 3 }, new long[] { 1, 4 }, 12, false)] // transposed
    [InlineData(new long[] { 2, 4 }, new long[] { 8, 1 }, 12, false)] // every other row
    [InlineData(new long[] { 1, 3 }, new long[] { 99, 1 }, 3, true)] // the stride of one row is never used
    [InlineData(new long[] { 3, 1 }, new long[] { 1, 99 }, 3, true)]
    [InlineData(new long[] { 5 }, new long[] { 0 }, 1, false)] // one element shown five times
    [InlineData(new long[] { }, new long[] { }, 1, true)]
    [InlineData(new long[] { 0, 3 }, new long[] { 7, 5 }, 0, true)]
    public void AViewKnowsItsExtentAndWhetherItIsContiguous(long[] shape, long[] strides, long extent, bool contiguous)
    {
        var view = PickledTensor.TryCreate(Twelve, 0, shape, strides);
        Assert.NotNull(view);
        Assert.Equal(extent, view.Extent);
        Assert.Equal(contiguous, view.IsContiguous);
    }

    [Theory]
    [InlineData(0, new long[] { 12 }, new long[] { 1 }, true)]
    [InlineData(11, new long[] { 1 }, new long[] { 1 }, true)]
    [InlineData(12, new long[] { 0 }, new long[] { 1 }, true)] // nothing, at the very end
    [InlineData(12, new long[] { 1 }, new long[] { 1 }, false)]
    [InlineData(13, new long[] { 0 }, new long[] { 1 }, false)]
    [InlineData(1, new long[] { 3, 4 }, new long[] { 4, 1 }, false)]
    [InlineData(0, new long[] { 2 }, new long[] { 11 }, true)]
    [InlineData(0, new long[] { 2 }, new long[] { 12 }, false)]
    [InlineData(0, new long[] { 2, 3 }, new long[] { 1 }, false)] // a stride is missing
    [InlineData(0, new long[] { 13 }, new long[] { 0 }, false)] // takes more memory than the storage has
    [InlineData(0, new long[] { 2, 2 }, new long[] { long.MaxValue, long.MaxValue }, false)]
    [InlineData(0, new long[] { 1, 1, 1, 1, 1, 1, 1, 1 }, new long[] { 1, 1, 1, 1, 1, 1, 1, 1 }, true)]
    [InlineData(0, new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, false)]
    public void AViewLiesInsideItsStorage(long offset, long[] shape, long[] strides, bool fits) =>
        Assert.Equal(fits, PickledTensor.TryCreate(Twelve, offset, shape, strides) is not null);

    [Fact]
    public void AParameterIsTheTensorInIt()
    {
        var tensor = Encoding.Latin1.GetString(Pickle.Tensor("0", "FloatStorage", 12, 0, [12], [1]));
        var parameter = $"ctorch._utils\n_rebuild_parameter\n({tensor}\u0088}}tR.";
        Assert.Equal(12, Assert.IsType<PickledTensor>(Load(parameter)).Extent);
        Assert.Contains(
            "a call with unexpected arguments",
            Assert.Throws<CrossEncoderException>(() => Load("ctorch._utils\n_rebuild_parameter\n(N\u0088}tR.")).Message
        );
    }

    [Theory]
    [InlineData("(U\u0001at", "a shape or stride that is not a number")]
    [InlineData("(Nt", "a shape or stride that is not a number")]
    [InlineData("]", "a call with unexpected arguments")]
    [InlineData("(K\u000dt", "a tensor that does not fit its storage '0'")]
    public void AShapeIsATupleOfNumbers(string shape, string complaint)
    {
        var storage = Id("'storage'", "torch.FloatStorage", "'0'", "'cpu'", "12") + "Q";
        var call = $"ctorch._utils\n_rebuild_tensor_v2\n({storage}K\u0000{shape}(K\u0001t\u0089}}tR.";
        Assert.Contains(complaint, Assert.Throws<CrossEncoderException>(() => Load(call)).Message);
    }

    /// <summary>A tuple of texts in quotes, classes, None and small numbers.</summary>
    private static string Id(params string[] parts) =>
        "("
        + string.Concat(
            parts.Select(part =>
                part == "None" ? "N"
                : part[0] == '\'' ? $"U{(char)(part.Length - 2)}{part.Trim('\'')}"
                : char.IsLetter(part[0]) ? $"c{part.Replace('.', '\n')}\n"
                : "J" + Encoding.Latin1.GetString(BitConverter.GetBytes(int.Parse(part)))
            )
        )
        + "t";

    private static object? Load(string pickle) => RestrictedUnpickler.Load(Encoding.Latin1.GetBytes(pickle), "a.bin").Value;
}
