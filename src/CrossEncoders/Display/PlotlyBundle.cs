using System.IO.Compression;

namespace CrossEncoders.Display;

/// <summary>plotly.js, taken from Plotly.NET, as a script that defines <c>window.Plotly</c> in any page, without a network.</summary>
internal static class PlotlyBundle
{
    private static readonly Lazy<string> Block = new(Create);

    /// <summary>
    /// The script element: about 1.4 MB, the library compressed. It does nothing in a page that has Plotly or is loading it; the charts
    /// wait for <c>window.Plotly</c>.
    /// </summary>
    public static string Script => Block.Value;

    private static string Create()
    {
        var assembly = typeof(Plotly.NET.GenericChart).Assembly;
        var name = assembly
            .GetManifestResourceNames()
            .FirstOrDefault(n => n.Contains("plotly-", StringComparison.Ordinal) && n.EndsWith(".js", StringComparison.Ordinal))
            ?? throw new CrossEncoderException(
                $"Charts need plotly.js, which {assembly.GetName().Name} {assembly.GetName().Version} should embed "
                    + "and does not. Use Plotly.NET 6.0.0."
            );
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        using (var source = assembly.GetManifestResourceStream(name)!)
            source.CopyTo(gzip);
        var base64 = Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
        // require.js (AMD) would take the library for a module of its own and leave window.Plotly undefined: it is out of sight there.
        return $$"""
            <script data-plotly-bundle>
            (function () { // plotly.js, MIT licence, plotly.com
            if (window.Plotly || window.plotlyLoading) return;
            window.plotlyLoading = true;
            var nonce = (document.currentScript || {}).nonce || ""; // a strict page gives one to this script only
            var bytes = Uint8Array.from(atob("{{base64}}"), function (c) { return c.charCodeAt(0); });
            new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text().then(function (code) {
              if (window.Plotly) return;
              var script = document.createElement("script");
              script.nonce = nonce;
              script.text = "(function (define, exports, module) {" + code + "\n})();";
              document.head.appendChild(script).remove();
            }).catch(function (error) { window.plotlyLoading = false; console.error("plotly.js could not be loaded", error); });
            })();
            </script>
            """;
    }
}
