using CrossEncoders.Texts;
using UglyToad.PdfPig.Content;

namespace CrossEncoders.Documents;

/// <summary>The letters of a page that a reader sees, each once, and how many of them have no character.</summary>
internal sealed class PdfLetters
{
    // A bold letter printed twice moves by a fraction of its width; two equal letters side by side by nearly all of it.
    private const double SamePlace = 0.35;

    private PdfLetters(List<Letter> readable, int unreadable) => (Readable, Unreadable) = (readable, unreadable);

    /// <summary>The letters in the order of the file.</summary>
    public List<Letter> Readable { get; }

    /// <summary>How many letters were left out because their font does not say which character they show.</summary>
    public int Unreadable { get; }

    /// <summary>Whether most of the page cannot be read.</summary>
    public bool IsUnreadable => Unreadable > 0 && Unreadable * 2 > Readable.Count(letter => !string.IsNullOrWhiteSpace(letter.Value));

    public static PdfLetters Of(Page page)
    {
        var seen = Once(page.Letters.Where(letter => letter.Value.Length > 0 && IsInside(letter, page)));
        // A font whose letters are control characters has no map at all: what looks like a character of it is none either.
        var fonts = seen.GroupBy(letter => letter.FontName ?? "")
            .Where(font => font.Count(letter => IsControl(letter.Value)) * 5 >= font.Count())
            .Select(font => font.Key)
            .ToHashSet();
        bool IsRead(Letter letter) => !fonts.Contains(letter.FontName ?? "") && !IsControl(letter.Value) && !IsUnknown(letter.Value);
        var readable = seen.Where(IsRead).ToList();
        return new(readable, seen.Count - readable.Count);
    }

    /// <summary>
    /// The characters of a letter: ligatures as letters, the bullets of symbol fonts as bullets, nothing that cannot be seen.
    /// </summary>
    public static string Text(Letter letter)
    {
        var text = letter.Value;
        if (text.Length == 1 && text[0] is > ' ' and < '\u007F')
            return text;
        if (text is [>= '\uE000' and <= '\uF8FF'])
            return "•";
        return new string([.. Folding.WithoutLigatures(text).Where(c => !char.IsControl(c) && c != '\uFFFE' && c != '\uFFFF')]);
    }

    private static bool IsControl(string text) => text.All(c => char.IsControl(c) && !char.IsWhiteSpace(c));

    // U+FFFD, or half a surrogate pair, is what a map gives for a character that it does not know; the others of the map stay.
    private static bool IsUnknown(string text) => text.All(c => c == '\uFFFD') || HasHalf(text);

    private static bool HasHalf(string text)
    {
        for (var i = 0; i < text.Length; i++)
            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                    return true;
                i++;
            }
        return false;
    }

    // Letters are measured from the corner of what a viewer shows, after rotation.
    private static bool IsInside(Letter letter, Page page) =>
        letter.Location.X >= -1 && letter.Location.X <= page.Width + 1 && letter.Location.Y >= -1 && letter.Location.Y <= page.Height + 1;

    private static List<Letter> Once(IEnumerable<Letter> letters)
    {
        var places = new Dictionary<(string, int, int), List<Letter>>();
        var once = new List<Letter>();
        foreach (var letter in letters)
        {
            var (column, row) = ((int)Math.Floor(letter.Location.X / 8), (int)Math.Floor(letter.Location.Y / 8));
            var far = SamePlace * Math.Max(1, Math.Max(letter.Width, letter.PointSize / 3));
            if (!IsNear(letter, column, row, far))
                once.Add(letter);
            else if (IsNear(letter, column, row, far / 4))
                continue;
            // The next print may be a step further from this one.
            if (!places.TryGetValue((letter.Value, column, row), out var here))
                places[(letter.Value, column, row)] = here = [];
            here.Add(letter);
        }
        return once;

        bool IsNear(Letter letter, int column, int row, double far)
        {
            for (var x = column - 1; x <= column + 1; x++)
            for (var y = row - 1; y <= row + 1; y++)
                if (places.TryGetValue((letter.Value, x, y), out var near) && near.Exists(other => IsClose(letter, other, far)))
                    return true;
            return false;
        }
    }

    private static bool IsClose(Letter one, Letter two, double far) =>
        Math.Abs(one.Location.X - two.Location.X) < far && Math.Abs(one.Location.Y - two.Location.Y) < far;
}
