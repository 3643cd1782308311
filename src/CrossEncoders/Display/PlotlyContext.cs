using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace CrossEncoders.Display;

/// <summary>
/// The one place in a notebook's process where Plotly.NET and what it builds upon are loaded. .NET Interactive brings an F# library older than Plotly.NET's
/// and loads each dll of a notebook by itself: Plotly.NET would get the new one, Giraffe.ViewEngine, content with less, the old one, and no chart could be
/// written (MissingMethodException).
/// </summary>
internal sealed class PlotlyContext : AssemblyLoadContext
{
    private static readonly string[] Names = ["FSharp.Core", "Giraffe.ViewEngine", "DynamicObj", "Plotly.NET", "Plotly.NET.CSharp"];

    private readonly string _folder;

    private PlotlyContext(string folder) : base("Plotly.NET")
    {
        _folder = folder;
        // What the host does not have, such as Newtonsoft.Json in some hosts, lies beside the library too.
        Resolving += (_, name) => LoadFrom(name);
    }

    /// <summary>Sends every request for these dlls that the host cannot fulfil to one context, before the first of them is made.</summary>
    /// <remarks>In a console or a test everything lies in the default context and there is only one F# library to be had.</remarks>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The one hook of a dll that a notebook refers to by its path.")]
    internal static void Install()
    {
        var library = typeof(PlotlyContext).Assembly;
        if (GetLoadContext(library) == Default || Path.GetDirectoryName(library.Location) is not { Length: > 0 } folder)
            return;
        var context = new PlotlyContext(folder);
        Default.Resolving += (_, name) => Names.Contains(name.Name) ? context.LoadFrom(name) : null;
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) => Names.Contains(assemblyName.Name) ? LoadFrom(assemblyName) : null;

    private Assembly? LoadFrom(AssemblyName name)
    {
        var file = Path.Combine(_folder, name.Name + ".dll");
        return File.Exists(file) && !(AssemblyName.GetAssemblyName(file).Version < name.Version) ? LoadFromAssemblyPath(file) : null;
    }
}
