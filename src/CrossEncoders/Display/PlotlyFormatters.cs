using Plotly.NET;

namespace CrossEncoders.Display;

/// <summary>
/// What .NET Interactive shows of Plotly.NET's charts: the library's, which need no network. Plotly.NET.Interactive brings formatters of
/// its own, which take plotly.js from a CDN; since the last ones registered go first, these are registered again after them.
/// </summary>
internal static class PlotlyFormatters
{
    private const string Package = "Plotly.NET.Interactive";

    /// <summary>Registers a way to write a type as a MIME type.</summary>
    internal delegate void Registration(Type type, Action<object, TextWriter> format, string mimeType);

    /// <summary>Registers the formatters now, and again whenever that package has come.</summary>
    public static void RegisterWith(Registration register)
    {
        Register(register);
        var comes = false;
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) =>
        {
            if (loaded.LoadedAssembly.GetName().Name != Package)
            {
                if (comes) // The same cell may draw; its code is an assembly that is loaded before it runs.
                    Register(register);
                return;
            }
            comes = true;
            InteractiveCell.AtEnd(() =>
            {
                comes = false;
                Register(register);
            });
        };
    }

    private static void Register(Registration register) =>
        register(typeof(GenericChart), (chart, writer) => writer.Write(((GenericChart)chart).ToChart().ToHtml()), MimeTypes.Html);
}
