using System.Runtime.CompilerServices;

namespace CrossEncoders.Display;

/// <summary>What has to be in place before the library is used.</summary>
internal static class Startup
{
    // A plain dll that a notebook refers to has no other moment before its first use.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Run()
    {
        PlotlyAssemblies.MakeLoadable();
        HostFormatters.Register();
    }
}
