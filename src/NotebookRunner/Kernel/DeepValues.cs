using System.Collections.Concurrent;
using System.Net;
using System.Reflection;
using Microsoft.DotNet.Interactive.Formatting;

namespace NotebookRunner.Kernel;

/// <summary>
/// Mends how values are shown as HTML. Beyond some levels of nesting the kernel's own formatters write a value as plain text into the HTML,
/// without escaping it: a script in a document that lies deep enough in a result would run. So the last level they reach is written here.
/// </summary>
internal sealed class DeepValues(ITypeFormatter inner) : ITypeFormatter
{
    /// <inheritdoc/>
    public string MimeType => inner.MimeType;

    /// <inheritdoc/>
    public Type Type => inner.Type;

    /// <summary>
    /// Puts one before each formatter that the kernel comes with, among the defaults: what types, packages and notebooks bring
    /// themselves goes first, as before. The kernel offers no way there, so a field is read by reflection.
    /// </summary>
    public static void Escape()
    {
        var field = typeof(Formatter).GetField("_defaultTypeFormatters", BindingFlags.Static | BindingFlags.NonPublic);
        if (field?.GetValue(null) is ConcurrentStack<ITypeFormatter> defaults)
            foreach (var html in defaults.Where(formatter => formatter.MimeType == HtmlFormatter.MimeType).Reverse().ToList())
                defaults.Push(new DeepValues(html));
    }

    /// <inheritdoc/>
    public bool Format(object instance, FormatContext context)
    {
        if (context.Depth < Formatter.RecursionLimit || instance is Microsoft.AspNetCore.Html.IHtmlContent)
            return inner.Format(instance, context);
        context.Writer.Write(WebUtility.HtmlEncode(instance.ToDisplayString(PlainTextFormatter.MimeType)));
        return true;
    }
}
