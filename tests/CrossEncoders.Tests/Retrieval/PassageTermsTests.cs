using System.Globalization;
using System.Text;
using CrossEncoders.Retrieval;
using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Retrieval;

/// <summary>Terms in one buffer, and terms of passages in few bytes: the same as in lists of strings.</summary>
public sealed class PassageTermsTests
{
    private static readonly string[] Letters =
    [
        .. "abysSXY09_ .,'-\n圆顶電門々〇ァム・ㇰᄀ가힣éÅßﬁＡ４\u00AD\u0301\u0E33ʼnЖ½".EnumerateRunes().Select(rune => rune.ToString()),
        "𠀀",
        "𝒜",
        "😀",
        "\uD83D", // half of a character
        " the ",
        " connected ",
        "running",
    ];

    [Fact]
    public void TheTermsOfAnyTextAreThoseReadLetterByLetter()
    {
        var random = new Random(3);
        for (var round = 0; round < 4000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(24)).Select(_ => Letters[random.Next(Letters.Length)]));
            Assert.Equal(Naive(text), TextAnalyzer.Terms(text));
        }
    }

    [Fact]
    public void ALongTextIsReadToItsEnd()
    {
        var text = string.Join(' ', Enumerable.Range(0, 20_000).Select(i => i % 7 == 0 ? "门电" : $"word{i}"));
        Assert.Equal(Naive(text), TextAnalyzer.Terms(text));
    }

    [Fact]
    public void WhatIsDrainedIsWhatWasAdded()
    {
        var random = new Random(4);
        string Many(int words, int kinds) => string.Join(' ', Enumerable.Range(0, words).Select(_ => $"w{random.Next(kinds)}x"));
        string[] texts =
        [
            "",
            "dome dome dome",
            Many(300_000, 100_000), // more than a chunk, and numbers of three bytes
            "the of",
            Many(40_000, 3), // counts of two bytes
            .. Enumerable.Range(0, 3000).Select(_ => Many(random.Next(120), 100_000)),
            "圆顶电机 dome",
        ];
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var built = new PassageTerms(numbers);
        var lengths = texts.Select(built.Add).ToList();
        var found = new Dictionary<(int Passage, string Term), int>();
        var names = numbers.ToDictionary(pair => pair.Value, pair => pair.Key);
        var before = -1;
        built.Drain(
            (passage, term, count) =>
            {
                Assert.True(passage >= before, "passages come in their order");
                before = passage;
                found.Add((passage, names[term]), count);
            }
        );
        var expected = texts
            .Select(TextAnalyzer.Terms)
            .SelectMany((terms, passage) => terms.CountBy(term => term).Select(pair => ((passage, pair.Key), pair.Value)))
            .ToDictionary(each => each.Item1, each => each.Value);
        Assert.Equal(expected.Count, found.Count);
        Assert.All(expected, pair => Assert.Equal(pair.Value, found[pair.Key]));
        Assert.Equal(texts.Select(text => TextAnalyzer.Terms(text).Count), lengths);
        Assert.Equal(
            expected.Keys.CountBy(key => key.Item2).ToDictionary(pair => pair.Key, pair => pair.Value),
            numbers.ToDictionary(pair => pair.Key, pair => built.Holders[pair.Value])
        );
    }

    /// <summary>A string for each word and each character, as plainly as it can be said.</summary>
    private static List<string> Naive(string text)
    {
        var terms = new List<(string Text, bool IsWord)>();
        var (word, run) = ("", new List<string>()); // the word and the ideographs that are being read
        foreach (var letter in Folding.Of(text).EnumerateRunes())
        {
            if (IsIdeograph(letter))
            {
                EndWord();
                run.Add($"{letter}");
                continue;
            }

            EndRun();
            if (IsWordLetter(letter))
                word += Rune.ToLowerInvariant(letter);
            else
                EndWord();
        }

        EndRun();
        EndWord();
        var ideographs = Folding.Of(text).EnumerateRunes().Count(IsIdeograph);
        var isEnglish = ideographs == 0 || ideographs < terms.Count(term => term.IsWord);
        return [.. terms.Select(term => term.IsWord ? TextAnalyzer.TermOf(term.Text, isEnglish) : term.Text).OfType<string>()];

        void EndWord()
        {
            if (word != "")
                terms.Add((word, true));
            word = "";
        }

        void EndRun()
        {
            if (run.Count == 1)
                terms.Add((run[0], false));
            for (var i = 1; i < run.Count; i++)
                terms.Add((run[i - 1] + run[i], false));
            run.Clear();
        }
    }

    private static bool IsIdeograph(Rune rune) =>
        Han.Is(rune)
        || rune.Value
            is 0x3005
                or 0x3007
                or (>= 0x3040 and <= 0x30FF and not 0x30FB)
                or (>= 0x31F0 and <= 0x31FF)
                or (>= 0x1100 and <= 0x11FF)
                or (>= 0xAC00 and <= 0xD7AF);

    private static bool IsWordLetter(Rune rune) =>
        rune.Value == '_'
        || Rune.IsLetter(rune)
        || Rune.IsNumber(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
