using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using CrossEncoders.Texts;
using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// No language model: builds queries from a passage's own sentences and rare terms, so that a run works offline on any folder. They are
/// closer to the text than a person's questions, and so easier; reports name them "extractive". The same passage always gives the same
/// queries. Reads the last user message as the passage, in English or Chinese. Thread-safe.
/// </summary>
public sealed partial class ExtractiveQuestions : IChatClient
{
    /// <summary>The name that its answers carry as their model.</summary>
    public const string ModelName = "extractive";

    private const int MostOfAStyle = 3;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var passage = messages.LastOrDefault(message => message.Role == ChatRole.User)?.Text ?? "";
        var questions = Build(passage).Select(question => new { style = question.Style, text = question.Text });
        var answer = JsonSerializer.Serialize(new { questions }, Readable);
        return Task.FromResult(
            new ChatResponse(new ChatMessage(ChatRole.Assistant, answer))
            {
                ModelId = ModelName,
                Usage = new() { InputTokenCount = 0, OutputTokenCount = 0 },
            }
        );
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => WholeAnswerClient.Stream(this, messages, options, cancellationToken);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }

    /// <summary>The queries of a passage: of each style the best first, the styles in turn.</summary>
    internal static List<(string Style, string Text)> Build(string passage)
    {
        var zh = TextLanguage.Of(passage) == "zh";
        var sentences = SentencesOf(passage);
        var terms = zh ? ChineseTerms.Rank(passage) : EnglishTerms.Rank(passage);
        // The sentences that say most come first; the order must not depend on the system, hence the index.
        var best = sentences
            .Select(
                (sentence, index) =>
                    (
                        sentence.Text,
                        sentence.Row,
                        Index: index,
                        Value: terms.Where(term => sentence.Text.Contains(term.Text)).Sum(term => term.Weight)
                    )
            )
            .OrderByDescending(sentence => sentence.Value)
            .ThenBy(sentence => sentence.Index)
            .ToList();
        var prose = best.Where(sentence => !sentence.Row).Select(sentence => sentence.Text).ToList();
        var styles = new[]
        {
            ("natural", prose.Select(sentence => zh ? ChineseCloze(sentence) : EnglishCloze(sentence))),
            ("keyword", Keywords(passage, best.Select(sentence => sentence.Text), terms, zh)),
            ("symptom", prose.Select(sentence => zh ? ChineseCondition(sentence) : EnglishCondition(sentence))),
            (
                "natural",
                Pairs(terms).Select(pair => zh ? $"关于{pair.One}和{pair.Two}有什么规定？" : $"What about {pair.One} and {pair.Two}?")
            ),
        }
            .Select(style =>
                style.Item2.OfType<string>().Distinct().Take(MostOfAStyle).Select(text => (Style: style.Item1, Text: text)).ToList()
            )
            .ToList();
        var questions = new List<(string, string)>();
        for (var i = 0; i < MostOfAStyle; i++)
            foreach (var style in styles)
                if (i < style.Count)
                    questions.Add(style[i]);
        return questions;
    }

    private static List<(string Text, bool Row)> SentencesOf(string passage)
    {
        var sentences = new List<(string, bool)>();
        foreach (var line in passage.Split('\n').Skip(1).DefaultIfEmpty(passage))
        {
            if (line.TrimStart().StartsWith('#') || RuleLine().IsMatch(line))
                continue;
            foreach (var part in Sentences.Of(line))
                if (Tidy(part) is { Length: > 0 } sentence)
                    sentences.Add((sentence, line.TrimStart().StartsWith('|')));
        }
        return sentences;
    }

    private static string Tidy(string sentence) =>
        Blank().Replace(Leading().Replace(Marks().Replace(sentence, ""), "").Replace('|', ' '), " ").Trim();

    private static IEnumerable<string> Keywords(string passage, IEnumerable<string> sentences, IReadOnlyList<Term> terms, bool zh)
    {
        foreach (var sentence in sentences)
        {
            var chosen = terms
                .Where(term => sentence.Contains(term.Text))
                .Take(zh ? 3 : 4)
                .OrderBy(term => sentence.IndexOf(term.Text, StringComparison.Ordinal))
                .Select(term => term.Text)
                .ToList();
            if (chosen.Count >= 2)
                yield return string.Join(' ', chosen);
        }
        if (terms.Count >= 2)
            yield return string.Join(
                ' ',
                terms.Take(3).OrderBy(term => passage.IndexOf(term.Text, StringComparison.Ordinal)).Select(term => term.Text)
            );
    }

    private static IEnumerable<(string One, string Two)> Pairs(IReadOnlyList<Term> terms)
    {
        for (var i = 0; i + 1 < terms.Count; i += 2)
            yield return (terms[i].Text, terms[i + 1].Text);
        if (terms.Count == 1)
            yield return (terms[0].Text, terms[0].Text);
    }

    /// <summary>"The bench weighs 164 kg." → "The bench weighs how many kg?"</summary>
    private static string? EnglishCloze(string sentence)
    {
        var words = sentence.Count(c => c == ' ') + 1;
        if (words is < 5 or > 24 || EnglishNumber().Match(sentence) is not { Success: true } number)
            return null;
        return (sentence[..number.Index] + "how many " + sentence[(number.Index + number.Length)..]).TrimEnd('.', '!', ' ') + "?";
    }

    /// <summary>"If it stays white, …" → "What should be done if it stays white?"</summary>
    private static string? EnglishCondition(string sentence) =>
        EnglishIf().Match(sentence) is { Success: true } condition
            ? $"What should be done {(condition.Groups[1].Value + condition.Groups[3].Value).ToLowerInvariant()} "
                + $"{(condition.Groups[2].Value + condition.Groups[4].Value).Trim()}?"
            : null;

    /// <summary>"供气压力不足 18 bar 时补氦。" → "供气压力不足多少 bar 时补氦？"</summary>
    private static string? ChineseCloze(string sentence)
    {
        foreach (var clause in Clause().Split(sentence))
        {
            if (clause.Length is < 8 or > 40 || clause.Count(Han.Is) < 6 || ChineseNumber().Match(clause) is not { Success: true } number)
                continue;
            return (clause[..number.Index].TrimEnd() + "多少" + clause[(number.Index + number.Length)..].TrimStart()).Trim() + "？";
        }
        return null;
    }

    private static string? ChineseCondition(string sentence)
    {
        var clauses = Clause().Split(sentence).Select(clause => clause.Trim()).ToList();
        var condition = clauses.Find(clause => clause.Length is >= 4 and <= 30 && ChineseIf().IsMatch(clause));
        if (condition is not null)
            return $"{condition}，该怎么办？";
        var statement = clauses.Find(clause => clause.Length is >= 6 and <= 24 && clause.Count(Han.Is) >= 5);
        return statement is null ? null : $"{statement}，具体怎么规定？";
    }

    [GeneratedRegex(@"^[\s|:+=-]*$")]
    private static partial Regex RuleLine();

    [GeneratedRegex(@"\*\*|__|`")]
    private static partial Regex Marks();

    [GeneratedRegex(@"^\s*([-*+•]\s+|\(?\w{1,2}[.)]\s+|\|)")]
    private static partial Regex Leading();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();

    [GeneratedRegex(@"(?<![\w.,:/–-])\d+([.,]\d+)?\s+(?=[A-Za-z%°])")]
    private static partial Regex EnglishNumber();

    // At the start of a sentence a condition ends with a comma, elsewhere with any mark.
    [GeneratedRegex(
        @"(?:(?<=^)(if|when|after|before)\s+((?:[^,.;:?!()|]|[.](?=\d)){10,90})(?=,)|(?<=\S\s)\b(if|when|after|before)\s+"
            + @"((?:[^,.;:?!()|]|[.](?=\d)){10,90})(?=[,.;]|$))",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex EnglishIf();

    // Figures may follow a Han character at once, but not one that numbers things; numerals may not, being parts of words there.
    [GeneratedRegex(
        @"(?<![\w.:/\--[\p{IsCJKUnifiedIdeographs}]]|[第图表])\d+([.,]\d+)?(?![\d:：.,-])"
            + "|(?<![\\w.:/-])[一二三四五六七八九十百千两]{1,4}(?=[分秒小天次个米升度面遍人年月周公毫])"
    )]
    private static partial Regex ChineseNumber();

    [GeneratedRegex("如果|若|时候?$|低于|高于|超过|不足|以上|以下|之前|之后|后$|前$|出现|发现|报警|失败|停")]
    private static partial Regex ChineseIf();

    [GeneratedRegex("[，。；：！？,;|]")]
    private static partial Regex Clause();
}
