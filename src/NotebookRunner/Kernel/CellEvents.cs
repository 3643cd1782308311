using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Kernel;

/// <summary>Translates the kernel's events of one cell into what goes over the pipe.</summary>
internal sealed class CellEvents(string source, Action<CellEvent> send)
{
    private string? _diagnostics;
    private int? _diagnosticLine;
    private int _lineOffset;
    private bool _failed;

    public void Translate(KernelEvent kernelEvent)
    {
        switch (kernelEvent)
        {
            case CodeSubmissionReceived { Command: SubmitCode submission }:
                // The kernel splits a cell with directives into parts and counts lines from each part's start.
                var start = source.IndexOf(submission.Code, StringComparison.Ordinal);
                _lineOffset = start < 0 ? 0 : source.AsSpan(0, start).Count('\n');
                break;
            case StandardOutputValueProduced output:
                send(new(CellEventKind.Stream, Text(output), "stdout"));
                break;
            case StandardErrorValueProduced or ErrorProduced:
                send(new(CellEventKind.Stream, Text((DisplayEvent)kernelEvent), "stderr"));
                break;
            case ReturnValueProduced { Value: Microsoft.DotNet.Interactive.Formatting.DisplayedValue }:
                break;
            case ReturnValueProduced result:
                SendValue(CellEventKind.Result, result);
                break;
            case DisplayedValueProduced displayed:
                SendValue(CellEventKind.Display, displayed);
                break;
            case DisplayedValueUpdated updated:
                SendValue(CellEventKind.Update, updated);
                break;
            case DiagnosticsProduced diagnostics:
                Diagnose(diagnostics);
                break;
            case CommandFailed failure:
                Fail(failure);
                break;
        }
    }

    private static string Text(DisplayEvent output) =>
        output.FormattedValues.FirstOrDefault(v => v.MimeType == "text/plain")?.Value ?? output.Value?.ToString() ?? "";

    private void SendValue(CellEventKind kind, DisplayEvent value)
    {
        var data = value
            .FormattedValues.Where(v => !v.SuppressDisplay)
            .DistinctBy(v => v.MimeType)
            .ToDictionary(v => v.MimeType, v => v.Value);
        if (data.Count > 0)
            send(new(kind, Id: value.ValueId, Data: data));
    }

    private void Diagnose(DiagnosticsProduced produced)
    {
        // Unification of assembly versions (CS1701, CS1702) is normal in a script host.
        var shown = produced
            .Diagnostics.Zip(produced.FormattedDiagnostics)
            .Where(d => d.First.Severity >= DiagnosticSeverity.Warning && d.First.Code is not ("CS1701" or "CS1702"))
            .ToList();
        var errors = shown.Where(d => d.First.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Count > 0)
        {
            _diagnosticLine = errors[0].First.LinePositionSpan.Start.Line + 1 + _lineOffset;
            _diagnostics = string.Join('\n', errors.Select(d => d.Second.Value));
        }
        foreach (var (diagnostic, text) in shown.Where(d => d.First.Severity == DiagnosticSeverity.Warning))
            send(new(CellEventKind.Stream, text.Value + "\n", "stderr"));
    }

    private void Fail(CommandFailed failure)
    {
        if (_failed)
            return; // The parts of a cell fail first, then the cell itself.
        _failed = true;
        send(
            failure.Exception switch
            {
                CodeSubmissionCompilationErrorException => new(
                    CellEventKind.Error,
                    _diagnostics ?? failure.Message,
                    "CompilationError",
                    Details: _diagnostics,
                    Line: _diagnosticLine
                ),
                { } exception => new(
                    CellEventKind.Error,
                    Unwrapped(exception).Message,
                    Unwrapped(exception).GetType().FullName,
                    Details: exception.ToString(),
                    Line: SourceLines.Of(exception) + _lineOffset
                ),
                null => new(CellEventKind.Error, failure.Message, "Error", Line: _diagnosticLine),
            }
        );
    }

    private static Exception Unwrapped(Exception exception) =>
        exception is TargetInvocationException or TypeInitializationException or AggregateException { InnerExceptions.Count: 1 }
        && exception.InnerException is { } inner
            ? Unwrapped(inner)
            : exception;
}
