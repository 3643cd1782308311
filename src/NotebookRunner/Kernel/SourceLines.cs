using System.Diagnostics;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.CSharp;

namespace NotebookRunner.Kernel;

/// <summary>Which line of a cell an exception came from.</summary>
internal static class SourceLines
{
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

    /// <summary>
    /// The line, from 1, of the outermost frame that lies in a cell: the running one's statement. Frames further in may belong to
    /// functions of earlier cells.
    /// </summary>
    public static int? Of(Exception exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            // Cells have no file name; frames of libraries with symbols do.
            var frame = new StackTrace(inner, fNeedFileInfo: true).GetFrames().LastOrDefault(IsCell);
            if (frame is not null)
                return frame.GetFileLineNumber();
        }
        return null;
    }

    private static bool IsCell(StackFrame frame) =>
        frame.GetFileLineNumber() > 0
        && frame.GetMethod()?.DeclaringType is { } type
        && (type.FullName ?? "").StartsWith("Submission#", StringComparison.Ordinal);
}
