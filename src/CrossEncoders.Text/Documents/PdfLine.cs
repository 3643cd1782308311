using System.Text;
using UglyToad.PdfPig.Content;

namespace CrossEncoders.Documents;

/// <summary>A stretch of letters on one line of a page, without a wide gap.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Left">Where it starts, in points from the left.</param>
/// <param name="Right">Where it ends.</param>
/// <param name="Y">Its base line, in points from the bottom.</param>
/// <param name="Size">The size of its letters in points.</param>
/// <param name="Font">The name of its font.</param>
internal sealed record PdfLine(string Text, double Left, double Right, double Y, double Size, string Font)
{
    public double Width => Right - Left;

    /// <summary>Whether the other one stands beside it.</summary>
    public bool IsBeside(PdfLine other) => Math.Abs(Y - other.Y) <= 0.9 * Math.Min(Size, other.Size);

    /// <summary>Letters in the order of the file to lines.</summary>
    public static List<PdfLine> Of(IReadOnlyList<Letter> letters)
    {
        var lines = new List<PdfLine>();
        var open = new List<Letter>();
        Letter? last = null;
        foreach (var letter in letters)
        {
            var isSpace = string.IsNullOrWhiteSpace(letter.Value);
            if (!isSpace && last is not null && Ends(last, letter))
            {
                Add(open, lines);
                open.Clear();
            }
            open.Add(letter);
            last = isSpace ? last : letter;
        }
        Add(open, lines);
        return lines;
    }

    private static void Add(List<Letter> letters, List<PdfLine> lines)
    {
        var seen = letters.FindAll(letter => !string.IsNullOrWhiteSpace(letter.Value));
        if (seen.Count == 0)
            return;
        var isSpace = Spaces(seen, hasSpaces: seen.Count < letters.Count);
        var text = new StringBuilder();
        Letter? last = null;
        foreach (var letter in letters)
        {
            if (string.IsNullOrWhiteSpace(letter.Value))
            {
                text.Append(' ');
                continue;
            }
            if (last is not null && isSpace(last, letter))
                text.Append(' ');
            text.Append(PdfLetters.Text(letter));
            last = letter;
        }
        var content = string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (content.Length > 0)
            lines.Add(
                new(
                    content,
                    seen[0].StartBaseLine.X,
                    seen[^1].EndBaseLine.X,
                    seen[0].StartBaseLine.Y,
                    Math.Max(1, seen[0].PointSize),
                    seen[0].FontName ?? ""
                )
            );
    }

    private static bool Ends(Letter last, Letter next)
    {
        var size = Math.Max(1, Math.Min(last.PointSize, next.PointSize));
        var gap = next.StartBaseLine.X - last.EndBaseLine.X;
        return Math.Abs(next.StartBaseLine.Y - last.StartBaseLine.Y) > 0.9 * size
            || (next.TextOrientation == TextOrientation.Horizontal && (gap > 1.2 * size || gap < -size));
    }

    /// <summary>Which gaps between letters are spaces although none is written there.</summary>
    private static Func<Letter, Letter, bool> Spaces(List<Letter> letters, bool hasSpaces)
    {
        double[] steps = [.. letters.Zip(letters.Skip(1), Step).Where(step => step > 0).Order()];
        var pitch = steps.Length == 0 ? 0 : steps[steps.Length / 2];
        // Letters set one by one at the same distance: the gaps beside the narrow ones are no spaces.
        if (steps.Length > 4 && steps.Count(step => Math.Abs(step - pitch) < 0.05 * pitch) * 10 >= 7 * steps.Length)
            return (last, next) => Step(last, next) > 1.5 * pitch;
        var least = hasSpaces ? 0.5 : 0.2;
        return (last, next) => next.StartBaseLine.X - last.EndBaseLine.X > least * Math.Max(1, Math.Min(last.PointSize, next.PointSize));
    }

    private static double Step(Letter last, Letter next) => next.StartBaseLine.X - last.StartBaseLine.X;
}
