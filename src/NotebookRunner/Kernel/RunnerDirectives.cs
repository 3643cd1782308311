using System.Diagnostics;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace NotebookRunner.Kernel;

/// <summary>What the tool adds to its kernels in code of its own: <c>#!time</c>, <c>#!lsmagic</c> and <c>#!markdown</c>.</summary>
internal static class RunnerDirectives
{
    public static void Use(CompositeKernel root)
    {
        root.Add(new MarkdownKernel());
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
}
