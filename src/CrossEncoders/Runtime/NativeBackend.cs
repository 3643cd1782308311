using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CrossEncoders.Files;

namespace CrossEncoders.Runtime;

/// <summary>Finds libtorch and TorchSharp's native library beside this assembly and loads them, in every host.</summary>
/// <remarks>
/// A notebook that refers to the dll by path does not probe <c>runtimes/RID/native</c>, and TorchSharp 0.107's
/// <c>libLibTorchSharp.so</c> asks for GLIBCXX_3.4.32, which Debian 12, Ubuntu 22.04 and RHEL 9 lack although nothing in it uses that
/// version. There a copy with that demand marked weak is loaded, kept in the user's cache folder. The environment variable
/// <c>CROSS_ENCODERS_LIBTORCH</c>, or <c>AppContext.SetData("CrossEncoders.LibTorch", folder)</c> before the library is first used, takes
/// libtorch from another folder, for example a Python install's <c>site-packages/torch</c>: CUDA without the CUDA packages.
/// </remarks>
public static class NativeBackend
{
    private const string UnneededVersion = "GLIBCXX_3.4.32";
    private static readonly Lock Gate = new();
    private static bool _loaded;

    /// <summary>The folder the native libraries were loaded from; null before <see cref="Initialize"/>.</summary>
    public static string? Folder { get; private set; }

    /// <summary>The version of libtorch that was loaded; null before <see cref="Initialize"/>, and where it does not say.</summary>
    internal static string? Version { get; private set; }

    /// <summary>libtorch's library for the CPU as the loader knows it; 0 before it is loaded.</summary>
    internal static nint TorchCpu { get; private set; }

    /// <summary>Loads the native backend once; later calls do nothing.</summary>
    /// <exception cref="CrossEncoderException">The native libraries are missing or do not load on this system.</exception>
    public static void Initialize()
    {
        lock (Gate)
        {
            if (_loaded)
                return;
            var folders = Candidates().ToList();
            var folder = folders.Find(f => File.Exists(Path.Combine(f, FileName("LibTorchSharp"))))
                ?? throw new CrossEncoderException(
                    $"TorchSharp's native library {FileName("LibTorchSharp")} was not found. Looked in: {string.Join(", ", folders)}. "
                        + "Build the CrossEncoders project for this operating system (dotnet build -c Release) and refer to the dll in "
                        + "its bin folder."
                );
            var own = LibTorchFolder.Chosen(FileName("torch_cpu"));
            var torch = own
                ?? folders.Find(f => File.Exists(Path.Combine(f, FileName("torch_cpu"))))
                ?? throw new CrossEncoderException(
                    $"libtorch ({FileName("torch_cpu")}) was not found. Looked in: {string.Join(", ", folders)}. Restore the "
                        + $"libtorch package for this "
                        + "operating system: dotnet build -c Release, or -p:Torch=cuda for the CUDA build."
                );
            var binding = Path.Combine(folder, FileName("LibTorchSharp"));
            if (own is not null && OperatingSystem.IsLinux())
                LibTorchFolder.RequireSymbols(own, binding);
            else if (own is not null)
                LibTorchFolder.RequireStated(own);
            foreach (var name in (string[])["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"])
            {
                var path = Path.Combine(torch, FileName(name));
                if (!File.Exists(path))
                    continue;
                var library = Load(path);
                if (name == "torch_cpu")
                    Version = LibTorchFolder.Loaded(TorchCpu = library);
            }

            LoadBinding(binding);
            if (own is not null)
                LibTorchFolder.RequireWorking(Version, own, LibTorchSelfTest.Failure);
            Folder = torch;
            _loaded = true;
        }
    }

    /// <summary>
    /// Loads the backend when the assembly is first used: a notebook that only referred to the dll may touch TorchSharp at once.
    /// </summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The one hook that runs in a notebook which referred to the dll by path.")]
    internal static void InitializeOnFirstUse()
    {
        try
        {
            Initialize();
        }
        catch (Exception error) when (error is CrossEncoderException or DllNotFoundException or BadImageFormatException)
        {
            // What needs no tensors works without the backend; what does calls Initialize again and gets the error then.
            System.Diagnostics.Debug.WriteLine(error.Message);
        }
    }

    private static void LoadBinding(string path)
    {
        if (NativeLibrary.TryLoad(path, out _))
            return;
        if (OperatingSystem.IsLinux() && Relaxed(path) is { } copy)
        {
            Load(copy);
            return;
        }

        Load(path); // fails again, with the loader's own words
    }

    private static nint Load(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new CrossEncoderException(
                $"{path} does not load on this system: {error.Message} Install what it says is missing, or restore the libtorch package "
                    + "for this operating system: dotnet build -c Release.",
                error
            );
        }
    }

    /// <summary>
    /// The path of a copy that loads on systems with an older libstdc++; null where the file does not demand the version.
    /// </summary>
    private static string? Relaxed(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
        if (!ElfSymbolVersions.Weaken(bytes, UnneededVersion))
            return null;
        foreach (var root in CacheRoots())
        {
            var target = Path.Combine(root, "cross-encoders", "native-" + hash, Path.GetFileName(path));
            try
            {
                if (File.Exists(target) && new FileInfo(target).Length == bytes.Length)
                    return target;
                AtomicFile.Replace(target, stream => stream.Write(bytes));
                return target;
            }
            catch (Exception error) when (DiskErrors.Is(error))
            {
                continue; // a read-only or full home folder: the next place may do
            }
        }

        throw new CrossEncoderException(
            $"A copy of {path} has to be written for this system's older C++ library, but none of these folders can be written: "
                + $"{string.Join(", ", CacheRoots())}. Free some space or set XDG_CACHE_HOME to a folder that can be written."
        );
    }

    private static IEnumerable<string> CacheRoots()
    {
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache)
            yield return cache;
        if (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home)
            yield return Path.Combine(home, ".cache");
        yield return Path.GetTempPath();
    }

    private static IEnumerable<string> Candidates()
    {
        var beside = Path.GetDirectoryName(typeof(NativeBackend).Assembly.Location) is { Length: > 0 } folder
            ? folder
            : AppContext.BaseDirectory;
        yield return Path.Combine(beside, "runtimes", Rid, "native");
        yield return Path.Combine(beside, "libtorch");
        yield return beside;
        if (AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar) == beside)
            yield break;
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", Rid, "native");
        yield return Path.Combine(AppContext.BaseDirectory, "libtorch");
        yield return AppContext.BaseDirectory;
    }

    private static string Rid =>
        (
            OperatingSystem.IsWindows() ? "win"
            : OperatingSystem.IsMacOS() ? "osx"
            : "linux"
        )
        + "-"
        + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    private static string FileName(string name) =>
        OperatingSystem.IsWindows() ? name + ".dll"
        : OperatingSystem.IsMacOS() ? $"lib{name}.dylib"
        : $"lib{name}.so";
}
