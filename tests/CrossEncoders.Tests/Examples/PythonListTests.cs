using CrossEncoders.Documents;
using CrossEncoders.Examples;

namespace CrossEncoders.Tests.Examples;

/// <summary>Lists as Python, numpy and JSON print them.</summary>
public sealed class PythonListTests
{
    private static string Shown(object? value) =>
        value switch
        {
            null => "-",
            List<object?> list => $"[{string.Join("|", list.Select(Shown))}]",
            TableObject { Values: var values } => $"{{{string.Join("|", values.Select(entry => $"{entry.Key}={Shown(entry.Value)}"))}}}",
            double number => FormattableString.Invariant($"{number}"),
            var text => $"{text}",
        };

    [Theory]
    [InlineData("[]", "[]")]
    [InlineData("  ['a']  ", "[a]")]
    [InlineData("['a', \"b\"]", "[a|b]")]
    [InlineData("['a'\n 'b']", "[a|b]")] // numpy
    [InlineData("['a', 'b',]", "[a|b]")]
    [InlineData("['it\\'s', \"it's\", 'say \"x\"']", "[it's|it's|say \"x\"]")]
    [InlineData("['a, b', '[c]']", "[a, b|[c]]")]
    [InlineData("[\"\\u4f60\\u597d\", '\\xe9', '\\U0001F600', '\\ud83d\\ude00']", "[你好|é|😀|😀]")]
    [InlineData("['a\\nb\\\\c\\td']", "[a\nb\\c\td]")]
    [InlineData("[1, 0.5, -2e-3]", "[1|0.5|-0.002]")]
    [InlineData("[1. 0. 0.25]", "[1|0|0.25]")]
    [InlineData("[True, False, None, true, null, nan]", "[1|0|-|1|-|NaN]")]
    [InlineData("[('a', 1), ['b']]", "[[a|1]|[b]]")]
    [InlineData("[{'docid': 'x', 'title': None, 'text': 'p'}]", "[{docid=x|title=-|text=p}]")]
    [InlineData("{'text': 'p', 'n': [1]}", "{text=p|n=[1]}")]
    [InlineData("{}", "{}")]
    public void IsReadAgain(string text, string expected) => Assert.Equal(expected, Shown(PythonList.Parse(text)));

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("a, b")]
    [InlineData("('a')")] // words in brackets are words
    [InlineData("[a, b]")]
    [InlineData("[1] and [2]")]
    [InlineData("['a'] ['b']")]
    [InlineData("['a]")]
    [InlineData("['a', ...]")]
    [InlineData("['\\x4']")]
    [InlineData("['\\ud83d']")] // half a character
    [InlineData("['\\U99999999']")]
    [InlineData("{'a'}")] // a set
    [InlineData("{'a': }")]
    [InlineData("{1: 'a'}")]
    [InlineData("{'a' 'b'}")]
    [InlineData("[1.2.3]")]
    [InlineData("[[[[[[[[[[[[[[[[[[['deeper than any table']]]]]]]]]]]]]]]]]]]")]
    public void IsNoList(string text) => Assert.Null(PythonList.Parse(text));

    [Fact]
    public void WhateverStandsInAListComesBack()
    {
        const string Letters = "ab'\"\\[]{},: \n\té你😀";
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            string Text() => string.Concat(Letters.EnumerateRunes().Where(_ => random.Next(3) == 0));
            string[] texts = [.. Enumerable.Range(0, random.Next(5)).Select(_ => Text())];
            static string Quoted(string text, char quote) =>
                quote + text.Replace("\\", "\\\\").Replace("\n", "\\n").Replace(quote.ToString(), "\\" + quote) + quote;
            var python =
                $"[{string.Join(random.Next(2) == 0 ? ", " : " ", texts.Select(text => Quoted(text, random.Next(2) == 0 ? '\'' : '"')))}]";
            Assert.Equal(texts, PythonList.Parse(python) as List<object?>);
            Assert.Equal(texts, PythonList.Parse(System.Text.Json.JsonSerializer.Serialize(texts)) as List<object?>);
        }
    }

    [Theory]
    [InlineData("Hard_Negatives", "hardnegatives")]
    [InlineData("neg 1", "neg1")]
    [InlineData("sentence_A", "sentencea")]
    [InlineData("___", "")]
    public void NamesAreComparedByLettersAndDigits(string name, string key) => Assert.Equal(key, ExampleNames.Key(name));

    [Theory]
    [InlineData("is_negative")]
    [InlineData("num_negatives")]
    [InlineData("neg_scores")]
    [InlineData("negation")]
    [InlineData("pos_tags")]
    [InlineData("position")]
    public void NamesThatOnlyBeginSoAreNotPassages(string name) =>
        Assert.False(ExampleNames.IsNegative(name) || ExampleNames.IsPositive(name));

    [Theory]
    [InlineData(" Every  two weeks. ", "every two weeks", true)]
    [InlineData("每两周一次。", "每两周一次", true)]
    [InlineData("cafe\u0301", "CAFÉ", true)]
    [InlineData("C++", "C#", false)]
    [InlineData("3.5", "35", false)]
    [InlineData("twoweeks", "two weeks", false)]
    public void TextsAreTheSameButForCaseSpacesAndTheFullStop(string one, string two, bool same) =>
        Assert.Equal(same, PassageText.Key(one) == PassageText.Key(two));
}
