using System.Text;
using CrossEncoders.Texts;
using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;
using UglyToad.PdfPig.Exceptions;

namespace CrossEncoders.Documents;

/// <summary>PDF to text, page by page in reading order; lines that a page's width broke are joined again.</summary>
internal static class PdfText
{
    /// <summary>The title in the file's properties (null where absent) and the text of all pages.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="maxBytes">The most bytes that a stream in it may unpack to.</param>
    /// <exception cref="FormatException">It is encrypted, unpacks to more than is allowed, or is no readable PDF; the message says which.</exception>
    public static Content Convert(byte[] bytes, long maxBytes)
    {
        var filters = new PdfFilters(maxBytes);
        try
        {
            using var pdf = PdfDocument.Open(bytes, new ParsingOptions { FilterProvider = filters });
            var pages = pdf.GetPages().Select(page => Joined(ContentOrderTextExtractor.GetText(page, addDoubleNewline: true)));
            var text = string.Join("\n\n", pages.Where(page => page.Length > 0));
            if (filters.Refused)
                throw new InvalidDataException();
            return new(pdf.Information.Title, text);
        }
        catch (PdfDocumentEncryptedException error)
        {
            throw new FormatException("it is encrypted; save it without a password", error);
        }
        catch (Exception error) when (filters.Refused && error is not OutOfMemoryException)
        {
            throw new FormatException($"it unpacks to more than the {maxBytes} bytes allowed", error);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new FormatException($"it is no readable PDF ({error.Message.Split('\n')[0].TrimEnd('.', '\r')})", error);
        }
    }

    /// <summary>Joins a line to the next where the line is nearly as long as the longest of its page and ends no sentence.</summary>
    internal static string Joined(string page)
    {
        string[] lines = [.. page.Replace("\r\n", "\n").Split('\n').Select(line => line.Trim())];
        var width = lines.Max(line => line.Length);
        var text = new StringBuilder();
        for (var i = 0; i < lines.Length; i++)
        {
            text.Append(lines[i]);
            if (i + 1 == lines.Length)
                break;
            var goesOn = lines[i].Length > 0.6 * width && lines[i + 1].Length > 0 && !".!?:。！？：".Contains(lines[i][^1]);
            if (!goesOn)
                text.Append('\n');
            else if (lines[i].EndsWith('-') && char.IsLower(lines[i + 1][0]))
                text.Length--; // a word broken at the end of the line
            else if (!(Han.Is(lines[i][^1]) && Han.Is(lines[i + 1][0])))
                text.Append(' ');
        }

        return text.ToString().Trim();
    }
}
