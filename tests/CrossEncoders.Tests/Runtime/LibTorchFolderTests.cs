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

    /// <summary>The version is looked for beside the libraries and above them; {0} stands for the right one.</summary>
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
        Touch(_scratch[Path.Combine("lib", Library)]);
        File.WriteAllText(_scratch[name], string.Format(null, text, LibTorchFolder.Expected));
        if (found is null)
        {
            Assert.Equal(_scratch["lib"], Chosen(_scratch.Path));
            return;
        }
        foreach (var folder in (string[])[_scratch.Path, _scratch["lib"], _scratch["lib"] + Path.DirectorySeparatorChar])
        {
            var said = Refusal(folder);
            Assert.Contains($" is {string.Format(null, found, LibTorchFolder.Expected)},", said);
            Assert.Contains($"pip install torch=={LibTorchFolder.Expected}", said);
        }
    }

    [Fact]
    public void WhatIsBesideTheLibrariesCountsMoreThanWhatIsAbove()
    {
        Touch(_scratch[Path.Combine("lib", Library)]);
        _scratch.With("build-version", "1.0.0").With(Path.Combine("lib", "version.py"), LibTorchFolder.Expected);
        Assert.Equal(_scratch["lib"], Chosen(_scratch.Path));
    }

    [Fact]
    public void TheLoadedLibraryIsAskedItself()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "loads Linux libraries");
        Assert.Matches(@"^\d+\.\d+\.\d+$", LibTorchFolder.Expected);
        LibTorchFolder.RequireLoaded(NativeLibrary.Load(Path.Combine(NativeBackend.Folder!, Library)), "here");
        var other = NativeLibrary.Load(Path.Combine(NativeBackend.Folder!, "libc10.so")); // which does not say
        var said = Assert.Throws<CrossEncoderException>(() => LibTorchFolder.RequireLoaded(other, "there")).Message;
        Assert.StartsWith("The libtorch in there is older than 2.9, but", said);
    }

    private static void Touch(string path) => File.WriteAllText(path, "");

    private static string? Chosen(string? option)
    {
        AppContext.SetData(LibTorchFolder.Option, option);
        return LibTorchFolder.Chosen(Library);
    }

    private static string Refusal(string? option) => Assert.Throws<CrossEncoderException>(() => Chosen(option)).Message;
}
