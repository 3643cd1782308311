using CrossEncoders.Chunking;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;
using CrossEncoders.Texts;

namespace CrossEncoders.Audit;

/// <summary>What can be said about one question.</summary>
/// <param name="Question">The question.</param>
/// <param name="ChunkId">The chunk it was asked about.</param>
/// <param name="Style">The style it was asked for in.</param>
/// <param name="Kind">
/// What it asks for: "what", "which", "who", "when", "where", "why", "how", "how many", "yes or no", "keywords" or "other".
/// </param>
/// <param name="Language">The chunk's language.</param>
/// <param name="InLanguage">Whether it is in the chunk's language.</param>
/// <param name="Rank">The chunk's rank among the retriever's first results, from 1; null if it is not among them.</param>
/// <param name="Overlap">
/// The share of its terms (stems without stop words; pairs of Chinese characters) that stand in the chunk, 0 to 1.
/// </param>
/// <param name="Nearest">The share of words in common with the most similar earlier question (Jaccard index); null below 0.8.</param>
/// <param name="Grade">A judge's grade of question and chunk, 0 to 1; null without one.</param>
public sealed record QuestionQuality(
    string Question,
    string ChunkId,
    string Style,
    string Kind,
    string Language,
    bool InLanguage,
    int? Rank,
    double Overlap,
    double? Nearest,
    double? Grade
);

/// <summary>The questions of a group in figures; all but the counts are shares of 0 to 1.</summary>
/// <param name="Group">"all", the language of the chunks, or "style" and the questions' style.</param>
/// <param name="Questions">How many there are.</param>
/// <param name="PerChunk">How many on each of their chunks.</param>
/// <param name="Found">The round-trip rate: whose chunk is among the retriever's first results.</param>
/// <param name="First">Whose chunk is the first result.</param>
/// <param name="ReciprocalRank">The mean of 1 / rank; 0 for those that are not found.</param>
/// <param name="InLanguage">In the language of their chunk.</param>
/// <param name="Duplicates">Near-duplicates of an earlier question.</param>
/// <param name="Overlap">The mean share of terms that stand in the chunk: near 1 where a keyword search is enough.</param>
/// <param name="Grade">The mean grade of those that have one; null where none has.</param>
public sealed record GroupQuality(
    string Group,
    int Questions,
    double PerChunk,
    double Found,
    double First,
    double ReciprocalRank,
    double InLanguage,
    double Duplicates,
    double Overlap,
    double? Grade
);

/// <summary>How many questions ask for one kind of thing.</summary>
/// <param name="Language">The language of the chunks.</param>
/// <param name="Kind">See <see cref="QuestionQuality.Kind"/>.</param>
/// <param name="Questions">How many.</param>
/// <param name="Share">Of those in the language, 0 to 1.</param>
public sealed record KindCount(string Language, string Kind, int Questions, double Share);

/// <summary>How good the questions of a data set are: three tables, each made for a <c>DataFrame</c>.</summary>
/// <param name="Questions">Each question.</param>
/// <param name="Groups">Figures over all of them, over each language and over each style.</param>
/// <param name="Kinds">What they ask for, the most frequent first.</param>
public sealed record QualitySheet(
    IReadOnlyList<QuestionQuality> Questions,
    IReadOnlyList<GroupQuality> Groups,
    IReadOnlyList<KindCount> Kinds
)
{
    private const double Duplicate = 0.8;

    /// <summary>Measures the questions of a data set.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="retriever">
    /// The retriever that has to find each question's chunk again; it searches the data set's <see cref="QaDataset.Passages"/>.
    /// </param>
    /// <param name="topK">Among how many results (default 10).</param>
    /// <param name="grades">A grade of each question with its chunk, from <see cref="Judge.GradeAsync"/>; null for none.</param>
    /// <param name="progress">Told of the searches.</param>
    /// <param name="cancellation">Stops them.</param>
    /// <exception cref="CrossEncoderException">
    /// There are no questions, not as many grades, or the retriever knows none of the chunks.
    /// </exception>
    public static QualitySheet Of(
        QaDataset dataset,
        IRetriever retriever,
        int topK = 10,
        IReadOnlyList<double?>? grades = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var questions = dataset.Questions;
        if (questions.Count == 0)
            throw new CrossEncoderException("A quality sheet needs questions, but the data set has none.");
        if (grades is not null && grades.Count != questions.Count)
            throw new CrossEncoderException(
                $"A quality sheet got {grades.Count} grades for {questions.Count} questions. Give one for each, null where there is none."
            );
        var chunks = dataset.Chunks.ToDictionary(chunk => chunk.Id);
        var terms = new Dictionary<string, HashSet<string>>();
        var ranks = RoundTrip.Ranks(questions, dataset.Chunks, retriever, topK, progress, cancellation);
        var nearest = NearDuplicates
            .Within([.. questions.Select(question => question.Text)], Duplicate, sameCodes: true)
            .ToDictionary(pair => pair.Two, pair => pair.Similarity);
        var rows = questions
            .Select(
                (question, i) =>
                    Row(question, chunks[question.ChunkId], Terms(chunks[question.ChunkId]), ranks[i]) with
                    {
                        Nearest = nearest.TryGetValue(i, out var similarity) ? similarity : null,
                        Grade = grades?[i],
                    }
            )
            .ToList();
        return new QualitySheet(rows, Measured(rows), Counted(rows));

        HashSet<string> Terms(Chunk chunk)
        {
            if (!terms.TryGetValue(chunk.Id, out var known))
                terms[chunk.Id] = known = [.. TextAnalyzer.Terms(chunk.Passage)];
            return known;
        }
    }

    private static QuestionQuality Row(GeneratedQuestion question, Chunk chunk, HashSet<string> terms, int? rank)
    {
        var asked = TextAnalyzer.Terms(question.Text).Distinct().ToList();
        return new QuestionQuality(
            question.Text,
            chunk.Id,
            question.Style,
            QuestionKinds.Of(question.Text),
            chunk.Language,
            InLanguage(question.Text, chunk.Language),
            rank,
            asked.Count == 0 ? 0 : (double)asked.Count(terms.Contains) / asked.Count,
            null,
            null
        );
    }

    /// <summary>Figures over all questions, over each language, over each style.</summary>
    private static IReadOnlyList<GroupQuality> Measured(IReadOnlyList<QuestionQuality> rows) =>
        [
            .. rows.GroupBy(_ => "all")
                .Concat(rows.GroupBy(row => row.Language).OrderBy(group => group.Key, StringComparer.Ordinal))
                .Concat(rows.GroupBy(row => $"style {row.Style}"))
                .Select(group => Measure(group.Key, [.. group])),
        ];

    private static IReadOnlyList<KindCount> Counted(IReadOnlyList<QuestionQuality> rows) =>
        [
            .. rows.GroupBy(row => row.Language)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .SelectMany(group =>
                    group
                        .CountBy(row => row.Kind)
                        .OrderByDescending(count => count.Value)
                        .ThenBy(count => count.Key, StringComparer.Ordinal)
                        .Select(count => new KindCount(group.Key, count.Key, count.Value, (double)count.Value / group.Count()))
                ),
        ];

    private static GroupQuality Measure(string name, IReadOnlyList<QuestionQuality> rows) =>
        new(
            name,
            rows.Count,
            (double)rows.Count / rows.Select(row => row.ChunkId).Distinct().Count(),
            rows.Average(row => row.Rank is null ? 0.0 : 1),
            rows.Average(row => row.Rank == 1 ? 1.0 : 0),
            rows.Average(row => row.Rank is { } rank ? 1.0 / rank : 0),
            rows.Average(row => row.InLanguage ? 1.0 : 0),
            rows.Average(row => row.Nearest is null ? 0.0 : 1),
            rows.Average(row => row.Overlap),
            rows.Average(row => row.Grade)
        );

    // Names and codes stay in Latin letters in a Chinese question.
    private static bool InLanguage(string text, string language) =>
        language == "zh" ? text.Count(Han.Is) >= 2 : TextLanguage.Of(text) == language;
}
