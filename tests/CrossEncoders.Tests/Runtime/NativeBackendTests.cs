using System.Diagnostics;
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
        if (Environment.GetEnvironmentVariable(LibTorchFolder.Variable) is { Length: > 0 } chosen)
            Assert.Equal(chosen, NativeBackend.Folder);
        if (OperatingSystem.IsLinux())
            Assert.Contains(Path.Combine(NativeBackend.Folder!, "libtorch_cpu.so"), File.ReadAllText("/proc/self/maps"));
    }

    /// <summary>Runs <see cref="LoadsAndComputes"/> in a process of its own with a libtorch copied elsewhere.</summary>
    [Fact]
    public void TakesLibTorchFromAnotherFolderIfItHasEverySymbol()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "copies Linux libraries");
        NativeBackend.Initialize();
        using var scratch = new ScratchFolder();
        var folder = Path.Combine(scratch.Path, "lib");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(NativeBackend.Folder!))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var (worked, output) = LoadWith(folder);
        Assert.True(worked, output);

        File.WriteAllText(Path.Combine(scratch.Path, "version.py"), "__version__ = '2.9.1+cu128'\n");
        (worked, output) = LoadWith(folder);
        Assert.True(worked, output); // the symbols count, not what a file says

        File.WriteAllText(Path.Combine(folder, "libtorch_cuda.so"), "torn");
        (worked, output) = LoadWith(folder);
        Assert.False(worked, output);
        Assert.Contains("CrossEncoderException", output);
        Assert.Contains("libtorch_cuda.so does not load on this system", output);
        File.Delete(Path.Combine(folder, "libtorch_cuda.so"));

        File.Copy(Path.Combine(folder, "libc10.so"), Path.Combine(folder, "libtorch_cpu.so"), overwrite: true);
        (worked, output) = LoadWith(folder);
        Assert.False(worked, output);
        Assert.Contains("2.9.1 and lacks", output);
        Assert.Contains(LibTorchFolder.Expected, output);

        (worked, output) = LoadWith(Path.Combine(scratch.Path, "nothing"));
        Assert.False(worked, output);
        Assert.Contains("holds libtorch_cpu.so", output);
    }

    private static (bool Worked, string Output) LoadWith(string folder)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "exec", typeof(NativeBackendTests).Assembly.Location, "--filter-method", $"*{nameof(LoadsAndComputes)}" },
            Environment = { [LibTorchFolder.Variable] = folder },
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode == 0, output);
    }

    [Fact]
    public void WeakensOnlyTheNamedVersion()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ELF files are Linux's");
        NativeBackend.Initialize();
        var original = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so"));
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
