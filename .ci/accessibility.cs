#:package Deque.AxeCore.Commons@4.14.0
#:property ManagePackageVersionsCentrally=false
#:property PublishAot=false

// Looks at a report as a reader with impairments would: axe-core in Chromium, at the width of a phone and of a desk, light and dark.
// Also that the strict policy lets every chart be drawn. Usage: dotnet run .ci/accessibility.cs -- report/index.html

using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

var page = File.ReadAllText(args[0]);
var assembly = typeof(Deque.AxeCore.Commons.AxeResult).Assembly;
var name = assembly.GetManifestResourceNames().First(resource => resource.EndsWith("axe.min.js", StringComparison.Ordinal));
using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
var axe = reader.ReadToEnd().Replace("</script", "<\\/script");
const string run = """
    var tries = 0;
    (function look() {
      var charts = document.querySelectorAll("[data-chart]").length;
      if (document.querySelectorAll("[data-drawn] .plot-container").length < charts && tries++ < 200) return setTimeout(look, 100);
      axe.run(document, { resultTypes: ["violations"] }).then(function (found) {
        var serious = found.violations.filter(function (v) { return v.impact === "serious" || v.impact === "critical"; });
        parent.postMessage(JSON.stringify({
          width: innerWidth, dark: matchMedia("(prefers-color-scheme: dark)").matches, passes: found.passes.length,
          serious: serious.map(function (v) {
            return v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(function (n) { return n.html; }).join(" | ");
          })
        }), "*");
      });
    })();
    """;

// The policy would keep axe-core out, too. Whether it lets the charts in is seen in the page as it is.
var policy = PolicyText().Replace(page, "", 1);
var folder = Directory.CreateTempSubdirectory("accessibility-").FullName;
var copy = Path.Combine(folder, "page.html");
File.WriteAllText(copy, policy.Replace("</body>", $"<script>{axe}</script><script>{run}</script></body>"));
var frame = Path.Combine(folder, "frame.html"); // since no window is narrower than 500 pixels
var failed = false;
foreach (var width in new[] { 400, 1400 })
foreach (var scheme in new[] { 1, 0 })
{
    File.WriteAllText(
        frame,
        $$"""
        <!DOCTYPE html><iframe src="page.html" width="{{width}}" height="1000" style="border:0"></iframe>
        <script>
        onmessage = function (e) { var found = document.createElement("pre");
          found.id = "axe-found"; found.textContent = e.data; document.body.appendChild(found); };
        </script>
        """
    );
    string[] options =
    [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--virtual-time-budget=60000",
        "--dump-dom",
        $"--user-data-dir={folder}/profile",
        "--window-size=1500,1100",
        $"--blink-settings=preferredColorScheme={scheme}",
        $"file://{frame}",
    ];
    using var chromium = Process.Start(
        new ProcessStartInfo("chromium", options) { RedirectStandardOutput = true, RedirectStandardError = true }
    )!;
    _ = chromium.StandardError.ReadToEndAsync();
    var found = FoundText().Match(chromium.StandardOutput.ReadToEnd()).Groups["json"].Value;
    if (found.Length == 0)
        throw new InvalidOperationException($"axe-core said nothing at {width} pixels. Does {args[0]} open in Chromium?");
    var result = JsonSerializer.Deserialize<Found>(WebUtility.HtmlDecode(found), JsonSerializerOptions.Web)!;
    Console.WriteLine(
        $"{result.Width} pixels, {(result.Dark ? "dark" : "light")}: {result.Passes} rules hold, {result.Serious.Length} seriously broken"
    );
    foreach (var rule in result.Serious)
        Console.WriteLine($"  {rule}");
    failed |= result.Serious.Length > 0 || result.Passes == 0 || result.Width != width || result.Dark != (scheme == 0);
}
Directory.Delete(folder, recursive: true);
return failed ? 1 : 0;

internal sealed record Found(int Width, bool Dark, int Passes, string[] Serious);

internal static partial class Program
{
    [GeneratedRegex("<meta http-equiv=\"Content-Security-Policy\"[^>]*>")]
    private static partial Regex PolicyText();

    [GeneratedRegex("<pre id=\"axe-found\">(?<json>[^<]*)</pre>")]
    private static partial Regex FoundText();
}
