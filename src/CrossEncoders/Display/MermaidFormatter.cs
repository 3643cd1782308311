using System.Reflection;

namespace CrossEncoders.Display;

/// <summary>
/// What .NET Interactive shows of its <c>#!mermaid</c> cells: flowcharts drawn by the library. The host's own formatter fetches a script
/// from a CDN. Another kind of diagram is shown as it is written, with the reason.
/// </summary>
internal static class MermaidFormatter
{
    private const string Host = "Microsoft.DotNet.Interactive.Mermaid";

    /// <summary>Registers the formatter now, or as soon as the host has loaded what such cells are made of.</summary>
    public static void RegisterWith(PlotlyFormatters.Registration register)
    {
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => Register(loaded.LoadedAssembly, register);
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
            Register(assembly, register);
    }

    /// <summary>The diagram; where it cannot be drawn its text and why.</summary>
    public static string Shown(string mermaid)
    {
        try
        {
            return FlowChart.Parse(mermaid).ToHtml();
        }
        catch (CrossEncoderException error)
        {
            return $"<pre>{Html.Encode(mermaid)}</pre><p>{Html.Encode(error.Message)}</p>";
        }
    }

    private static void Register(Assembly assembly, PlotlyFormatters.Registration register)
    {
        if (assembly.GetName().Name == Host && assembly.GetType($"{Host}.MermaidMarkdown") is { } type)
            register(type, (diagram, writer) => writer.Write(Shown($"{diagram}")), MimeTypes.Html);
    }
}
