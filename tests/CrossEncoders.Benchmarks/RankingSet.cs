using System.Globalization;
using System.Text.Json;
using CrossEncoders.Evaluation;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Benchmarks;

/// <summary>Passages, and questions whose right passages are known.</summary>
internal sealed record RankingSet(string Name, IReadOnlyList<Passage> Passages, IReadOnlyList<RankingQuestion> Questions)
{
    /// <summary>A set of <c>../shared/data</c> by name: xquad-en, xquad-zh, clapnq, stard.</summary>
    public static RankingSet Load(string shared, string name) =>
        name.StartsWith("xquad-", StringComparison.Ordinal)
            ? Squad(name, Path.Combine(shared, "data", "xquad", $"xquad.{name["xquad-".Length..]}.json"))
            : Beir(name, Path.Combine(shared, "data", "dev", name));

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

    /// <summary>The layout of BEIR: corpus.jsonl, queries.jsonl and qrels/test.tsv. A title stands in front of its text.</summary>
    private static RankingSet Beir(string name, string folder)
    {
        var (corpus, queries) = (Path.Combine(folder, "corpus.jsonl"), Path.Combine(folder, "queries.jsonl"));
        var qrels = Path.Combine(folder, "qrels", "test.tsv");
        Array.ForEach([corpus, queries, qrels], Require);
        var grades = File.ReadLines(qrels)
            .Skip(1)
            .Select(line => line.Split('\t'))
            .GroupBy(cells => cells[0])
            .ToDictionary(
                group => group.Key,
                group => group.ToDictionary(cells => cells[1], cells => int.Parse(cells[2], CultureInfo.InvariantCulture))
            );
        return new(
            name,
            [.. Lines(corpus).Select(line => new Passage(line.Id, $"{line.Title} {line.Text}".Trim()))],
            [
                .. Lines(queries)
                    .Where(line => grades.ContainsKey(line.Id))
                    .Select(line => new RankingQuestion(line.Id, line.Text, name, grades[line.Id])),
            ]
        );
    }

    private static IEnumerable<(string Id, string Title, string Text)> Lines(string path)
    {
        foreach (var line in File.ReadLines(path))
        {
            using var json = JsonDocument.Parse(line);
            var title = json.RootElement.TryGetProperty("title", out var value) ? value.GetString() : null;
            yield return (json.RootElement.GetProperty("_id").GetString()!, title ?? "", json.RootElement.GetProperty("text").GetString()!);
        }
    }

    private static void Require(string path)
    {
        if (!File.Exists(path))
            throw new CrossEncoderException($"There is no file '{Path.GetFullPath(path)}'. Check --shared and the names of the sets.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
