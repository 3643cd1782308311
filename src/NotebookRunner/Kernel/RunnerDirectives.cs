using System.Diagnostics;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace NotebookRunner.Kernel;

/// <summary>What the tool has in code of its own: <c>#!time</c>, <c>#!lsmagic</c>, <c>#!markdown</c> and <c>#!mermaid</c>.</summary>
internal static class RunnerDirectives
{
    public static void Use(CompositeKernel root)
    {
        root.Add(new MarkdownKernel());
        root.Add(new MermaidKernel());
        root.AddDirective(new KernelActionDirective("#!time") { Description = "Shows how long the cell took." }, Time);
        root.AddDirective(
            new KernelActionDirective("#!lsmagic") { Description = "Lists the kernels with their directives." },
            (_, context) =>
            {
                Show(context, PlainTextFormatter.MimeType, string.Join('\n', Listed(root)));
                return Task.CompletedTask;
            }
        );
    }

    private static Task Time(KernelCommand command, KernelInvocationContext context)
    {
        var clock = Stopwatch.StartNew();
        context.OnComplete(done =>
            Show(done, PlainTextFormatter.MimeType, FormattableString.Invariant($"Wall time: {clock.Elapsed.TotalMilliseconds:0.0} ms"))
        );
        return Task.CompletedTask;
    }

    private static IEnumerable<string> Listed(CompositeKernel root) =>
        root
            .ChildKernels.Prepend(root)
            .SelectMany(kernel =>
                kernel
                    .KernelInfo.SupportedDirectives.OrderBy(directive => directive.Name, StringComparer.Ordinal)
                    .Select(directive => $"  {directive.Name, -14} {directive.Description}".TrimEnd())
                    .Prepend(kernel.Name)
            );

    private static void Show(KernelInvocationContext context, string mime, string text) =>
        context.Publish(new DisplayedValueProduced(text, context.Command, [new FormattedValue(mime, text)]));

    /// <summary>Shows a cell's text as Markdown.</summary>
    private sealed class MarkdownKernel() : global::Microsoft.DotNet.Interactive.Kernel("markdown"), IKernelCommandHandler<SubmitCode>
    {
        public Task HandleAsync(SubmitCode command, KernelInvocationContext context)
        {
            Show(context, "text/markdown", command.Code);
            return Task.CompletedTask;
        }
    }

    /// <summary>Has the library draw a cell's text. The library is the notebook's, so a C# cell asks it.</summary>
    private sealed class MermaidKernel() : global::Microsoft.DotNet.Interactive.Kernel("mermaid"), IKernelCommandHandler<SubmitCode>
    {
        public async Task HandleAsync(SubmitCode command, KernelInvocationContext context)
        {
            var code = $"CrossEncoders.Display.FlowChart.Parse({SymbolDisplay.FormatLiteral(command.Code, quote: true)})";
            var result = await RootKernel.SendAsync(new SubmitCode(code, "csharp"));
            if (result.Events.OfType<CommandFailed>().FirstOrDefault() is { } failed)
                context.Fail(command, message: failed.Message); // A command within another fails for itself only.
        }
    }
}
