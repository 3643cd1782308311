using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp;

namespace CrossEncoders.Runtime;

/// <summary>
/// A libtorch of the user's own, for example the one inside a Python install of PyTorch, which brings CUDA where no feed carries the CUDA
/// packages. On Linux any version will do that has every symbol which TorchSharp's native library needs and computes what it should;
/// elsewhere it has to be of exactly the version that TorchSharp was built for.
/// </summary>
internal static partial class LibTorchFolder
{
    /// <summary>
    /// The environment variable that names the folder: <c>…/site-packages/torch</c>, an unpacked libtorch, or the <c>lib</c> in either.
    /// </summary>
    public const string Variable = "CROSS_ENCODERS_LIBTORCH";

    /// <summary>The same as application data, which takes precedence: <c>AppContext.SetData("CrossEncoders.LibTorch",
    /// folder)</c>.</summary>
    public const string Option = "CrossEncoders.LibTorch";

    /// <summary>Later versions whose symbols were looked at, for TorchSharp 0.107.</summary>
    private static readonly string[] KnownToFit = ["2.11.0", "2.12.0"];

    /// <summary>The version of libtorch that TorchSharp says it was built for, major.minor.patch.</summary>
    public static string Expected =>
        typeof(torch).GetField("libtorchPackageVersion", BindingFlags.NonPublic | BindingFlags.Static)?.GetRawConstantValue()
            is string version
            ? Number().Match(version).Value
            : throw new CrossEncoderException(
                "This version of TorchSharp does not say which libtorch it was built for, so a libtorch of your own cannot be "
                    + "checked. Use the packaged one."
            );

    /// <summary>The folder that holds the libraries; null where none was chosen.</summary>
    /// <param name="library">File name of libtorch's main library.</param>
    /// <exception cref="CrossEncoderException">Neither the folder that was chosen nor its folder lib has a libtorch.</exception>
    public static string? Chosen(string library)
    {
        var (chosen, by) = AppContext.GetData(Option) is string { Length: > 0 } data
            ? (data, Option)
            : (Environment.GetEnvironmentVariable(Variable), Variable);
        if (chosen is null or "")
            return null;
        string[] places = [chosen, Path.Combine(chosen, "lib")];
        var folder = Array.Find(places, place => File.Exists(Path.Combine(place, library)))
            ?? throw new CrossEncoderException(
                $"{by} names {chosen}, but neither it nor its folder lib holds {library}. Name the folder of an unpacked "
                    + $"libtorch {Expected}, or of a Python install's torch."
            );
        return folder;
    }

    /// <summary>Looks, before anything is loaded, whether the libraries have what TorchSharp's native library needs.</summary>
    /// <param name="folder">The folder of libtorch.</param>
    /// <param name="binding">TorchSharp's native library.</param>
    /// <exception cref="CrossEncoderException">Symbols are missing; the message names some.</exception>
    public static void RequireSymbols(string folder, string binding)
    {
        var missing = ElfSymbols.Of(binding).Needed.ToHashSet(StringComparer.Ordinal);
        foreach (var library in (string[])["libtorch_cpu.so", "libc10.so", "libtorch.so"])
            if (Path.Combine(folder, library) is var path && File.Exists(path) && missing.Count > 0)
                missing.ExceptWith(ElfSymbols.Of(path).Defined);
        if (missing.Count == 0)
            return;
        var version = Stated(folder) ?? "of a version that it does not state";
        var some = string.Join(", ", missing.Order(StringComparer.Ordinal).Take(3).Select(name => Excerpt.Of(name, 80)));
        throw Refused(folder, $"{version} and lacks {missing.Count} symbols that TorchSharp's native library needs, such as {some}");
    }

    /// <summary>Refuses a folder that says it is of another version, for systems whose libraries are not looked into.</summary>
    /// <exception cref="CrossEncoderException">It is of another version.</exception>
    public static void RequireStated(string folder)
    {
        if (Stated(folder) is { } stated && stated != Expected)
            throw Refused(folder, stated);
    }

    /// <summary>The version that a loaded library itself says it is; null where it is older than 2.9 and does not say.</summary>
    public static string? Loaded(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "aoti_torch_abi_version", out var address))
            return null;
        var version = Marshal.GetDelegateForFunctionPointer<AbiVersion>(address)(); // a byte each: major, minor, patch, then five more
        return $"{version >> 56}.{(version >> 48) & 255}.{(version >> 40) & 255}";
    }

    /// <summary>Refuses a loaded libtorch of another version where that is not allowed, or where it computes something else.</summary>
    /// <exception cref="CrossEncoderException">It is refused; the message says what was wrong.</exception>
    public static void RequireWorking(string? loaded, string folder, Func<string?> failure)
    {
        if (loaded == Expected)
            return;
        var found = loaded ?? "older than 2.9";
        if (!OperatingSystem.IsLinux())
            throw Refused(folder, found);
        if (failure() is { } wrong)
            throw Refused(folder, $"{found}, and {wrong}");
    }

    /// <summary>
    /// What <c>build-version</c> (libtorch) or <c>version.py</c> (PyTorch) beside or above the libraries says; null where neither is
    /// there.
    /// </summary>
    private static string? Stated(string folder)
    {
        foreach (var place in (string?[])[folder, Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))])
        {
            foreach (var file in (string[])["build-version", "version.py"])
            {
                var path = Path.Combine(place ?? "", file);
                if (File.Exists(path) && Number().Match(File.ReadAllText(path)) is { Success: true } match)
                    return match.Value;
            }
        }

        return null;
    }

    private static CrossEncoderException Refused(string folder, string what) =>
        new(
            $"The libtorch in {folder} is {what}; TorchSharp was built for {Expected}, and {string.Join(" and ", KnownToFit)} are known to "
                + $"have every symbol. Install one of them, for example with pip install torch=={Expected}, or unset {Variable} to use the "
                + "packaged one."
        );

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate ulong AbiVersion();

    [GeneratedRegex(@"[0-9]+\.[0-9]+\.[0-9]+")]
    private static partial Regex Number();
}
