using System.Text.RegularExpressions;

namespace CrossEncoders.Hub;

/// <summary>Checks names that become parts of paths and addresses, whether a user or a server gave them.</summary>
internal static partial class HubNames
{
    /// <summary>What stands in front of the id of a data set, in addresses as here.</summary>
    public const string Datasets = "datasets/";

    /// <summary>Whether a text is a model id, "name" or "organization/name".</summary>
    public static bool IsId(string text) => text.Length <= 96 && Id().IsMatch(text) && !text.Contains("--") && !text.Contains("..");

    /// <summary>Whether a text is a full commit hash.</summary>
    public static bool IsCommit(string text) => Commit().IsMatch(text);

    /// <summary>Whether a text can be the name of a blob.</summary>
    public static bool IsEtag(string text) => text.Length <= 128 && Etag().IsMatch(text);

    /// <summary>Whether a text is a SHA-256.</summary>
    public static bool IsSha256(string text) => Sha256().IsMatch(text);

    /// <summary>Whether a text with slashes stays below the folder it is put in, on every operating system.</summary>
    public static bool IsRelative(string path) =>
        path.Length > 0 && !path.AsSpan().ContainsAny("\\:\0*?\"<>|") && path.Split('/').All(part => part is not ("" or "." or ".."));

    /// <summary>An address for a message: without a user and password in it, and without the query, which may be signed.</summary>
    public static string Shown(string address) => Excerpt.Of(Query().Replace(User().Replace(address, "://"), ""), 300);

    [GeneratedRegex(@"://[^/?#]*@", RegexOptions.CultureInvariant)]
    private static partial Regex User();

    [GeneratedRegex(@"[?#].*\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Query();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Id();

    [GeneratedRegex(@"^[0-9a-f]{40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Commit();

    [GeneratedRegex(@"^[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sha256();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Etag();
}
