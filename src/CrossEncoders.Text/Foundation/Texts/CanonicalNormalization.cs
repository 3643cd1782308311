using System.Globalization;
using System.Text;

namespace CrossEncoders.Texts;

/// <summary>Unicode's canonical decomposition (NFD) and composition (NFC), whatever the globalization mode (UAX #15).</summary>
internal static class CanonicalNormalization
{
    // Hangul syllables are computed: https://www.unicode.org/versions/Unicode14.0.0/ch03.pdf, section 3.12.
    private const int SBase = 0xAC00,
        LBase = 0x1100,
        VBase = 0x1161,
        TBase = 0x11A7,
        LCount = 19,
        VCount = 21,
        TCount = 28;
    private const int SCount = LCount * VCount * TCount;

    /// <summary>Below it nothing decomposes, and nothing above it composes with what is below without a mark from U+0300 on.</summary>
    private const char FirstDecomposable = '\u00C0';

    private static readonly Dictionary<int, int[]> Decompositions = ReadDecompositions();
    private static readonly Dictionary<int, int> CombiningClasses = ReadCombiningClasses();
    private static readonly Dictionary<(int, int), int> Compositions = ReadCompositions();

    /// <summary>The text in normalization form D.</summary>
    public static string Decompose(string text) => IsPlain(text) ? text : ToText(DecomposeToRunes(text));

    /// <summary>The text in normalization form C.</summary>
    public static string Compose(string text) => IsPlain(text) ? text : ToText(Compose(DecomposeToRunes(text)));

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyInRange(FirstDecomposable, char.MaxValue);

    private static List<int> DecomposeToRunes(string text)
    {
        var output = new List<int>(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
            Append(rune.Value, output);
        SortMarks(output);
        return output;
    }

    private static void Append(int rune, List<int> output)
    {
        if (rune is >= SBase and < SBase + SCount)
        {
            var syllable = rune - SBase;
            output.Add(LBase + (syllable / (VCount * TCount)));
            output.Add(VBase + (syllable % (VCount * TCount) / TCount));
            if (syllable % TCount != 0)
                output.Add(TBase + (syllable % TCount));
        }
        else if (Decompositions.TryGetValue(rune, out var parts))
        {
            foreach (var part in parts)
                Append(part, output);
        }
        else
        {
            output.Add(rune);
        }
    }

    /// <summary>Sorts each run of marks by combining class, those of one class in their order.</summary>
    private static void SortMarks(List<int> runes)
    {
        for (int i = 0, end; i < runes.Count; i = end + 1)
        {
            end = i;
            while (end < runes.Count && Class(runes[end]) != 0)
                end++;
            if (end - i > 1)
            {
                var sorted = runes.GetRange(i, end - i).OrderBy(Class).ToList();
                for (var j = i; j < end; j++)
                    runes[j] = sorted[j - i];
            }
        }
    }

    private static List<int> Compose(List<int> runes)
    {
        var output = new List<int>(runes.Count);
        var (starter, lastClass) = (-1, 0);
        foreach (var rune in runes)
        {
            var combiningClass = Class(rune);
            var blocked = starter < output.Count - 1 && lastClass >= combiningClass;
            if (starter >= 0 && !blocked && Composed(output[starter], rune) is { } composed)
            {
                output[starter] = composed;
                continue;
            }

            if (combiningClass == 0)
                starter = output.Count;
            lastClass = combiningClass;
            output.Add(rune);
        }

        return output;
    }

    private static int? Composed(int first, int second)
    {
        if (first is >= LBase and < LBase + LCount && second is >= VBase and < VBase + VCount)
            return SBase + ((((first - LBase) * VCount) + second - VBase) * TCount);
        if (first is >= SBase and < SBase + SCount && (first - SBase) % TCount == 0 && second is > TBase and < TBase + TCount)
            return first + second - TBase;
        return Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private static int Class(int rune) => rune < 0x300 ? 0 : CombiningClasses.GetValueOrDefault(rune);

    private static string ToText(List<int> runes)
    {
        var output = new StringBuilder(runes.Count + 16);
        foreach (var rune in runes)
            output.Append(new Rune(rune));
        return output.ToString();
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string[] Words(string data) => data.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static Dictionary<int, int[]> ReadDecompositions()
    {
        var (result, rune) = (new Dictionary<int, int[]>(), 0);
        foreach (var word in Words(UnicodeNormalizationData.Decompositions))
        {
            if (word[0] == '@')
                rune = Hex(word[1..]);
            else
                result[rune++] = [.. word.Split('+').Select(Hex)];
        }

        return result;
    }

    private static Dictionary<int, int> ReadCombiningClasses()
    {
        var result = new Dictionary<int, int>();
        foreach (var word in Words(UnicodeNormalizationData.CombiningClasses))
        {
            var parts = word.Split('-', ':');
            var combiningClass = int.Parse(parts[^1], CultureInfo.InvariantCulture);
            for (var rune = Hex(parts[0]); rune <= Hex(parts[^2]); rune++)
                result[rune] = combiningClass;
        }

        return result;
    }

    private static Dictionary<(int, int), int> ReadCompositions()
    {
        var excluded = Words(UnicodeNormalizationData.CompositionExclusions).Select(Hex).ToHashSet();
        return Decompositions
            .Where(pair => pair.Value.Length == 2 && !excluded.Contains(pair.Key))
            .ToDictionary(pair => (pair.Value[0], pair.Value[1]), pair => pair.Key);
    }
}
