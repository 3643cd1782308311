using System.Globalization;
using CrossEncoders.Evaluation;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Benchmarks;

/// <summary>Passages, and questions whose right passages are known.</summary>
internal sealed record RankingSet(string Name, IReadOnlyList<Passage> Passages, IReadOnlyList<RankingQuestion> Questions)
{
    private const string LowOverlap = "-low-overlap";

    /// <summary>
    /// A set of <c>../shared/data</c> by name: xquad-en, xquad-zh, clapnq, stard; with <c>-low-overlap</c> after it, the third of its
    /// questions that shares the least words with the right passage.
    /// </summary>
    public static RankingSet Load(string shared, string name) =>
        name.EndsWith(LowOverlap, StringComparison.Ordinal) ? Load(shared, name[..^LowOverlap.Length]).LeastOverlap(name)
        : name.StartsWith("xquad-", StringComparison.Ordinal)
            ? Squad(name, Path.Combine(shared, "data", "xquad", $"xquad.{name["xquad-".Length..]}.json"))
        : Beir(name, Path.Combine(shared, "data", "dev", name));

    /// <summary>The same passages with some of the questions, drawn by a fixed seed.</summary>
    public RankingSet Some(int questions)
    {
        var drawn = Questions.ToArray();
        if (questions < drawn.Length)
            new Random(2024).Shuffle(drawn);
        return this with { Questions = [.. drawn.Take(questions)] };
    }

    private RankingSet LeastOverlap(string name)
    {
        var passages = Passages.ToDictionary(passage => passage.Id, passage => TextAnalyzer.Terms(passage.Text).ToHashSet());
        double Overlap(RankingQuestion question)
        {
            var words = TextAnalyzer.Terms(question.Text).Distinct().ToList();
            return question.Relevant.Max(relevant => words.Count(passages[relevant.Key].Contains) / Math.Max(1.0, words.Count));
        }

        return this with
        {
            Name = name,
            Questions = [.. Questions.OrderBy(Overlap).Take(Questions.Count / 3)],
        };
    }

    private static RankingSet Squad(string name, string path)
    {
        Require(path);
        var file = SquadFile.Load(path);
        return new(
            name,
            [.. file.Passages.Select((text, i) => new Passage(Text(i), text))],
            [.. file.Questions.Select((question, i) => new RankingQuestion(Text(i), question.Text, name, [Text(question.Passage)]))]
        );
    }

    private static RankingSet Beir(string name, string folder)
    {
        var set = TestSet.FromFolder(folder);
        return new(name, set.Passages, set.Questions);
    }

    private static void Require(string path)
    {
        if (!File.Exists(path))
            throw new CrossEncoderException($"There is no file '{Path.GetFullPath(path)}'. Check --shared and the names of the sets.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
