using CrossEncoders.Audit;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Retrieval;
using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Display;

/// <summary>The library's own lists as tables, each with the columns one looks at: <c>chunks.ToTable()</c>.</summary>
public static class TableViews
{
    /// <summary>Documents: id, title, language, length in characters.</summary>
    public static Table ToTable(this IEnumerable<Document> documents, int maxRows = TableExtensions.DefaultRows) =>
        documents.ToTable(
            maxRows,
            ("document", document => document.Id),
            ("title", document => document.Title),
            ("language", document => document.Language),
            ("characters", document => document.Text.Length)
        );

    /// <summary>Chunks: id, headings, length in tokens, text.</summary>
    public static Table ToTable(this IEnumerable<Chunk> chunks, int maxRows = TableExtensions.DefaultRows) =>
        chunks.ToTable(
            maxRows,
            ("chunk", chunk => chunk.Id),
            ("section", chunk => chunk.Section),
            ("tokens", chunk => chunk.Tokens),
            ("text", chunk => chunk.Text)
        );

    /// <summary>Passages in the order a re-ranker put them: place, score, number in the list it was given, text.</summary>
    public static Table ToTable(this IEnumerable<RankedPassage> passages, int maxRows = TableExtensions.DefaultRows) =>
        Numbered(passages)
            .ToTable(
                maxRows,
                ("rank", place => place.Number),
                ("score", place => place.Item.Score),
                ("passage", place => place.Item.CorpusId),
                ("text", place => place.Item.Text)
            );

    /// <summary>What a search found: place, id, score, text.</summary>
    public static Table ToTable(this IEnumerable<Hit> hits, int maxRows = TableExtensions.DefaultRows) =>
        Numbered(hits)
            .ToTable(
                maxRows,
                ("rank", place => place.Number),
                ("passage", place => place.Item.Passage.Id),
                ("score", place => place.Item.Score),
                ("text", place => place.Item.Passage.Text)
            );

    /// <summary>What each of several searches finds for a query: a row for each of its first passages.</summary>
    public static Table ToTable(this IEnumerable<IRetriever> searches, string query, int topK = 3) =>
        searches
            .SelectMany(search =>
                Numbered(search.Search(query, topK)).Select(place => (Search: search.Name, place.Number, place.Item.Passage))
            )
            .ToTable(
                100,
                ("search", row => row.Search),
                ("rank", row => row.Number),
                ("passage", row => row.Passage.Id),
                ("text", row => row.Passage.Text)
            );

    /// <summary>The passages an answer rests on: their numbers in it, whether it cites them, text.</summary>
    public static Table ToTable(this RagAnswer answer) =>
        Numbered(answer.Context)
            .ToTable(
                ("number", place => place.Number),
                ("passage", place => place.Item.Passage.Id),
                ("cited", place => answer.Cited.Contains(place.Item) ? "yes" : ""),
                ("text", place => place.Item.Passage.Text)
            );

    /// <summary>Training examples: label, query, passage.</summary>
    public static Table ToTable(this IEnumerable<InputExample> examples, int maxRows = TableExtensions.DefaultRows) =>
        examples.ToTable(
            maxRows,
            ("label", example => example.Label),
            ("question", example => example.Query),
            ("passage", example => example.Passage)
        );

    /// <summary>The parts of a split data set: how many documents, chunks and questions each has.</summary>
    public static Table ToTable(this SplitDataset parts) =>
        new[] { ("train", parts.Train), ("validation", parts.Validation), ("test", parts.Test) }.ToTable(
            ("part", part => part.Item1),
            ("documents", part => part.Item2.Documents.Count),
            ("chunks", part => part.Item2.Chunks.Count),
            ("questions", part => part.Item2.Questions.Count)
        );

    /// <summary>What an audit looked for, where, in how many items, and what it found.</summary>
    public static Table ToTable(this LeakCertificate certificate) =>
        certificate.Checks.ToTable(
            40,
            ("check", check => check.Check),
            ("between", check => check.Between),
            ("compared", check => check.Compared),
            ("found", check => check.Found),
            ("verdict", check => check.Verdict)
        );

    /// <summary>Questions with known answers: id, slice, question, number of passages that answer it.</summary>
    public static Table ToTable(this IEnumerable<RankingQuestion> questions, int maxRows = TableExtensions.DefaultRows) =>
        questions.ToTable(
            maxRows,
            ("slice", question => question.Slice),
            ("question", question => question.Text),
            ("answers", question => question.Relevant.Count(passage => passage.Value > 0))
        );

    /// <summary>Steps of a training: number, loss, learning rate, norm of the gradient, speed.</summary>
    public static Table ToTable(this IEnumerable<TrainingStep> steps, int maxRows = TableExtensions.DefaultRows) =>
        steps.ToTable(
            maxRows,
            ("step", step => step.Step + 1),
            ("epoch", step => step.Epoch),
            ("loss", step => step.Loss),
            ("learning rate", step => step.LearningRate),
            ("gradient norm", step => step.GradientNorm),
            ("tokens a second", step => (long)step.TokensPerSecond)
        );

    /// <summary>Evaluations during a training: step, evaluator, epoch, and every metric that one of them has.</summary>
    public static Table ToTable(this IEnumerable<EvaluationPoint> evaluations, int maxRows = TableExtensions.DefaultRows)
    {
        var points = evaluations.ToArray();
        var metrics = points.SelectMany(point => point.Result.Metrics.Keys).Distinct().ToArray();
        var last = points.GroupBy(point => point.Result.Evaluator).Select(group => group.Last()).ToArray();
        var table = points.ToTable(
            maxRows,
            [
                ("step", point => point.Step),
                ("evaluator", point => point.Result.Evaluator),
                ("epoch", point => point.Result.Epoch),
                .. metrics.Select(metric =>
                    (
                        metric,
                        (Func<EvaluationPoint, object?>)(point => point.Result.Metrics.TryGetValue(metric, out var value) ? value : null)
                    )
                ),
            ]
        );
        // A training that its time ended elsewhere explains why other figures differ.
        var steps = last.Select(point => new Figure($"training steps before the last evaluation on {point.Result.Evaluator}", point.Step));
        return table.With(
            (
                from point in last
                from metric in point.Result.Metrics
                select new Figure(
                    $"{metric.Key} on {point.Result.Evaluator}, at the end",
                    metric.Value,
                    HigherIsBetter: metric.Key is MSEEval.Mse or MSEEval.MseByExample ? false : null
                )
            ).Concat(steps)
        );
    }

    /// <summary>What looked wrong in a training: step, rule, evidence, remedy.</summary>
    public static Table ToTable(this IEnumerable<Alarm> alarms, int maxRows = TableExtensions.DefaultRows) =>
        alarms
            .ToTable(
                maxRows,
                ("step", alarm => alarm.Step),
                ("rule", alarm => alarm.Rule),
                ("evidence", alarm => alarm.Evidence),
                ("remedy", alarm => alarm.Remedy)
            )
            .WithWholeTexts();

    private static (int Number, T Item)[] Numbered<T>(IEnumerable<T> items) => [.. items.Select((item, i) => (i + 1, item))];
}
