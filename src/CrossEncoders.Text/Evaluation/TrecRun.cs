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
/// As trec_eval does it, scores decide the order and not the ranks; of equal scores the passage with the greater id comes first. They
/// are compared in 32 bits, as by trec_eval to 9.0.8 and pytrec_eval; 10.0 compares them in 64, where fewer are equal. Questions are known
/// by their text, as retrievers are asked for.
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
    /// A line is not one of a run, a passage comes twice for a question or is not in the collection, none of the questions is, or two of
    /// the same text have other passages.
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
        var full = ReadableFile.At(path, "Expected a run: question Q0 passage rank score tag.");
        foreach (var (line, number) in File.ReadLines(full).Select((line, i) => (line, i + 1)).Where(line => !Judgments.IsNone(line.line)))
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

    /// <summary>
    /// Writes what a retriever found, for trec_eval and other tools; the file appears whole or not at all. They would put passages of equal
    /// scores in an order of their own: such a score is lowered by the least step of 32 bits.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="retriever">The name of one of its retrievers.</param>
    /// <exception cref="CrossEncoderException">
    /// The comparison has no such retriever, an id has a blank, which parts a run's columns, or the file cannot be written.
    /// </exception>
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
            {
                var (question, last) = (First(ranking.Question.Id), float.PositiveInfinity);
                foreach (var (rank, hit) in ranking.Hits.Index())
                {
                    last = Math.Min((float)hit.Score, MathF.BitDecrement(last));
                    writer.WriteLine(
                        string.Create(CultureInfo.InvariantCulture, $"{question} Q0 {Column(hit.Passage.Id)} {rank + 1} {last:R} {tag}")
                    );
                }
            }
        });
    }

    private static string Column(string id) =>
        id.Length > 0 && !id.Any(char.IsWhiteSpace)
            ? id
            : throw new CrossEncoderException(
                $"The id '{Excerpt.Of(id, 80)}' cannot stand in a run, whose columns are parted by blanks. Give ids without any."
            );

    private static string First(string id) =>
        !id.StartsWith('#')
            ? Column(id)
            : throw new CrossEncoderException(
                $"The id '{Excerpt.Of(id, 80)}' cannot begin a line of a run, where '#' begins a comment. Give questions other ids."
            );

    /// <inheritdoc/>
    public IReadOnlyList<Hit> Search(string query, int topK) => _hits.TryGetValue(query, out var hits) ? [.. hits.Take(topK)] : [];

    private static Dictionary<string, Hit[]> ByText(string path, TestSet set, Dictionary<string, List<Hit>> found)
    {
        var byText = new Dictionary<string, (string Id, Hit[] Hits)>(StringComparer.Ordinal);
        foreach (var question in set.Questions)
            if (found.TryGetValue(question.Id, out var hits))
            {
                Hit[] ordered =
                [
                    .. hits.OrderByDescending(hit => (float)hit.Score).ThenByDescending(hit => hit.Passage.Id, StringComparer.Ordinal),
                ];
                if (!byText.TryAdd(question.Text, (question.Id, ordered)) && !byText[question.Text].Hits.SequenceEqual(ordered))
                    throw new CrossEncoderException(
                        $"'{path}' has other passages for question '{question.Id}' than for '{byText[question.Text].Id}', which has the "
                            + "same text, and a retriever is asked by texts. Leave one of them out."
                    );
            }

        return byText.Count > 0
            ? byText.ToDictionary(pair => pair.Key, pair => pair.Value.Hits, StringComparer.Ordinal)
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
