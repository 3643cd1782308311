using System.Runtime.Loader;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.FSharp;
using Microsoft.DotNet.Interactive.PackageManagement;

namespace NotebookRunner.Kernel;

/// <summary>The kernel of the <c>dotnet interactive</c> tool, as far as C# notebooks and their cells in F# use it.</summary>
internal static class NotebookKernel
{
    /// <summary>
    /// The kernel's own <c>display(x)</c> shows one value and returns another, so that an update finds nothing. This goes before it.
    /// </summary>
    private const string LiveDisplay = """
        Microsoft.DotNet.Interactive.Formatting.DisplayedValue display(object value, params string[] mimeTypes) =>
            Microsoft.DotNet.Interactive.KernelInvocationContextExtensions.Display(
                Microsoft.DotNet.Interactive.KernelInvocationContext.Current, value, mimeTypes);
        """;

    public static CompositeKernel Create()
    {
        var csharp = new CSharpKernel()
            .UseNugetDirective(
                (kernel, references) =>
                {
                    kernel.AddAssemblyReferences(references.SelectMany(reference => reference.AssemblyPaths));
                    return Task.CompletedTask;
                }
            )
            .UseKernelHelpers()
            .UseWho()
            .UseValueSharing();
        SourceLines.Enable(csharp);
        csharp.DeferCommand(new SubmitCode(LiveDisplay));

        var root = new CompositeKernel();
        root.Add(csharp, ["c#", "C#"]);
        root.Add(FSharp(), ["f#", "F#"]);
        root.Add(new HtmlKernel());
        root.Add(new JavaScriptKernel());
        root.Add(new KeyValueStoreKernel().UseWho());
        root.UseImportMagicCommand();
        RunnerDirectives.Use(root);
        root.DefaultKernelName = csharp.Name;
        PackageExtensions.Use(root);
        UseOwnFSharp();
        RefuseInput(root);

        Formatter.DefaultMimeType = HtmlFormatter.MimeType;
        DeepValues.Escape();
        Formatter.SetPreferredMimeTypesFor(typeof(string), PlainTextFormatter.MimeType);
        return root;
    }

    private static FSharpKernel FSharp()
    {
        var fsharp = new FSharpKernel()
            .UseDefaultFormatting()
            .UseNugetDirective(
                (kernel, references) =>
                {
                    kernel.AddAssemblyReferencesAndPackageRoots(
                        references.SelectMany(reference => reference.AssemblyPaths),
                        references.Select(reference => reference.PackageRoot)
                    );
                    return Task.CompletedTask;
                }
            )
            .UseKernelHelpers()
            .UseWho()
            .UseValueSharing();
        SourceLines.Enable(fsharp);
        return fsharp;
    }

    /// <summary>
    /// Packages in F#, Plotly.NET.Interactive for one, ask for an FSharp.Core newer than the one that the compiler in this process insists
    /// on. They get that one: it has what they use, and two of them would have types that do not match.
    /// </summary>
    private static void UseOwnFSharp() =>
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            name.Name == "FSharp.Core" && name.Version is not null ? context.LoadFromAssemblyName(new(name.Name)) : null;

    /// <summary>Nobody is there to answer, and an unanswered request would wait for ever.</summary>
    private static void RefuseInput(CompositeKernel root)
    {
        root.RegisterCommandHandler<RequestInput>(
            (request, context) =>
            {
                context.Fail(
                    request,
                    message: $"The cell asks for input (\"{request.Prompt}\"), and nobody is there to answer "
                        + "in a run of the notebook runner. "
                        + "Give the value as a parameter (-p name=value) or as an environment variable."
                );
                return Task.CompletedTask;
            }
        );
        root.SetDefaultTargetKernelNameForCommand(typeof(RequestInput), root.Name);
    }
}
