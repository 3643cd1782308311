using System.Text.Json;
using System.Text.RegularExpressions;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Keeps keys and passwords out of messages: a server may echo the key it was sent. A key that is known is found as it is, and as JSON and
/// addresses spell it; others by their look ("Bearer …", "sk-…", "api_key=…", "https://user:password@host").
/// </summary>
internal static partial class Secrets
{
    private const string Mask = "[secret]";

    /// <summary>Shorter ones stand for "no key wanted" and may be any word ("x", "key", "none").</summary>
    private const int ShortestKey = 6;

    /// <summary>A text with a mask for each secret.</summary>
    /// <param name="text">The text.</param>
    /// <param name="key">A key that is known; null for none.</param>
    public static string Without(string text, string? key = null)
    {
        if (key?.Length >= ShortestKey)
            foreach (var spelling in new[] { key, Uri.EscapeDataString(key), JsonSerializer.Serialize(key)[1..^1] })
                text = text.Replace(spelling, Mask, StringComparison.Ordinal);
        text = Password().Replace(text, $"$1{Mask}@");
        text = Named().Replace(text, $"$1{Mask}");
        return Looks().Replace(text, Mask);
    }

    /// <summary>The error itself where no secret is in it or below it; else one of the same meaning that names none.</summary>
    public static Exception Without(Exception error, string? key = null)
    {
        var whole = error.ToString();
        return Without(whole, key) == whole ? error : CallErrors.Reworded(error, Without(error.Message, key));
    }

    /// <summary>Whether a key is so long that a text which holds it does not do so by chance.</summary>
    public static bool IsUnmistakable(string key) => key.Length >= 12 || (key.Length >= 8 && key.Any(char.IsDigit));

    [GeneratedRegex(@"(\b[a-z][a-z0-9+.-]{1,20}://[^\s/@:]{0,256}:)[^\s/@]{1,256}@", RegexOptions.IgnoreCase)]
    private static partial Regex Password();

    [GeneratedRegex(
        @"(\b(?:bearer\s+|basic\s+|(?:api[ _-]?key|access[ _-]?token|authorization|password|"
            + @"secret)[""']?\s*[:=]\s*[""']?(?:bearer\s+|basic\s+)?))"
            + @"(?=[^\s""']*[\d_])[^\s""',;)}\]]{6,}",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Named();

    [GeneratedRegex(@"\b(?:(?:sk|pk|rk|gsk|xai|hf|ghp|key)[-_](?=[\w-]*\d)[\w-]{8,}|AIza[\w-]{20,})")]
    private static partial Regex Looks();
}
