using System.Globalization;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// Ranks XQuAD's 240 passages for its human questions by BM25 and by a model on BM25's candidates: MRR@10, English and Chinese.
/// </summary>
/// <remarks>
/// "Low overlap" are the questions that share the fewest words with their passage, the lowest fifth: there keyword search is weak.
/// </remarks>
internal static class XQuad
{
    private const int Cutoff = 10;

    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        using var model = CrossEncoder.FromPretrained(options.Text("model"));
        foreach (var language in (string[])["en", "zh"])
            Console.WriteLine(
                Measure(model, options.Text("shared"), language, options.Number("questions", int.MaxValue), options.Number("depth", 20))
            );
        return 0;
    }

    public static XQuadResult Measure(IPassageScorer model, string shared, string language, int count, int depth)
    {
        var file = SquadFile.Load(Path.Combine(shared, "data", "xquad", $"xquad.{language}.json"));
        Passage[] passages = [.. file.Passages.Select((text, i) => new Passage(i.ToString(CultureInfo.InvariantCulture), text))];
        var bm25 = new Bm25Retriever(passages);
        var questions = file.Questions.ToArray();
        new Random(2024).Shuffle(questions);
        questions = [.. questions.Take(count)];
        Hit[][] candidates = [.. questions.Select(question => bm25.Search(question.Text, depth).ToArray())];
        var scores = model.Score([
            .. questions.SelectMany((question, i) => candidates[i].Select(hit => new TextPair(question.Text, hit.Passage.Text))),
        ]);
        var (before, after) = (new double[questions.Length], new double[questions.Length]);
        for (int i = 0, start = 0; i < questions.Length; start += candidates[i++].Length)
        {
            var answer = questions[i].Passage.ToString(CultureInfo.InvariantCulture);
            before[i] = ReciprocalRank([.. candidates[i].Select(hit => hit.Passage.Id)], answer);
            var from = start;
            after[i] = ReciprocalRank(
                [
                    .. candidates[i]
                        .Select((hit, k) => (hit.Passage.Id, Score: scores[from + k]))
                        .OrderByDescending(hit => hit.Score)
                        .Select(hit => hit.Id),
                ],
                answer
            );
        }

        int[] low =
        [
            .. Enumerable
                .Range(0, questions.Length)
                .OrderBy(i => Overlap(questions[i].Text, file.Passages[questions[i].Passage]))
                .Take(questions.Length / 5),
        ];
        return new(
            language,
            questions.Length,
            depth,
            before.Average(),
            after.Average(),
            low.Average(i => before[i]),
            low.Average(i => after[i])
        );
    }

    private static double ReciprocalRank(IReadOnlyList<string> ids, string answer)
    {
        var rank = ids.Take(Cutoff).ToList().IndexOf(answer) + 1;
        return rank == 0 ? 0 : 1.0 / rank;
    }

    private static double Overlap(string question, string passage)
    {
        var words = TextAnalyzer.Terms(question).Distinct().ToList();
        var there = TextAnalyzer.Terms(passage).ToHashSet();
        return words.Count == 0 ? 0 : (double)words.Count(there.Contains) / words.Count;
    }
}

/// <summary>MRR@10 of BM25 and after re-ranking, over all questions and over those with low overlap.</summary>
internal sealed record XQuadResult(
    string Language,
    int Questions,
    int Depth,
    double Before,
    double After,
    double LowBefore,
    double LowAfter
)
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"XQuAD {Language}, {Questions} questions, depth {Depth}: MRR@10 BM25 {Before:0.0000} -> {After:0.0000}; "
                + $"low overlap {LowBefore:0.0000} -> {LowAfter:0.0000}"
        );
}
