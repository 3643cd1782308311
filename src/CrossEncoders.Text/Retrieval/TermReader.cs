using System.Globalization;
using System.Text;
using CrossEncoders.Texts;

namespace CrossEncoders.Retrieval;

/// <summary>
/// The raw terms of one text after another, in one buffer and without a string for each: words in lower case, and pairs of neighboring
/// characters. See <see cref="TextAnalyzer"/>.
/// </summary>
internal sealed class TermReader
{
    private readonly List<(int Start, int Length, bool IsWord)> _terms = [];
    private char[] _letters = new char[256];
    private int _end;
    private int _word; // where the word begins that is being read

    /// <summary>How many terms the text has.</summary>
    public int Count => _terms.Count;

    /// <summary>Whether words lose their endings, and stop words do not count: the text is not mostly of ideographs.</summary>
    public bool IsEnglish { get; private set; }

    /// <summary>A term.</summary>
    public ReadOnlySpan<char> this[int term] => _letters.AsSpan(_terms[term].Start, _terms[term].Length);

    /// <summary>Whether a term is a word, and not of ideographs.</summary>
    public bool IsWord(int term) => _terms[term].IsWord;

    /// <summary>Reads a text in place of the one before.</summary>
    public void Read(string text)
    {
        _terms.Clear();
        (_end, _word) = (0, 0);
        Rune? previous = null; // the ideograph before this one
        var paired = false; // whether it is already part of a pair
        var (ideographs, words) = (0, 0);
        ReadOnlySpan<char> rest = Folding.Of(text);
        while (rest.Length > 0)
        {
            Rune.DecodeFromUtf16(rest, out var letter, out var length); // of half a character it makes U+FFFD, which is no letter
            rest = rest[length..];
            if (IsIdeograph(letter))
            {
                words += EndWord();
                if (previous is { } before)
                    Add(before, letter);
                (paired, previous) = (previous is not null, letter);
                ideographs++;
                continue;
            }

            if (previous is { } lone && !paired)
                Add(lone);
            previous = null;
            if (IsWordLetter(letter))
                Append(Rune.ToLowerInvariant(letter));
            else
                words += EndWord();
        }

        if (previous is { } last && !paired)
            Add(last);
        words += EndWord();
        IsEnglish = ideographs == 0 || ideographs < words;
    }

    private void Add(params ReadOnlySpan<Rune> ideographs)
    {
        foreach (var ideograph in ideographs)
            Append(ideograph);
        _terms.Add((_word, _end - _word, IsWord: false));
        _word = _end;
    }

    /// <summary>Ends a word, if there is one; gives how many there were.</summary>
    private int EndWord()
    {
        if (_end == _word)
            return 0;
        _terms.Add((_word, _end - _word, IsWord: true));
        _word = _end;
        return 1;
    }

    private void Append(Rune letter)
    {
        if (_end + 2 > _letters.Length)
            Array.Resize(ref _letters, 2 * _letters.Length);
        _end += letter.EncodeToUtf16(_letters.AsSpan(_end));
    }

    private static bool IsIdeograph(Rune rune) =>
        rune.Value >= 0x1100
        && (
            Han.Is(rune)
            || rune.Value
                is 0x3005
                    or 0x3007
                    or (>= 0x3040 and <= 0x30FF and not 0x30FB)
                    or (>= 0x31F0 and <= 0x31FF)
                    or (>= 0x1100 and <= 0x11FF)
                    or (>= 0xAC00 and <= 0xD7AF)
        );

    private static bool IsWordLetter(Rune rune) =>
        rune.IsAscii
            ? char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value == '_'
            : Rune.IsLetter(rune)
                || Rune.IsNumber(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
