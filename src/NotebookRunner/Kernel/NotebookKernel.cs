using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.PackageManagement;

namespace NotebookRunner.Kernel;

/// <summary>The kernel of the <c>dotnet interactive</c> tool, as far as C# notebooks use it.</summary>
internal static class NotebookKernel
{
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

        var root = new CompositeKernel();
        root.Add(csharp, ["c#", "C#"]);
        root.Add(new HtmlKernel());
        root.Add(new JavaScriptKernel());
        root.Add(new KeyValueStoreKernel().UseWho());
        root.UseImportMagicCommand();
        RunnerDirectives.Use(root);
        root.DefaultKernelName = csharp.Name;
        PackageExtensions.Use(root);
        RefuseInput(root);

        Formatter.DefaultMimeType = HtmlFormatter.MimeType;
        DeepValues.Escape();
        Formatter.SetPreferredMimeTypesFor(typeof(string), PlainTextFormatter.MimeType);
        return root;
    }

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
