using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace CrossEncoders.Documents;

/// <summary>Tells which elements of a page a browser does not show: by kind, attribute, or a simple rule of the page's own style.</summary>
internal sealed partial class HtmlHidden
{
    private const int MostRules = 200;

    private static readonly HashSet<string> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "audio",
        "video",
        "canvas",
        "datalist",
        "noframes",
        "noembed",
    };

    private readonly HashSet<string> _classes = [];
    private readonly HashSet<string> _ids = [];

    public HtmlHidden(IHtmlDocument page)
    {
        var rules = page.QuerySelectorAll("style")
            .SelectMany(style => Rules().Matches(Media().Replace(Comments().Replace(style.TextContent, ""), "")));
        foreach (var rule in rules.Where(rule => IsHiding(rule.Groups["body"].Value)).Take(MostRules))
        foreach (var selector in rule.Groups["selectors"].Value.Split(',', StringSplitOptions.TrimEntries))
            if (Simple().Match(selector) is { Success: true } simple)
                _ = (simple.Groups["kind"].Value == "." ? _classes : _ids).Add(simple.Groups["name"].Value);
    }

    /// <summary>Whether an element and all in it are hidden.</summary>
    public bool Contains(IElement element) =>
        Kinds.Contains(element.LocalName)
        || element.HasAttribute("hidden")
        || element.GetAttribute("aria-hidden") is { } aria && aria.Trim().Equals("true", StringComparison.OrdinalIgnoreCase)
        || element.GetAttribute("style") is { } style && IsHiding(style)
        || (element.LocalName is "dialog" && !element.HasAttribute("open"))
        || (_ids.Count > 0 && element.Id is { } id && _ids.Contains(id))
        || (_classes.Count > 0 && element.ClassList.Any(_classes.Contains));

    private static bool IsHiding(string style) => Hiding().IsMatch(style);

    [GeneratedRegex(@"(^|[;\s{])(display\s*:\s*none|visibility\s*:\s*(hidden|collapse))\b", RegexOptions.IgnoreCase)]
    private static partial Regex Hiding();

    [GeneratedRegex(@"(?<selectors>[^{};]{1,1000})\{(?<body>[^{}]*)\}")]
    private static partial Regex Rules();

    // Rules for printers or small screens only.
    [GeneratedRegex(@"@[^{};]*\{([^{}]*\{[^{}]*\})*[^{}]*\}")]
    private static partial Regex Media();

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"^[a-zA-Z]*(?<kind>[.#])(?<name>[\w-]+)$")]
    private static partial Regex Simple();
}
