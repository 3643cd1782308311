using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.FSharp;
using Microsoft.DotNet.Interactive.FSharp.ScriptHelpers;

namespace NotebookRunner.Kernel;

/// <summary>Which line of a cell an error came from. The kernel takes directives out of it and counts the lines of what is left.</summary>
internal sealed partial class SourceLines(string source)
{
    private readonly string[] _cell = [.. source.Split('\n').Select(line => line.Trim())];
    private int[] _lines = [];
    private int _next;

    /// <summary>
    /// Has cells compiled with debug information. The kernel offers no option for it, so its field is set by reflection; where a
    /// version of the kernel has no such field, errors only lack their line.
    /// </summary>
    public static void Enable(CSharpKernel kernel)
    {
        var field = typeof(CSharpKernel).GetField("_scriptOptions", BindingFlags.Instance | BindingFlags.NonPublic);
        if (field?.GetValue(kernel) is ScriptOptions options)
            field.SetValue(kernel, options.WithEmitDebugInformation(true).WithFileEncoding(Encoding.UTF8));
    }

    /// <inheritdoc cref="Enable(CSharpKernel)"/>
    public static void Enable(FSharpKernel kernel)
    {
        // The kernel's own arguments, but for the last two; an assembly a cell, since those that grow have no debug information.
        string[] arguments = ["/langversion:preview", "/usesdkrefs-", "--multiemit+", "--debug+"];
        var field = typeof(FSharpKernel).GetField("script", BindingFlags.Instance | BindingFlags.NonPublic);
        if (field?.FieldType == typeof(Lazy<FSharpScript>))
            field.SetValue(kernel, new Lazy<FSharpScript>(() => new FSharpScript(arguments, null, null)));
    }

    /// <summary>Part of the cell is about to run; other code, such as the kernel's own, has no lines in it.</summary>
    public void Begin(string code)
    {
        _lines = [];
        var (lines, next) = (new List<int>(), _next);
        foreach (var line in code.Split('\n').Select(line => line.Trim()))
        {
            var found = Array.IndexOf(_cell, line, next);
            if (found < 0)
                return;
            lines.Add(found + 1);
            next = found + 1;
        }
        (_lines, _next) = ([.. lines], next);
    }

    /// <summary>
    /// The line, from 1, of the outermost frame that lies in a cell: the running one's statement. Frames further in may belong to
    /// functions of earlier cells.
    /// </summary>
    public int? Of(Exception exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            // Cells have no file name of their own; frames of libraries with symbols do.
            var frame = new StackTrace(inner, fNeedFileInfo: true).GetFrames().LastOrDefault(IsCell);
            if (frame is not null)
                return OfPart(frame.GetFileLineNumber());
        }
        return null;
    }

    /// <summary>The line that a compiler's message begins with.</summary>
    public int? Of(string diagnostic) => Place().Match(diagnostic) is { Success: true } place ? OfPart(int.Parse(place.Value)) : null;

    /// <summary>A compiler's message with the cell's lines in place of the part's.</summary>
    public string InCell(string diagnostic) =>
        Place().Replace(diagnostic, line => $"{OfPart(int.Parse(line.Value)) ?? int.Parse(line.Value)}");

    private int? OfPart(int line) => line >= 1 && line <= _lines.Length ? _lines[line - 1] : null;

    private static bool IsCell(StackFrame frame) =>
        frame.GetFileLineNumber() > 0
        && frame.GetMethod()?.DeclaringType is { } type
        && (
            (type.FullName ?? "").StartsWith("Submission#", StringComparison.Ordinal)
            || type.Assembly.GetName().Name!.StartsWith("FSI-ASSEMBLY")
        );

    // C# has "(1,2): error …", F# "input.fsx (1,2)-(1,8) typecheck error …".
    [GeneratedRegex(@"(?<=^\(|^input\.fsx \(|^input\.fsx \(\d+,\d+\)-\()\d+")]
    private static partial Regex Place();
}
