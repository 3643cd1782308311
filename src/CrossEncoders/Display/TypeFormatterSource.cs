using System.Diagnostics.CodeAnalysis;

namespace CrossEncoders.Display;

/// <summary>
/// Names the class that formats a type in .NET Interactive, which finds this attribute by its name: no reference to it is needed.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>A class with a public constructor without parameters and <c>CreateTypeFormatters()</c>.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;

    /// <summary>The forms offered to the notebook, best first.</summary>
    public string[] PreferredMimeTypes { get; set; } = [];
}

/// <summary>Something that shows itself as HTML and, by <see cref="object.ToString"/>, as plain text.</summary>
internal interface IHtmlView
{
    /// <summary>A fragment of HTML, complete in itself.</summary>
    string ToHtml();
}

/// <summary>The formatters of every <see cref="IHtmlView"/>.</summary>
internal sealed class HtmlViewFormatters
{
    /// <summary>The formatters, called by .NET Interactive.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "Found by name on an instance.")]
    public IEnumerable<object> CreateTypeFormatters() => [new ViewFormatter(MimeTypes.Html), new ViewFormatter(MimeTypes.Text)];
}

/// <summary>Writes a view in one MIME type; .NET Interactive reads its public members by name.</summary>
internal sealed class ViewFormatter(string mimeType)
{
    /// <summary>What it writes.</summary>
    public string MimeType { get; } = mimeType;

    /// <summary>Writes the view; false if the value is not a view.</summary>
    public bool Format(object value, TextWriter writer)
    {
        if (value is not IHtmlView view)
            return false;
        writer.Write(MimeType == MimeTypes.Html ? view.ToHtml() : view.ToString());
        return true;
    }
}

/// <summary>The MIME types a view is written in.</summary>
internal static class MimeTypes
{
    public const string Html = "text/html";
    public const string Text = "text/plain";
}
