using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace CrossEncoders;

/// <summary>
/// In a notebook, what values look like is known by the assembly CrossEncoders, of which a cell that reads, cuts or searches uses nothing:
/// it is loaded together with this one.
/// </summary>
internal static class NotebookStart
{
#pragma warning disable CA2255 // a plain dll that a notebook refers to has no other moment before its first use
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Run()
    {
        if (AppDomain.CurrentDomain.GetAssemblies().All(each => each.GetName().Name != "Microsoft.DotNet.Interactive.Formatting"))
            return;
        try
        {
            var own = typeof(NotebookStart).Assembly;
            var name = own.GetName().FullName.Replace("CrossEncoders.Text,", "CrossEncoders,", StringComparison.Ordinal); // of one version
            var library = AssemblyLoadContext.GetLoadContext(own)!.LoadFromAssemblyName(new AssemblyName(name));
            RuntimeHelpers.RunModuleConstructor(library.ManifestModule.ModuleHandle);
        }
        catch (FileNotFoundException) { } // a notebook that serves alone
    }
}
