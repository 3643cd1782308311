using CrossEncoders.Retrieval;

namespace CrossEncoders.Evaluation;

/// <summary>
/// Passages, questions and the judgments of which passages answer them: a test collection as the field exchanges them (BEIR, MTEB and
/// NanoBEIR, TREC, MS MARCO).
/// </summary>
/// <param name="Name">A short name for tables.</param>
/// <param name="Passages">All passages; a title stands in front of its text, with a blank between, as BEIR does it.</param>
/// <param name="Questions">The questions with at least one relevant passage, in the order of their file; their slice is the name.</param>
/// <param name="Notes">What was left out and why, a sentence each; empty where nothing was.</param>
/// <example><code>
/// var nfcorpus = TestSet.FromFolder("data/nfcorpus");
/// var bm25 = new Bm25Retriever(nfcorpus.Passages);
/// RankingComparison.Of(nfcorpus.Questions, bm25, bm25.RerankedBy(model)).ToTable()
/// </code></example>
public sealed record TestSet(
    string Name,
    IReadOnlyList<Passage> Passages,
    IReadOnlyList<RankingQuestion> Questions,
    IReadOnlyList<string> Notes
)
{
    /// <summary>
    /// A folder in BEIR's layout: <c>corpus.jsonl</c>, <c>queries.jsonl</c> and <c>qrels/test.tsv</c>; or as it is on the Hugging Face hub:
    /// Parquet or JSON Lines files in the folders <c>corpus</c>, <c>queries</c> and <c>qrels</c>.
    /// </summary>
    /// <param name="folder">The folder; its last part becomes the name.</param>
    /// <param name="split">
    /// Which judgments: <c>qrels/SPLIT.tsv</c>, or the files in <c>qrels</c> whose names begin with it. A single <c>qrels.tsv</c> (.jsonl,
    /// .parquet) beside the folder is the split "test" where the folder has none.
    /// </param>
    /// <remarks>
    /// As BEIR has it, the passage with a question's own id does not count as found for it, unless it is judged relevant: in ArguAna it is
    /// the question itself.
    /// </remarks>
    /// <exception cref="CrossEncoderException">A file is missing or broken, or judges passages or questions of another set.</exception>
    public static TestSet FromFolder(string folder, string split = "test")
    {
        var full = Path.GetFullPath(folder);
        if (!Directory.Exists(full))
            throw new CrossEncoderException($"There is no folder '{full}'. Expected one with corpus, queries and qrels.");
        return Of(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(full)),
            TestSetFiles.Find(full, "corpus"),
            TestSetFiles.Find(full, "queries"),
            TestSetFiles.Qrels(full, split),
            asBeir: true
        );
    }

    /// <summary>The three parts as files of their own, in any mixture of forms.</summary>
    /// <param name="passages">
    /// .tsv (id, text; or id, title, text: MS MARCO's collection), .jsonl or .parquet (_id or id or docid, title, text or contents).
    /// </param>
    /// <param name="queries">The same forms (id, text), or a TREC topic file, whose titles are the questions.</param>
    /// <param name="judgments">
    /// TREC's and MS MARCO's four columns (question, ignored, passage, grade), BEIR's three with their heading, or .parquet or .jsonl with
    /// BEIR's names. Grades of 1 and more are relevant.
    /// </param>
    /// <param name="name">The name; that of the file of passages where null.</param>
    /// <exception cref="CrossEncoderException">A file is missing or broken, or judges passages or questions of another set.</exception>
    public static TestSet FromFiles(string passages, string queries, string judgments, string? name = null) =>
        Of(name ?? Path.GetFileNameWithoutExtension(passages), [passages], [queries], [judgments], asBeir: false);

    private static TestSet Of(
        string name,
        IReadOnlyList<string> corpus,
        IReadOnlyList<string> queries,
        IReadOnlyList<string> qrels,
        bool asBeir
    )
    {
        Passage[] passages = [.. corpus.SelectMany(TestSetFiles.Passages)];
        PassageList.Checked(passages);
        var ids = passages.Select(passage => passage.Id).ToHashSet(StringComparer.Ordinal);
        var grades = Judgments.Read(qrels);
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var questions = new List<RankingQuestion>();
        var (unjudged, unanswered, strangers) = (0, 0, 0);
        foreach (var (id, text) in queries.SelectMany(TestSetFiles.Queries))
        {
            if (!asked.Add(id))
                throw new CrossEncoderException(
                    $"The question '{id}' comes more than once in {Names(queries)}. Give each an id of its own."
                );
            if (!grades.TryGetValue(id, out var judged))
                unjudged++;
            else if (!judged.Values.Any(grade => grade > 0))
                unanswered++;
            else
                questions.Add(new(id, text, name, judged) { IsPassage = asBeir && ids.Contains(id) && judged.GetValueOrDefault(id) <= 0 });
            strangers += judged?.Count(grade => grade.Value > 0 && !ids.Contains(grade.Key)) ?? 0;
        }

        if (questions.Count == 0)
            throw new CrossEncoderException(
                $"No question of {Names(queries)} has a relevant passage in {Names(qrels)}: expected the same ids in both, but found "
                    + $"'{asked.FirstOrDefault()}' and '{grades.Keys.FirstOrDefault()}'. Check that the files belong together."
            );
        if (!questions.Exists(question => question.Relevant.Any(grade => grade.Value > 0 && ids.Contains(grade.Key))))
            throw new CrossEncoderException(
                $"No relevant passage of {Names(qrels)} is in {Names(corpus)}: expected the same ids in both, but found "
                    + $"'{questions[0].Relevant.First(grade => grade.Value > 0).Key}' and '{passages[0].Id}'. Check that the files belong "
                    + "together."
            );
        var (unknown, own) = (grades.Keys.Count(id => !asked.Contains(id)), questions.Count(question => question.IsPassage));
        return new(name, passages, questions, [.. Left(unjudged, unanswered, strangers, unknown, own)]);
    }

    private static IEnumerable<string> Left(int unjudged, int unanswered, int strangers, int unknown, int own)
    {
        if (unjudged > 0)
            yield return $"{unjudged} questions without judgments were left out.";
        if (unanswered > 0)
            yield return $"{unanswered} questions without a relevant passage were left out; trec_eval counts them as 0.";
        if (strangers > 0)
            yield return $"{strangers} relevant passages are not in the collection; no search can find them, and they count as missed.";
        if (unknown > 0)
            yield return $"{unknown} judged questions are not in the file of questions.";
        if (own > 0)
            yield return $"{own} questions have the id of a passage, which does not count as found for them, as BEIR has it.";
    }

    private static string Names(IReadOnlyList<string> files) => string.Join(", ", files.Select(file => $"'{Path.GetFileName(file)}'"));
}
