using System.Collections.Concurrent;
using System.Runtime.Loader;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Events;

namespace NotebookRunner.Kernel;

/// <summary>Runs what packages bring in <c>interactive-extensions/dotnet</c>, as the tool does after <c>#r "nuget:"</c>.</summary>
internal static class PackageExtensions
{
    public static void Use(CompositeKernel root)
    {
        var added = new ConcurrentQueue<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        root.RegisterForDisposal(
            root.KernelEvents.Subscribe(
                new Observer(e =>
                {
                    if (e is PackageAdded { PackageReference.PackageRoot: { Length: > 0 } folder } && seen.Add(folder))
                        added.Enqueue(folder);
                })
            )
        );
        root.AddMiddleware(
            async (command, context, next) =>
            {
                await next(command, context);
                while (added.TryDequeue(out var folder))
                    await LoadAsync(root, Path.Combine(folder, "interactive-extensions", "dotnet"), context);
            }
        );
    }

    private static async Task LoadAsync(CompositeKernel root, string folder, KernelInvocationContext context)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var file in Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal))
        {
            var types = AssemblyLoadContext
                .Default.LoadFromAssemblyPath(file)
                .ExportedTypes.Where(type => type.IsAssignableTo(typeof(IKernelExtension)))
                .Where(type => type is { IsAbstract: false, IsGenericTypeDefinition: false });
            foreach (var type in types)
                await ((IKernelExtension)Activator.CreateInstance(type)!).OnLoadAsync(root);
        }
        var script = Path.Combine(folder, "extension.dib");
        if (File.Exists(script))
            await root.LoadAndRunInteractiveDocument(new FileInfo(script), context.Command);
    }

    /// <summary>Saves a reference to System.Reactive for one subscription.</summary>
    internal sealed class Observer(Action<KernelEvent> onNext) : IObserver<KernelEvent>
    {
        public void OnCompleted() { }

        public void OnError(Exception error) { }

        public void OnNext(KernelEvent value) => onNext(value);
    }
}
