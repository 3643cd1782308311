using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Exceptions;

namespace CrossEncoders.Documents;

/// <summary>PDF to text, page by page in reading order, without running heads; lines that a page's width broke are joined again.</summary>
internal static class PdfText
{
    /// <summary>The title in the file's properties (null where absent) and the text of all pages.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="maxBytes">The most bytes that a stream in it may unpack to.</param>
    /// <exception cref="FormatException">
    /// It is encrypted, unpacks to more than is allowed, cannot be read, or its fonts do not say what their letters are; the message
    /// says which.
    /// </exception>
    public static Content Convert(byte[] bytes, long maxBytes)
    {
        var filters = new PdfFilters(maxBytes);
        try
        {
            using var pdf = PdfDocument.Open(bytes, new ParsingOptions { FilterProvider = filters });
            var content = Read(pdf);
            if (filters.Refused)
                throw new InvalidDataException();
            return content;
        }
        catch (PdfDocumentEncryptedException error)
        {
            throw new FormatException("it is encrypted; save it without a password", error);
        }
        catch (Exception error) when (filters.Refused && error is not OutOfMemoryException)
        {
            throw new FormatException($"it unpacks to more than the {maxBytes} bytes allowed", error);
        }
        catch (Exception error) when (error is not (OutOfMemoryException or FormatException { InnerException: null }))
        {
            throw new FormatException($"it cannot be read as a PDF ({error.Message.Split('\n')[0].TrimEnd('.', '\r')})", error);
        }
    }

    private static Content Read(PdfDocument pdf)
    {
        var pages = new List<List<PdfLine>>();
        var rules = new List<List<(double Left, double Right, double Y)>>();
        var unreadable = new List<int>();
        foreach (var page in pdf.GetPages())
        {
            var letters = PdfLetters.Of(page);
            if (letters.IsUnreadable)
                unreadable.Add(page.Number);
            pages.Add(letters.IsUnreadable ? [] : PdfLine.Of(letters.Readable));
            rules.Add(Rules(page));
        }
        if (unreadable.Count > 0 && pages.TrueForAll(page => page.Count == 0))
            throw new FormatException(
                "its text cannot be read, since its fonts do not say which characters they show; run text recognition"
            );
        var heads = PdfHeads.TakeOut(pages);
        for (var i = 0; i < pages.Count; i++)
            pages[i] = PdfColumns.InReadingOrder(pages[i], rules[i]);
        return new(pdf.Information.Title, PdfParagraphs.Of(pages)) { Notes = [.. Notes(unreadable, heads)] };
    }

    private static IEnumerable<string> Notes(List<int> unreadable, int heads)
    {
        if (unreadable.Count > 0)
            yield return $"{Counted(unreadable.Count, "page")} cannot be read, since the fonts do not say which characters they show: "
                + $"{string.Join(", ", unreadable.Take(20))}{(unreadable.Count > 20 ? ", …" : "")}. Run text recognition.";
        if (heads > 0)
            yield return $"{Counted(heads, "line")} of running heads and page numbers left out.";
    }

    private static string Counted(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    /// <summary>The horizontal lines of a page, as tables have them.</summary>
    private static List<(double Left, double Right, double Y)> Rules(Page page) =>
        [
            .. page
                .Paths.Take(10_000)
                .Select(path => path.GetBoundingRectangle())
                .OfType<PdfRectangle>()
                .Where(box => box.Height < 3 && box.Width > 30)
                .Select(box => (box.Left, box.Right, box.Bottom)),
        ];
}
