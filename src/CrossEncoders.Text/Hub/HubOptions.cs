namespace CrossEncoders.Hub;

/// <summary>
/// Which hub, with which token, and where its files are kept. The defaults come from the variables that Python's huggingface_hub reads.
/// </summary>
public sealed record HubOptions
{
    /// <summary>
    /// The address of the hub or a mirror, without a slash at its end (HF_ENDPOINT). A user and password in it are sent to it, unless a
    /// token is, and are never shown.
    /// </summary>
    public string Endpoint { get; init; } = "https://huggingface.co";

    /// <summary>The cache folder (HF_HUB_CACHE, else HF_HOME/hub, else .cache/huggingface/hub at home). Shared with Python.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>
    /// The access token for private and gated models (HF_TOKEN, else the file HF_HOME/token); null for none. Sent to the hub only.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>Whether to use nothing but the cache (HF_HUB_OFFLINE).</summary>
    public bool Offline { get; init; }

    /// <summary>How often a request is tried before giving up; a download that advances starts counting anew.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The pause before the second attempt; it doubles with each one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause that is granted where the hub asks for one (Retry-After).</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the hub may stay silent.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The options the environment asks for.</summary>
    /// <exception cref="CrossEncoderException">HF_ENDPOINT is not a web address.</exception>
    public static HubOptions FromEnvironment() => From(Environment.GetEnvironmentVariable);

    internal static HubOptions From(Func<string, string?> variable)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var hubHome = Folder("HF_HOME") ?? Path.Combine(Folder("XDG_CACHE_HOME") ?? Path.Combine(home, ".cache"), "huggingface");
        var endpoint = Value("HF_ENDPOINT")?.TrimEnd('/');
        if (endpoint is not null && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            throw new CrossEncoderException(
                $"HF_ENDPOINT is '{HubNames.Shown(endpoint)}'; an address such as https://huggingface.co was expected."
            );
        var options = new HubOptions
        {
            CacheFolder = Folder("HF_HUB_CACHE") ?? Path.Combine(hubHome, "hub"),
            Token = Value("HF_TOKEN") ?? TokenFile(Path.Combine(hubHome, "token")),
            Offline = Value("HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE",
        };
        return endpoint is null ? options : options with { Endpoint = endpoint };

        string? Value(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

        string? Folder(string name) =>
            Value(name) is not { } path ? null
            : path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? Path.Join(home, path[1..])
            : path;
    }

    private static string? TokenFile(string path) =>
        File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;

    /// <summary>The options without the token.</summary>
    public override string ToString() => $"{HubNames.Shown(Endpoint)}, cache {CacheFolder}{(Offline ? ", offline" : "")}";
}
