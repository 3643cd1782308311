using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp;

namespace CrossEncoders.Runtime;

/// <summary>
/// A libtorch of the user's own, for example the one inside a Python install of PyTorch, which brings CUDA where no feed carries the CUDA
/// packages. It has to be of exactly the version that TorchSharp was built for.
/// </summary>
internal static partial class LibTorchFolder
{
    /// <summary>
    /// The environment variable that names the folder: <c>…/site-packages/torch</c>, an unpacked libtorch, or the <c>lib</c> in either.
    /// </summary>
    public const string Variable = "CROSS_ENCODERS_LIBTORCH";

    /// <summary>The same as application data, which goes first: <c>AppContext.SetData("CrossEncoders.LibTorch", folder)</c>.</summary>
    public const string Option = "CrossEncoders.LibTorch";

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
    /// <exception cref="CrossEncoderException">The folder has no libtorch, or one that says it is of another version.</exception>
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
        Require(Stated(folder), folder);
        return folder;
    }

    /// <summary>Asks the loaded library itself, as not every folder says.</summary>
    /// <exception cref="CrossEncoderException">It is of another version.</exception>
    public static void RequireLoaded(nint library, string folder)
    {
        if (!NativeLibrary.TryGetExport(library, "aoti_torch_abi_version", out var address))
            Require("older than 2.9", folder);
        var version = Marshal.GetDelegateForFunctionPointer<AbiVersion>(address)(); // a byte each: major, minor, patch, then five more
        Require($"{version >> 56}.{(version >> 48) & 255}.{(version >> 40) & 255}", folder);
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

    private static void Require(string? found, string folder)
    {
        if (found is null || found == Expected)
            return;
        throw new CrossEncoderException(
            $"The libtorch in {folder} is {found}, but TorchSharp was built for {Expected}. Install that version, for "
                + $"example with pip install torch=={Expected}, "
                + $"or unset {Variable} to use the packaged one."
        );
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate ulong AbiVersion();

    [GeneratedRegex(@"[0-9]+\.[0-9]+\.[0-9]+")]
    private static partial Regex Number();
}
