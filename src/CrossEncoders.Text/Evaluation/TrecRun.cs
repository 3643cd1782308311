using System.Globalization;
using System.Text;
using CrossEncoders.Files;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Evaluation;

/// <summary>
/// What another system found, from a run file of TREC (question, Q0, passage, rank, score, tag), to be compared and re-ranked as any other
/// retriever.
/// </summary>
/// <remarks>
/// As trec_eval does it, scores decide the order and not the ranks; of equal scores the passage with the greater id comes first. Questions
/// are known by their text, as retrievers are asked for.
/// </remarks>
/// <example><code>
/// var splade = TrecRun.Read("splade.run", collection);
/// RankingComparison.Of(set.Questions, bm25, splade, splade.RerankedBy(model))
/// </code></example>
public sealed class TrecRun : IRetriever
{
    private readonly Dictionary<string, Hit[]> _hits;

    private TrecRun(string name, Dictionary<string, Hit[]> hits) => (Name, _hits) = (name, hits);

    /// <summary>The run's tag.</summary>
    public string Name { get; }

    /// <summary>Reads a run of a collection's questions; those that it lacks found nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="set">Its passages and questions.</param>
    /// <param name="name">The name in tables and charts; the file's tag where null.</param>
    /// <exception cref="CrossEncoderException">
    /// A line is not one of a run, a passage comes twice for a question or is not in the collection, or none of the questions is.
    /// </exception>
    public static TrecRun Read(string path, TestSet set, string? name = null)
    {
        var full = Path.GetFullPath(path);
        var passages = set.Passages.ToDictionary(passage => passage.Id, StringComparer.Ordinal);
        var found = new Dictionary<string, List<Hit>>(StringComparer.Ordinal);
        var seen = new HashSet<(string, string)>();
        string? tag = null;
        foreach (var line in Lines(full))
        {
            if (!passages.TryGetValue(line.Passage, out var passage))
                throw Wrong(full, line.Number, $"names passage '{line.Passage}', which '{set.Name}' does not have");
            if (!seen.Add((line.Question, line.Passage)))
                throw Wrong(full, line.Number, $"names passage '{line.Passage}' again for question '{line.Question}'; expected each once");
            tag ??= line.Tag;
            if (!found.TryGetValue(line.Question, out var hits))
                found[line.Question] = hits = [];
            hits.Add(new(passage, line.Score));
        }

        return new(name ?? tag ?? Path.GetFileNameWithoutExtension(full), ByText(full, set, found));
    }

    /// <summary>The lines of a run, one after the other.</summary>
    /// <exception cref="CrossEncoderException">The file is missing, or a line is not one of a run.</exception>
    internal static IEnumerable<TrecLine> Lines(string path)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
            throw new CrossEncoderException($"There is no file '{full}'. Expected a run: question Q0 passage rank score tag.");
        foreach (var (line, number) in File.ReadLines(full).Select((line, i) => (line, i + 1)).Where(line => line.line.Trim() is not ""))
        {
            var cells = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (
                cells.Length != 6
                || !double.TryParse(cells[4], NumberStyles.Float, CultureInfo.InvariantCulture, out var score)
                || !double.IsFinite(score)
            )
                throw Wrong(full, number, $"is '{Excerpt.Of(line, 80)}'; expected six columns: question Q0 passage rank score tag");
            yield return new(number, cells[0], cells[2], score, cells[5]);
        }
    }

    /// <summary>Writes what a retriever found, for trec_eval and other tools; the file appears whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="retriever">The name of one of its retrievers.</param>
    /// <exception cref="CrossEncoderException">The comparison has no such retriever, or the file cannot be written.</exception>
    public static void Write(string path, RankingComparison comparison, string retriever)
    {
        if (!comparison.Retrievers.Contains(retriever))
            throw new CrossEncoderException(
                $"The comparison has no retriever '{retriever}'; expected one of {string.Join(", ", comparison.Retrievers)}."
            );
        var tag = string.Join('_', retriever.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            foreach (var ranking in comparison.Rankings.Where(ranking => ranking.Retriever == retriever))
            foreach (var (rank, hit) in ranking.Hits.Index())
                writer.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{ranking.Question.Id} Q0 {hit.Passage.Id} {rank + 1} {hit.Score:R} {tag}")
                );
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<Hit> Search(string query, int topK) => _hits.TryGetValue(query, out var hits) ? [.. hits.Take(topK)] : [];

    private static Dictionary<string, Hit[]> ByText(string path, TestSet set, Dictionary<string, List<Hit>> found)
    {
        var byText = new Dictionary<string, Hit[]>(StringComparer.Ordinal);
        foreach (var question in set.Questions)
            if (found.TryGetValue(question.Id, out var hits))
                byText.TryAdd(
                    question.Text,
                    [.. hits.OrderByDescending(hit => hit.Score).ThenByDescending(hit => hit.Passage.Id, StringComparer.Ordinal)]
                );
        return byText.Count > 0
            ? byText
            : throw new CrossEncoderException(
                $"'{path}' has none of the questions of '{set.Name}': expected ids such as '{set.Questions[0].Id}', found "
                    + $"'{found.Keys.FirstOrDefault()}'. Check that the two belong together."
            );
    }

    private static CrossEncoderException Wrong(string path, int line, string what) => new($"Line {line} of '{path}' {what}.");
}

/// <summary>A line of a run.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Question">The question's id.</param>
/// <param name="Passage">The passage's id.</param>
/// <param name="Score">The score.</param>
/// <param name="Tag">The run's tag.</param>
internal readonly record struct TrecLine(int Number, string Question, string Passage, double Score, string Tag);
