using CrossEncoders.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Runtime;

/// <summary>Which device is chosen, and what is said of those that are not.</summary>
public sealed class DevicesTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("auto")]
    public void NothingAskedIsTheBestThereIs(string? wanted)
    {
        var choice = Devices.Choose(wanted);
        Assert.Equal(choice.Reason, choice.ToString());
        Assert.DoesNotContain("as asked", choice.Reason);
        using var sum = ones(3, device: choice.Device).sum();
        Assert.Equal(3, sum.cpu().item<float>());
        if (choice.Device.type == DeviceType.CPU) // then why no faster one
            Assert.Equal($"Device: cpu with {get_num_threads()} threads (no usable CUDA device).", choice.Reason);
    }

    [Fact]
    public void TheCpuIsTakenWhereItIsAskedFor() =>
        Assert.Equal($"Device: cpu with {get_num_threads()} threads, as asked.", Devices.Choose("cpu").Reason);

    [Theory]
    [InlineData("CPU")]
    [InlineData("cpu:0")]
    [InlineData("gpu")]
    [InlineData("xcuda:0")]
    [InlineData(" ")]
    public void AnUnknownNameIsRefusedWithThoseThatAreKnown(string wanted) =>
        Assert.Equal(
            $"Unknown device '{wanted}'. Expected auto, cpu, cuda, cuda:N or mps.",
            Assert.Throws<CrossEncoderException>(() => Devices.Choose(wanted)).Message
        );

    [Theory]
    [InlineData("cuda")]
    [InlineData("cuda:1")]
    [InlineData("cuda:word")]
    [InlineData("mps")]
    [InlineData("mps:7")]
    public void ADeviceThatIsNotHereIsRefusedWithTheReason(string wanted)
    {
        NativeBackend.Initialize();
        Assert.SkipWhen(cuda.is_available() || mps_is_available(), "needs a machine without a GPU");
        var said = Assert.Throws<CrossEncoderException>(() => Devices.Choose(wanted)).Message;
        Assert.StartsWith($"The device '{wanted}' was asked for but cannot be used: ", said);
        Assert.Contains("Use 'auto' or 'cpu'", said);
        Assert.DoesNotContain('\n', said);
    }

    [Theory]
    [InlineData(DeviceType.CUDA, true)]
    [InlineData(DeviceType.MPS, false)]
    [InlineData(DeviceType.CPU, null)]
    public void HalfThePrecisionIsTakenWhereItIsFaster(DeviceType type, bool? half) =>
        Assert.Equal(
            half ?? Devices.CpuHasBFloat16 ? ScalarType.BFloat16 : ScalarType.Float32,
            Devices.FastType(new Device(type, type == DeviceType.CPU ? -1 : 0))
        );

    [Fact]
    public void WhatTheSystemSaysOfTheProcessorIsSeen()
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo"), "reads Linux's list of features");
        var flags = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "";
        Assert.SkipUnless(flags.Split(' ').Any(flag => flag is "avx512_bf16" or "amx_bf16"), "needs a processor with bfloat16");
        Assert.True(Devices.CpuHasBFloat16);
    }
}
