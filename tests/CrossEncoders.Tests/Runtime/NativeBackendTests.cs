using CrossEncoders.Runtime;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Runtime;

public class NativeBackendTests
{
    [Fact]
    public void LoadsAndComputes()
    {
        NativeBackend.Initialize();
        using var product = ones(2, 3).matmul(ones(3, 4));
        Assert.Equal(3f, product[1, 2].item<float>());
        Assert.NotNull(NativeBackend.Folder);
    }

    [Fact]
    public void WeakensOnlyTheNamedVersion()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ELF files are Linux's");
        NativeBackend.Initialize();
        var original = File.ReadAllBytes(Path.Combine(NativeBackend.Folder!, "libLibTorchSharp.so"));
        var weakened = (byte[])original.Clone();
        Assert.True(ElfSymbolVersions.Weaken(weakened, "GLIBCXX_3.4.32"));
        Assert.Equal(1, original.Zip(weakened).Count(pair => pair.First != pair.Second));
        Assert.False(ElfSymbolVersions.Weaken((byte[])original.Clone(), "GLIBCXX_9.9.99"));
        Assert.False(ElfSymbolVersions.Weaken([1, 2, 3], "GLIBCXX_3.4.32"));
    }

    [Fact]
    public void ChoosesADeviceAndSaysWhy()
    {
        var choice = Devices.Choose();
        Assert.StartsWith($"Device: {choice.Device.type.ToString().ToLowerInvariant()}", choice.Reason);
        Assert.Equal(TorchSharp.DeviceType.CPU, Devices.Choose("cpu").Device.type);
        var error = Assert.Throws<CrossEncoderException>(() => Devices.Choose("tpu"));
        Assert.Contains("'tpu'", error.Message);
    }
}
