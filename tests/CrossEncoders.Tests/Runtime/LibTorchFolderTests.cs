using System.Runtime.InteropServices;
using CrossEncoders.Runtime;

namespace CrossEncoders.Tests.Runtime;

/// <summary>Which folder a libtorch of the user's own is taken from, and which are refused.</summary>
[Collection(Alone.Name)] // The choice is the process's.
public sealed class LibTorchFolderTests : IDisposable
{
    private const string Library = "libtorch_cpu.so";

    private readonly ScratchFolder _scratch = new();
    private readonly string? _variable = Environment.GetEnvironmentVariable(LibTorchFolder.Variable);

    public LibTorchFolderTests()
    {
        NativeBackend.Initialize(); // or it would look into the folders below
        Environment.SetEnvironmentVariable(LibTorchFolder.Variable, null);
        Directory.CreateDirectory(_scratch["lib"]);
    }

    public void Dispose()
    {
        AppContext.SetData(LibTorchFolder.Option, null);
        Environment.SetEnvironmentVariable(LibTorchFolder.Variable, _variable);
        _scratch.Dispose();
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    public void NothingSaidIsNothingChosen(string? option, string? variable)
    {
        AppContext.SetData(LibTorchFolder.Option, option);
        Environment.SetEnvironmentVariable(LibTorchFolder.Variable, variable);
        Assert.Null(LibTorchFolder.Chosen(Library));
    }

    [Fact]
    public void TheOptionGoesBeforeTheVariableAndAnEmptyOneDoesNot()
    {
        using var other = new ScratchFolder().With(Library, "");
        Touch(_scratch[Library]);
        Environment.SetEnvironmentVariable(LibTorchFolder.Variable, other.Path);
        Assert.Equal(other.Path, Chosen(""));
        Assert.Equal(_scratch.Path, Chosen(_scratch.Path));
    }

    [Fact]
    public void TheFolderItselfGoesBeforeItsLib()
    {
        Touch(_scratch[Path.Combine("lib", Library)]);
        Assert.Equal(_scratch["lib"], Chosen(_scratch.Path));
        Touch(_scratch[Library]);
        Assert.Equal(_scratch.Path, Chosen(_scratch.Path));
    }

    [Fact]
    public void AFolderWithoutTheLibraryIsRefusedByTheNameThatNamedIt()
    {
        Touch(_scratch[Path.Combine("lib", "libtorch_cpu.dylib")]);
        var byOption = Refusal(_scratch.Path);
        Assert.StartsWith($"{LibTorchFolder.Option} names {_scratch.Path}, but neither", byOption);
        Assert.Contains($"holds {Library}", byOption);
        Assert.Contains(LibTorchFolder.Expected, byOption);

        Environment.SetEnvironmentVariable(LibTorchFolder.Variable, _scratch["absent"]);
        Assert.StartsWith($"{LibTorchFolder.Variable} names", Refusal(null));
    }

    /// <summary>
    /// Where libraries are not looked into, the version is looked for beside them and above; {0} stands for the right one.
    /// </summary>
    [Theory]
    [InlineData("lib/build-version", "{0}+cpu\n", null)]
    [InlineData("build-version", "{0}\n", null)]
    [InlineData("version.py", "__version__ = '{0}+cu128'\ngit_version = 'abc'\n", null)]
    [InlineData("version.py", "# nothing that is a version: 2.9\n", null)]
    [InlineData("lib/build-version", "1.13.1\n", "1.13.1")]
    [InlineData("build-version", "2.9.0+cu126\n", "2.9.0")]
    [InlineData("version.py", "__version__ = '12.10.0'", "12.10.0")]
    [InlineData("build-version", "{0}1\n", "{0}1")] // 2.10.01 or 2.9.11 begin alike
    public void WhatSaysItIsOfAnotherVersionIsRefused(string name, string text, string? found)
    {
        File.WriteAllText(_scratch[name], string.Format(null, text, LibTorchFolder.Expected));
        foreach (var folder in (string[])[_scratch["lib"], _scratch["lib"] + Path.DirectorySeparatorChar])
            if (found is null)
                LibTorchFolder.RequireStated(folder);
            else
                Assert.Contains(
                    $" is {string.Format(null, found, LibTorchFolder.Expected)};",
                    Assert.Throws<CrossEncoderException>(() => LibTorchFolder.RequireStated(folder)).Message
                );
    }

    [Fact]
    public void WhatIsBesideTheLibrariesCountsMoreThanWhatIsAbove()
    {
        _scratch.With("build-version", "1.0.0").With(Path.Combine("lib", "version.py"), LibTorchFolder.Expected);
        LibTorchFolder.RequireStated(_scratch["lib"]);
    }

    [Fact]
    public void ThePackagedLibrariesHaveEverySymbol()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads Linux libraries");
        Assert.InRange(ElfSymbols.Of(Binding()).Needed.Count, 1000, 1500);
        LibTorchFolder.RequireSymbols(NativeBackend.Folder!, Binding());
    }

    [Fact]
    public void LibrariesThatLackSymbolsAreRefusedWithTheirNamesBeforeTheyAreLoaded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads Linux libraries");
        File.Copy(Path.Combine(NativeBackend.Folder!, "libc10.so"), _scratch[Library]); // a part of it
        _scratch.With("build-version", "9.9.9");
        var said = Assert.Throws<CrossEncoderException>(() => LibTorchFolder.RequireSymbols(_scratch.Path, Binding())).Message;
        Assert.Matches($@"^The libtorch in {_scratch.Path} is 9\.9\.9 and lacks \d+ symbols .* such as _ZN2at", said);
        Assert.Contains($"pip install torch=={LibTorchFolder.Expected}", said);
        File.WriteAllText(_scratch[Library], "no library");
        var damaged = Assert.Throws<CrossEncoderException>(() => LibTorchFolder.RequireSymbols(_scratch.Path, Binding())).Message;
        Assert.Contains("is not a library for 64-bit Linux", damaged);
    }

    [Fact]
    public void TheLoadedLibraryIsAskedItself()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "loads Linux libraries");
        Assert.Matches(@"^\d+\.\d+\.\d+$", LibTorchFolder.Expected);
        Assert.Equal(LibTorchFolder.Expected, LibTorchFolder.Loaded(NativeLibrary.Load(Path.Combine(NativeBackend.Folder!, Library))));
        Assert.Null(LibTorchFolder.Loaded(NativeLibrary.Load(Path.Combine(NativeBackend.Folder!, "libc10.so")))); // which does not say
    }

    [Fact]
    public void AnotherVersionHasToComputeWhatItShould()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere another version is refused at once");
        Assert.Null(LibTorchSelfTest.Failure());
        LibTorchFolder.RequireWorking("9.9.9", "there", LibTorchSelfTest.Failure);
        LibTorchFolder.RequireWorking(LibTorchFolder.Expected, "there", () => throw new InvalidOperationException("needs no test"));
        var said = Assert.Throws<CrossEncoderException>(() => LibTorchFolder.RequireWorking("9.9.9", "there", () => "a product gave 1"));
        Assert.StartsWith("The libtorch in there is 9.9.9, and a product gave 1; TorchSharp was built for", said.Message);
    }

    private static string Binding() =>
        Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so") is var path && File.Exists(path)
            ? path
            : Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");

    private static void Touch(string path) => File.WriteAllText(path, "");

    private static string? Chosen(string? option)
    {
        AppContext.SetData(LibTorchFolder.Option, option);
        return LibTorchFolder.Chosen(Library);
    }

    private static string Refusal(string? option) => Assert.Throws<CrossEncoderException>(() => Chosen(option)).Message;
}
