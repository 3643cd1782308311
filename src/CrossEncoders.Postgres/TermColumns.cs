using System.Runtime.InteropServices;
using System.Text;

namespace CrossEncoders.Postgres;

/// <summary>
/// The kit's terms in the forms of PostgreSQL. The server's own parser is not asked: it has no Chinese, and rankings are to be compared.
/// </summary>
internal static class TermColumns
{
    private const int MostPositions = 255; // of one term; the server takes no more
    private const int LastPosition = 16383; // later ones all count as this one
    private const int LongestTerm = 500; // letters: 2 000 bytes at most; the server takes 2 046

    /// <summary>A passage's terms with their positions, as the server reads and writes them: <c>'a':1,3 'b':2</c>.</summary>
    public static string Vector(IReadOnlyList<string> terms)
    {
        var positions = new Dictionary<string, List<int>>();
        for (var i = 0; i < terms.Count; i++)
        {
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(positions, Bounded(terms[i]), out _);
            list ??= [];
            var position = Math.Min(i + 1, LastPosition);
            if (list.Count < MostPositions && (list.Count == 0 || list[^1] < position))
                list.Add(position);
        }

        return string.Join(' ', positions.Select(entry => $"'{entry.Key}':{string.Join(',', entry.Value)}"));
    }

    /// <summary>A query that any of the terms answers: <c>'a' | 'b'</c>; empty without terms.</summary>
    public static string Query(IEnumerable<string> terms) => string.Join(" | ", terms.Select(term => $"'{Bounded(term)}'"));

    /// <summary>
    /// The terms as words that the server's parser takes as they are, one for each: those of other letters than a to z and digits are
    /// spelled out in hexadecimal.
    /// </summary>
    public static string Words(IEnumerable<string> terms) =>
        string.Join(
            ' ',
            terms.Select(term => IsPlain(term) ? term : "x" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Bounded(term))))
        );

    private static bool IsPlain(string term) =>
        term.Length <= LongestTerm
        && (char.IsAsciiLetterLower(term[0]) || term.All(char.IsAsciiDigit))
        && term.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter));

    private static string Bounded(string term) =>
        term.Length <= LongestTerm ? term : term[..(char.IsHighSurrogate(term[LongestTerm - 1]) ? LongestTerm - 1 : LongestTerm)];
}
