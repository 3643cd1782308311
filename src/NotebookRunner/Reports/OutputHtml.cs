using System.Net;
using System.Text.Json.Nodes;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Reports;

/// <summary>A notebook output as HTML, in the richest form it has.</summary>
internal static class OutputHtml
{
    private const int LongestMarkdown = 500_000; // Longer text is no page to read, and could keep the renderer busy for hours.

    private const string Reachable = " tabindex=\"0\""; // what scrolls must be reached by keyboard

    private static readonly string[] Preferred =
    [
        "text/html",
        "image/svg+xml",
        "image/png",
        "image/jpeg",
        "image/gif",
        "text/markdown",
        "application/json",
        "text/plain",
    ];

    /// <summary>What cannot be rendered says why, in its place: it must not cost the page.</summary>
    public static string Of(JsonObject output, SharedScripts scripts)
    {
        try
        {
            return Rendered(output, scripts);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return Pre("error", $"This output could not be rendered: {error.Message}");
        }
    }

    private static string Rendered(JsonObject output, SharedScripts scripts) =>
        (string?)output["output_type"] switch
        {
            "stream" => Pre((string?)output["name"] == "stderr" ? "stderr" : "stdout", Cell.Text(output["text"])),
            "error" => Pre("error", Error(output)),
            _ => Value(output["data"] as JsonObject ?? [], scripts),
        };

    private static string Value(JsonObject data, SharedScripts scripts)
    {
        var mime = Preferred.FirstOrDefault(data.ContainsKey);
        var content = mime is null ? "" : Cell.Text(data[mime]);
        return mime switch
        {
            null => "",
            // A table that scrolls by itself is reached by keyboard by itself.
            "text/html" =>
                $"<div class=\"output html\"{(content.Contains("overflow-x:auto") ? "" : Reachable)}>{scripts.Take(content)}</div>\n",
            "image/svg+xml" => $"<div class=\"output image\"{Reachable}>{ClosedMarkup.Of(content)}</div>\n",
            "text/markdown" when content.Length <= LongestMarkdown => $"<div class=\"output text\">{MarkdownPages.Render(content)}</div>\n",
            _ when mime.StartsWith("image/", StringComparison.Ordinal) =>
                $"<div class=\"output image\"{Reachable}><img alt=\"{Described(data)}\" "
                    + $"src=\"data:{mime};base64,{WebUtility.HtmlEncode(string.Concat(content.Split()))}\"></div>\n",
            _ => Pre("plain", content),
        };
    }

    private static string Described(JsonObject data) =>
        WebUtility.HtmlEncode(data.ContainsKey("text/plain") ? Cell.Text(data["text/plain"]).Trim() : "a picture without a description");

    private static string Error(JsonObject output)
    {
        var stack = string.Join('\n', (output["traceback"] as JsonArray ?? []).Select(Cell.Text));
        var message = $"{(string?)output["ename"]}: {Cell.Text(output["evalue"])}";
        return stack.Length > 0 && !stack.Contains(Cell.Text(output["evalue"]), StringComparison.Ordinal) ? $"{message}\n{stack}"
            : stack.Length > 0 ? stack
            : message;
    }

    private static string Pre(string kind, string text)
    {
        text = Terminal.Plain(text).TrimEnd();
        var scrolls = text.Length > 500 || text.AsSpan().Count('\n') > 10; // or nearly so on a small screen
        return $"<pre class=\"output {kind}\"{(scrolls ? Reachable : "")}>{WebUtility.HtmlEncode(text)}</pre>\n";
    }
}
