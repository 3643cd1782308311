using System.Text.RegularExpressions;

namespace CrossEncoders.LanguageModels;

/// <summary>A term of a passage and how telling it is.</summary>
internal sealed record Term(string Text, double Weight);

/// <summary>Telling words of an English passage: codes, names and long words, the repeated ones first.</summary>
internal static partial class EnglishTerms
{
    private static readonly HashSet<string> Common =
    [
        .. """
            a about above after again all also always an and any are as at back be because been before below between both but by can
            come could day did do does done down each either else even ever every few first for from get gets give go goes good had has
            have he her here him his how if in into is it its just keep kept last less like long made make many may means might more
            most much must near never new next no nobody nor not note nothing now of off often on once one only open or other our out
            over own part people place put right said same see set she should since so some still such take taken tell than that the
            their them then there these they thing this those three through time to too two under until up use used uses very was way we
            well were what when where which while who why will with within without would write year yes you your
            """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
    ];

    public static IReadOnlyList<Term> Rank(string passage)
    {
        var words = Word()
            .Matches(passage)
            .Select(match => (Text: match.Value, match.Index))
            .Where(word => word.Text.Length >= 3 && !Common.Contains(word.Text.ToLowerInvariant()) && word.Text.Any(char.IsLetter))
            .ToList();
        return
        [
            .. words
                .GroupBy(word => word.Text.ToLowerInvariant())
                .Select(group => (First: group.First(), Weight: Weight(group.First().Text) * Math.Min(3, group.Count())))
                .OrderByDescending(term => term.Weight)
                .ThenBy(term => term.First.Index)
                .Select(term => new Term(term.First.Text, term.Weight)),
        ];
    }

    private static int Weight(string word) =>
        Math.Min(word.Length, 10)
        + (word.Any(char.IsDigit) ? 6 : 0)
        + (
            word.Skip(1).Any(char.IsUpper) ? 4
            : char.IsUpper(word[0]) ? 1
            : 0
        );

    [GeneratedRegex(@"[A-Za-z][A-Za-z0-9]*([-'’][A-Za-z0-9]+)*")]
    private static partial Regex Word();
}

/// <summary>Telling terms of a Chinese passage: runs of characters between marks and function words, and codes in Latin letters.</summary>
internal static partial class ChineseTerms
{
    public static IReadOnlyList<Term> Rank(string passage)
    {
        var terms = Run().Matches(passage).Select(match => (Text: match.Value, match.Index)).ToList();
        return
        [
            .. terms
                .GroupBy(term => term.Text)
                .Select(group => (First: group.First(), Weight: Math.Min(group.Key.Length, 6) * Math.Min(3, group.Count())))
                .OrderByDescending(term => term.Weight)
                .ThenBy(term => term.First.Index)
                .Select(term => new Term(term.First.Text, term.Weight)),
        ];
    }

    // Without a dictionary: what stands between function words is mostly a term. Two to six characters.
    [GeneratedRegex(
        @"[A-Za-z][A-Za-z0-9-]{2,}|(?<![\p{IsCJKUnifiedIdeographs}-[的了是在和与及或把被对从到向为以于之其也都就还又再只才着过给让由等不没要会能可应须先后上下里中时每各这那有一二三四五六七八九十两个次天]])"
            + @"[\p{IsCJKUnifiedIdeographs}-[的了是在和与及或把被对从到向为以于之其也都就还又再只才着过给让由等不没要会能可应须先后上下里中时每各这那有一二三四五六七八九十两个次天]]{2,6}"
    )]
    private static partial Regex Run();
}
