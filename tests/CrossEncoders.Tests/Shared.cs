using System.Runtime.CompilerServices;

namespace CrossEncoders.Tests;

/// <summary>
/// Reference material: golden outputs that the tests carry with them, models that the project ships, and what lies beside the checkout in
/// <c>../shared</c>; tests that need the last are skipped without it.
/// </summary>
internal static class Shared
{
    private static readonly string Root = System.IO.Path.GetFullPath(System.IO.Path.Combine(Repository, "..", "shared"));

    /// <summary>The root of the checkout.</summary>
    public static string Repository =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(ThisFile())!, "..", ".."));

    /// <summary>Whether something of the shared folder is here.</summary>
    public static bool Has(string relative) => Find(relative) is var path && (File.Exists(path) || Directory.Exists(path));

    /// <summary>The full path of something in the shared folder; skips the test where it is absent.</summary>
    public static string Path(string relative)
    {
        Assert.SkipUnless(Has(relative), $"needs ../shared/{relative}, which is not there");
        return Find(relative);
    }

    private static string Find(string relative)
    {
        if (relative.StartsWith("golden/", StringComparison.Ordinal) && GoldenFiles.Find(relative["golden/".Length..]) is { } golden)
            return golden;
        if (System.IO.Path.Combine(Repository, "data", relative) is var shipped && Directory.Exists(shipped))
            return shipped;
        if (System.IO.Path.Combine(Repository, "tests", "CrossEncoders.Tests", relative) is var carried && File.Exists(carried))
            return carried; // a case
        return System.IO.Path.Combine(Root, relative);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
