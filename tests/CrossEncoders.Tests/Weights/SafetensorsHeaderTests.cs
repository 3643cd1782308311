using System.Text;
using CrossEncoders.Weights;

namespace CrossEncoders.Tests.Weights;

/// <summary>The grammar of a header, by files made by hand; the data is 8 bytes unless a case says otherwise.</summary>
public sealed class SafetensorsHeaderTests : IDisposable
{
    private const string Sound = """ "dtype":"F32","shape":[2],"data_offsets":[0,8] """;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"x":{"dtype":5,"shape":[2],"data_offsets":[0,8]}}""", "x.dtype is a Number where a String was expected")]
    [InlineData("""{"x":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", "has the dtype 'f32'; supported are F32, F16, BF16")]
    [InlineData("""{"x":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "x.shape is a Number where a StartArray was expected")]
    [InlineData("""{"x":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "x.shape holds a String where a number was expected")]
    [InlineData("""{"x":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}}""", "x.shape holds a StartArray")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}""", "x.shape holds a number that is negative, broken")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", "x.data_offsets holds more than 2 numbers")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8]}}""", "lacks its dtype, shape or two data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "x.data_offsets holds a number that is negative")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "offsets 8 to 0, which do not fit")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775808]}}""", "too large")]
    [InlineData("""{"x":{"shape":[2],"data_offsets":[0,8]}}""", "'x' lacks its dtype")]
    [InlineData("""{"x":{"dtype":"F32","data_offsets":[0,8]}}""", "'x' lacks its dtype, shape")]
    [InlineData("""{"x":{}}""", "'x' lacks its dtype")]
    [InlineData("""{"x":null}""", "x is a Null where a StartObject was expected")]
    [InlineData("""{"x":"F32"}""", "x is a String where a StartObject was expected")]
    [InlineData("{\"x\":{" + Sound + ",\"strides\":[1]}}", "has the field 'strides', unknown or given twice")]
    [InlineData("{\"x\":{" + Sound + ",\"dtype\":\"F32\"}}", "has the field 'dtype', unknown or given twice")]
    [InlineData("{\"x\":{" + Sound + ",\"data_offsets\":[0,8]}}", "has the field 'data_offsets', unknown or given twice")]
    [InlineData("{\"x\":{" + Sound + "},\"\\u0078\":{" + Sound + "}}", "names the tensor 'x' twice")]
    [InlineData("{\"x\":{" + Sound + "}} {}", "not valid JSON")]
    [InlineData("{\"x\":{" + Sound + "},}", "not valid JSON")]
    [InlineData("{\"x\":{" + Sound + "} /* note */}", "not valid JSON")]
    [InlineData("{'x':{" + Sound + "}}", "not valid JSON")]
    [InlineData("{\"\\ud800\":{" + Sound + "}}", "not valid JSON")]
    [InlineData("{}", "its tensors take 0 bytes, but 8 follow the header")]
    [InlineData("null", "the header is a Null where a StartObject was expected")]
    public void EachBrokenHeaderIsToldByWhatIsWrongInIt(string header, string complaint) =>
        Assert.Contains(complaint, Refused(header).Message);

    [Theory]
    [InlineData("""{"format":"pt"}""", null)]
    [InlineData("{}", null)]
    [InlineData("""{"format":"pt","format":"tf"}""", "its metadata has the key 'format' twice")]
    [InlineData("""{"format":1}""", "is a Number where a String was expected")]
    [InlineData("""{"format":{"of":"pt"}}""", "is a StartObject where a String was expected")]
    [InlineData("""{"format":null}""", "is a Null where a String was expected")]
    [InlineData("""["pt"]""", "is a StartArray where a StartObject was expected")]
    [InlineData("\"pt\"", "is a String where a StartObject was expected")]
    public void MetadataIsTextsByName(string metadata, string? complaint)
    {
        var header = $$$"""{"__metadata__":{{{metadata}}},"x":{{{{Sound}}}}}""";
        if (complaint is not null)
        {
            Assert.Contains(complaint, Refused(header).Message);
            return;
        }

        using var file = Open(header);
        Assert.Equal(["x"], file.Tensors.Keys);
        Assert.Equal(metadata == "{}" ? null : "pt", file.Metadata.GetValueOrDefault("format"));
    }

    [Fact]
    public void TextThatIsNotUtf8IsRefused()
    {
        byte[] json = [.. "{\""u8, 0xff, 0xfe, .. Encoding.UTF8.GetBytes("\":{" + Sound + "}}")];
        File.WriteAllBytes(_folder["a"], [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[8]]);
        Assert.Contains("not valid JSON", Assert.Throws<CrossEncoderException>(() => new SafetensorsFile(_folder["a"])).Message);
    }

    [Fact]
    public void TheDataMayLieInAnotherOrderThanTheHeader()
    {
        using var file = Open(
            """{"late":{"dtype":"U8","shape":[3],"data_offsets":[5,8]},"early":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}""",
            [1, 2, 3, 4, 5, 6, 7, 8]
        );
        Assert.Equal(["late", "early"], file.Tensors.Keys);
        using var late = file.Read("late");
        using var early = file.Read("early");
        Assert.Equal([6, 7, 8], late.data<byte>().ToArray());
        Assert.Equal([1, 2, 3, 4, 5], early.data<byte>().ToArray());
    }

    [Fact]
    public void TensorsWithoutElementsMayLieAnywhereButNotInsideOthers()
    {
        using (
            var file = Open(
                $$$"""
                {"front":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"x":{{{{Sound}}}},
                 "end":{"dtype":"I64","shape":[2,0,3],"data_offsets":[8,8]}}
                """
            )
        )
        {
            using var end = file.Read("end");
            Assert.Equal([2L, 0, 3], end.shape);
        }

        var inside = $$$"""{"inside":{"dtype":"F32","shape":[0],"data_offsets":[4,4]},"x":{{{{Sound}}}}}""";
        Assert.Contains("a gap or an overlap", Refused(inside).Message);
        var behind = $$$"""{"behind":{"dtype":"F32","shape":[0],"data_offsets":[9,9]},"x":{{{{Sound}}}}}""";
        Assert.Contains("'behind' starts at 9 where 8 was expected", Refused(behind).Message);
    }

    [Theory]
    [InlineData(64, null)]
    [InlineData(65, "holds more than 64 numbers")]
    public void AShapeHasAtMostAsManyDimensionsAsTorchAllows(int dimensions, string? complaint)
    {
        var shape = string.Join(",", Enumerable.Repeat(1, dimensions - 1).Append(2));
        var header = $$$"""{"x":{"dtype":"F32","shape":[{{{shape}}}],"data_offsets":[0,8]}}""";
        if (complaint is not null)
        {
            Assert.Contains(complaint, Refused(header).Message);
            return;
        }

        using var file = Open(header);
        using var read = file.Read("x");
        Assert.Equal(dimensions, read.dim());
    }

    [Fact]
    public void AFileCutOffOrLengthenedAnywhereIsRefused()
    {
        byte[] json = Encoding.UTF8.GetBytes("{\"x\":{" + Sound + "}}");
        byte[] sound = [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[8]];
        for (var length = 0; length < sound.Length; length++)
        {
            File.WriteAllBytes(_folder["a"], sound[..length]);
            var error = Assert.Throws<CrossEncoderException>(() => new SafetensorsFile(_folder["a"]));
            Assert.Contains(length < 8 ? "too few for the 8-byte header length" : "is not a sound safetensors file", error.Message);
        }

        File.WriteAllBytes(_folder["a"], [.. sound, 0]);
        var longer = Assert.Throws<CrossEncoderException>(() => new SafetensorsFile(_folder["a"]));
        Assert.Contains("its tensors take 8 bytes, but 9 follow the header", longer.Message);
    }

    [Fact]
    public void AFileWithoutTensorsIsSound()
    {
        using var file = Open("{}", []);
        Assert.Empty(file.Tensors);
        Assert.Contains("has no tensor 'x'", Assert.Throws<CrossEncoderException>(() => file.Read("x")).Message);
    }

    [Fact]
    public void NothingIsReadOnceTheFileIsDisposed()
    {
        var file = Open("{\"x\":{" + Sound + "}}");
        file.Dispose();
        file.Dispose(); // once more does no harm
        Assert.Throws<ObjectDisposedException>(() => file.Read("x"));
        Assert.Equal("x: (2) F32", Assert.Single(file.Tensors.Values).ToString()); // the table stays
        File.Delete(_folder["a"]);
        Assert.False(File.Exists(_folder["a"]));
    }

    private CrossEncoderException Refused(string header)
    {
        var error = Assert.Throws<CrossEncoderException>(() => Open(header));
        Assert.StartsWith($"'{_folder["a"]}' is not a sound safetensors file: ", error.Message);
        using (File.Open(_folder["a"], FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { } // nothing holds it any more
        return error;
    }

    private SafetensorsFile Open(string header, byte[]? data = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(_folder["a"], [.. BitConverter.GetBytes((long)json.Length), .. json, .. data ?? new byte[8]]);
        return new(_folder["a"]);
    }
}
