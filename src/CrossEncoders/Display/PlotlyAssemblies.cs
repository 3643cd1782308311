using System.Reflection;
using System.Runtime.Loader;

namespace CrossEncoders.Display;

/// <summary>
/// Lets Plotly.NET load in a notebook. The kernel of .NET Interactive brings an FSharp.Core older than the one Plotly.NET asks for.
/// Left alone, some of Plotly.NET's assemblies get the kernel's and some the one beside this library, and their types do not match.
/// So Plotly.NET goes where the kernel's FSharp.Core is, and takes that: it needs nothing newer. The same makes a later
/// <c>#r "nuget: Plotly.NET.Interactive"</c> work, which fails in the kernel by itself.
/// </summary>
internal static class PlotlyAssemblies
{
    private static readonly string[] Family =
    [
        "Plotly.NET",
        "Plotly.NET.CSharp",
        "DynamicObj",
        "Giraffe.ViewEngine",
        "Fable.Core",
        "Newtonsoft.Json",
        "FSharp.Core",
    ];

    internal static void MakeLoadable()
    {
        var own = typeof(PlotlyAssemblies).Assembly;
        var host = AssemblyLoadContext.Default;
        if (AssemblyLoadContext.GetLoadContext(own) == host || own.Location.Length == 0)
            return; // A program with a dependency file: everything resolves by itself.

        var folder = Path.GetDirectoryName(own.Location)!;
        host.Resolving += (context, name) => Resolve(context, name, folder);
        foreach (var name in Family[..2])
        {
            if (host.Assemblies.All(assembly => assembly.GetName().Name != name))
                host.LoadFromAssemblyPath(Path.Combine(folder, name + ".dll"));
        }
    }

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name, string folder)
    {
        if (name.Name == "FSharp.Core" && name.Version is not null)
            return context.LoadFromAssemblyName(new AssemblyName("FSharp.Core")); // The host's, whatever its version.
        var file = Path.Combine(folder, name.Name + ".dll");
        return Family.Contains(name.Name) && File.Exists(file) ? context.LoadFromAssemblyPath(file) : null;
    }
}
