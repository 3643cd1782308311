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
    private readonly SourceLines _lines = new(source);
    private string? _diagnostics;
    private int? _diagnosticLine;
    private bool _failed;

    public void Translate(KernelEvent kernelEvent)
    {
        switch (kernelEvent)
        {
            case CodeSubmissionReceived { Command: SubmitCode submission }:
                _lines.Begin(submission.Code);
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
            .Diagnostics.Zip(produced.FormattedDiagnostics, (diagnostic, text) => (diagnostic.Severity, diagnostic.Code, Text: text.Value))
            .Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Code is not ("CS1701" or "CS1702"))
            .ToList();
        var errors = shown.Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Count > 0)
        {
            _diagnosticLine = _lines.Of(errors[0].Text);
            _diagnostics = string.Join('\n', errors.Select(d => _lines.InCell(d.Text)));
        }
        foreach (var warning in shown.Where(d => d.Severity == DiagnosticSeverity.Warning))
            send(new(CellEventKind.Stream, _lines.InCell(warning.Text) + "\n", "stderr"));
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
                    (_diagnostics ?? failure.Message) + NotShared(),
                    "CompilationError",
                    Details: _diagnostics,
                    Line: _diagnosticLine
                ),
                { } exception => new(
                    CellEventKind.Error,
                    Unwrapped(exception).Message,
                    Unwrapped(exception).GetType().FullName,
                    Details: exception.ToString(),
                    Line: _lines.Of(exception)
                ),
                null => new(CellEventKind.Error, failure.Message, "Error", Line: _diagnosticLine),
            }
        );
    }

    /// <summary>Some values do not come from another language, and the kernel says nothing of it.</summary>
    private string NotShared()
    {
        var shared = source
            .Split('\n')
            .Where(line => line.StartsWith("#!share ", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' '));
        return shared.FirstOrDefault(word => _diagnostics?.Contains($"'{word.Trim()}'") == true) is { } name
            ? $"\n#!share did not bring {name.Trim()}. A value of a type that was made in a cell, or that cannot be written as JSON, "
                + "stays where it is. Share numbers, texts, arrays or tuples, or add \"--mime-type application/json\"."
            : "";
    }

    private static Exception Unwrapped(Exception exception) =>
        exception is TargetInvocationException or TypeInitializationException or AggregateException { InnerExceptions.Count: 1 }
        && exception.InnerException is { } inner
            ? Unwrapped(inner)
            : exception;
}
