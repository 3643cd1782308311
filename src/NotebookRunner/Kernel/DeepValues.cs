using System.Net;
using Microsoft.DotNet.Interactive.Formatting;

namespace NotebookRunner.Kernel;

/// <summary>
/// Mends how values are shown as HTML. Beyond some levels of nesting the kernel's formatters write a value as plain text into the HTML, without
/// escaping it: a script in a document that lies deep enough in a result would run. So the last level they reach is written escaped, here.
/// </summary>
internal static class DeepValues
{
    /// <summary>Puts itself before each formatter that the kernel comes with; what notebooks and packages register goes before both.</summary>
    public static void Escape()
    {
        foreach (var inner in Formatter.RegisteredFormatters(true).Where(IsHtml).Reverse().ToList())
            Formatter.Register(inner.Type, (value, context) => Format(inner, value, context), HtmlFormatter.MimeType);
    }

    private static bool IsHtml(ITypeFormatter formatter) => formatter.MimeType == HtmlFormatter.MimeType;

    private static bool Format(ITypeFormatter inner, object value, FormatContext context)
    {
        if (context.Depth < Formatter.RecursionLimit || value is Microsoft.AspNetCore.Html.IHtmlContent)
            return inner.Format(value, context);
        context.Writer.Write(WebUtility.HtmlEncode(value.ToDisplayString(PlainTextFormatter.MimeType)));
        return true;
    }
}
