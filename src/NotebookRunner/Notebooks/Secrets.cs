using System.Collections;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace NotebookRunner.Notebooks;

/// <summary>
/// Keys and passwords of the environment, which a cell may print (a server's answer may repeat the key it was sent, an error the
/// address it was sent to). In what a run writes, dots stand in their place.
/// </summary>
internal sealed partial class Secrets
{
    /// <summary>Shorter values are words, switches and numbers rather than secrets.</summary>
    private const int Shortest = 8;
    private const string Hidden = "•••";

    private readonly (string Value, string Shown)[] _values;

    private Secrets(IEnumerable<string> values) =>
        _values = [
            .. values
                .SelectMany(Forms)
                .Distinct(StringComparer.Ordinal)
                .OrderByDescending(value => value.Length)
                .ThenBy(value => value, StringComparer.Ordinal)
                .Select(value => (value, IsInAddress(value) ? $":{Hidden}@" : Hidden)),
        ];

    /// <summary>Those among this process's variables and the parameters: what is called a key, token, secret or password, and passwords in
    /// addresses.</summary>
    public static Secrets Of(IEnumerable<KeyValuePair<string, string>> parameters) =>
        Among(
            Environment
                .GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .Select(entry => KeyValuePair.Create((string)entry.Key, entry.Value as string ?? ""))
                .Concat(parameters)
        );

    /// <summary>Those among the given variables only.</summary>
    public static Secrets Among(IEnumerable<KeyValuePair<string, string>> variables) => new(variables.SelectMany(Values));

    /// <summary>The text without the secrets, whether they stand in it as they are or escaped for JSON or HTML.</summary>
    public string Hide(string text)
    {
        foreach (var (value, shown) in _values)
            text = text.Replace(value, shown, StringComparison.Ordinal);
        return text;
    }

    private static IEnumerable<string> Values(KeyValuePair<string, string> variable)
    {
        if (SecretName().IsMatch(variable.Key) && variable.Value.Trim() is { Length: >= Shortest } secret)
            yield return secret;
        foreach (Match match in PasswordInAddress().Matches(variable.Value))
        {
            var password = match.Groups["password"].Value;
            yield return $":{password}@";
            if (password.Length >= Shortest)
                yield return Uri.UnescapeDataString(password);
        }
    }

    private static bool IsInAddress(string value) => value is [':', .., '@'];

    private static IEnumerable<string> Forms(string value) =>
        IsInAddress(value)
            ? [value]
            :
            [
                value,
                JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
                JsonEncodedText.Encode(value).ToString(),
                WebUtility.HtmlEncode(value),
                Uri.EscapeDataString(value),
            ];

    [GeneratedRegex("(KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"[a-z][a-z0-9+.-]*://[^/\s@]*:(?<password>[^/\s@]+)@", RegexOptions.IgnoreCase)]
    private static partial Regex PasswordInAddress();
}
