using System.Security.Cryptography;
using System.Text;
using CrossEncoders.Chunking;
using CrossEncoders.Examples;
using CrossEncoders.Questions;
using CrossEncoders.Texts;

namespace CrossEncoders.Audit;

/// <summary>What else an audit is told, and where it draws its lines.</summary>
public sealed record LeakAuditOptions
{
    /// <summary>Questions that share so many of their words are the same question, unless their numbers or codes differ (default 0.8, Jaccard index).</summary>
    public double QuestionSimilarity { get; init; } = NearDuplicates.Alike;

    /// <summary>Passages that share so many of their words are the same passage (default 0.8, Jaccard index).</summary>
    public double PassageSimilarity { get; init; } = NearDuplicates.Alike;

    /// <summary>Questions to be asked at the end, from a file of their own. None of them may be in training or validation.</summary>
    public IReadOnlyList<TestQuestion> TestQuestions { get; init; } = [];

    /// <summary>
    /// Who wrote those of <see cref="TestQuestions"/> that do not say so themselves; null where a person did. That it is the generator is
    /// noted: such questions are alike.
    /// </summary>
    public string? TestAuthor { get; init; }

    /// <summary>The models that wrote the questions; of a <see cref="SplitDataset"/> they are known.</summary>
    public IReadOnlyList<string> Generators { get; init; } = [];

    /// <summary>The model that judged questions or labels; null where none did.</summary>
    public string? Judge { get; init; }

    /// <summary>The model whose scores became labels or guarded negatives; null where none did.</summary>
    public string? Teacher { get; init; }
}

/// <summary>
/// Looks for what must not be on two sides of a split: documents, passages and questions, the same or nearly so; test questions in training;
/// one model that wrote the questions and marks them, too. Ten thousand questions with their passages take some seconds.
/// </summary>
public static class LeakAudit
{
    private const string OneModel = "one model in two roles";

    /// <summary>Audits a split data set.</summary>
    /// <example><code>LeakAudit.Of(parts, new() { TestQuestions = TestQuestions.Load("test.jsonl") }).Require()</code></example>
    public static LeakCertificate Of(SplitDataset parts, LeakAuditOptions? options = null)
    {
        options ??= new LeakAuditOptions();
        QaDataset[] sides = [parts.Train, parts.Validation, parts.Test];
        var models = sides.SelectMany(side => side.Questions).Select(question => question.Model).Concat(options.Generators).Distinct();
        return Of(
            [Side("train", parts.Train), Side("validation", parts.Validation), Side("test", parts.Test)],
            options with
            {
                Generators = [.. models],
            }
        );
    }

    /// <summary>Audits examples, whoever made them. A group (<see cref="InputExample.Group"/>) counts as a document.</summary>
    public static LeakCertificate Of(
        IReadOnlyList<InputExample> train,
        IReadOnlyList<InputExample> validation,
        IReadOnlyList<InputExample>? test = null,
        LeakAuditOptions? options = null
    ) => Of([Side("train", train), Side("validation", validation), Side("test", test ?? [])], options ?? new LeakAuditOptions());

    private static LeakCertificate Of(IReadOnlyList<AuditSide> sides, LeakAuditOptions options)
    {
        var checks = new List<LeakCheck>();
        var leaks = new List<Leak>();
        for (var i = 0; i < sides.Count; i++)
        for (var j = i + 1; j < sides.Count; j++)
            if (!sides[i].IsEmpty && !sides[j].IsEmpty)
                Compare(sides[i], sides[j]);
        if (options.TestQuestions.Count > 0)
        {
            var asked = new AuditSide(
                "test questions",
                [],
                [],
                [.. options.TestQuestions.Select(question => (question.Id, question.Question))]
            );
            foreach (var side in sides.Take(2).Where(side => !side.IsEmpty))
                Questions(side, asked);
            var trained = sides[0].Documents.Select(document => document.Id).ToHashSet();
            var about = options.TestQuestions.Count(question => question.Answers.Any(answer => trained.Contains(answer.Document)));
            Note("asked about a document that was trained on", about);
            Note(
                "written by the model that wrote those to train on",
                options.TestQuestions.Count(question => options.Generators.Any(model => Same(model, question.Author ?? options.TestAuthor)))
            );
        }
        Roles();
        return new LeakCertificate([.. sides.Where(side => !side.IsEmpty).Select(side => side.Describe())], checks, leaks);

        void Note(string check, int found) =>
            checks.Add(new LeakCheck(check, "train, test questions", options.TestQuestions.Count, found, found > 0 ? "note" : "clean"));

        void Compare(AuditSide one, AuditSide two)
        {
            var ids = one.Documents.Select(document => document.Id).ToHashSet();
            var shared = two
                .Documents.Where(document => ids.Contains(document.Id))
                .Select(document => new Found(document.Id, document.Id, 1, document.Text))
                .ToList();
            Report("same document", one, two, two.Documents.Count, shared);
            var copies = Same(one.Documents, two.Documents).Where(found => !ids.Contains(found.Two)).ToList();
            Report("same text of two documents", one, two, two.Documents.Count, copies);
            Texts("passage", one, two, one.Passages, two.Passages, options.PassageSimilarity);
            Questions(one, two);
        }

        void Questions(AuditSide one, AuditSide two) =>
            Texts("question", one, two, one.Questions, two.Questions, options.QuestionSimilarity);

        void Texts(
            string what,
            AuditSide one,
            AuditSide two,
            IReadOnlyList<(string Id, string Text)> ones,
            IReadOnlyList<(string Id, string Text)> twos,
            double threshold
        )
        {
            var same = Same(ones, twos);
            Report($"same {what}", one, two, twos.Count, same);
            var known = same.Select(found => found.Two).ToHashSet();
            var near = NearDuplicates
                .Between([.. ones.Select(item => item.Text)], [.. twos.Select(item => item.Text)], threshold, sameCodes: what == "question")
                .Select(pair => new Found(ones[pair.One].Id, twos[pair.Two].Id, pair.Similarity, twos[pair.Two].Text))
                .Where(found => !known.Contains(found.Two))
                .ToList();
            Report($"near-duplicate {what}", one, two, twos.Count, near);
        }

        void Report(string check, AuditSide one, AuditSide two, int compared, IReadOnlyList<Found> found)
        {
            var between = $"{one.Name}, {two.Name}";
            checks.Add(new LeakCheck(check, between, compared, found.Count, found.Count > 0 ? "LEAK" : "clean"));
            leaks.AddRange(found.Select(item => new Leak(check, between, item.One, item.Two, item.Similarity, item.Text)));
        }

        void Roles()
        {
            List<(string Role, string Model)> roles = [.. options.Generators.Select(model => ("generator", model))];
            if (options.Judge is { } judge)
                roles.Add(("judge", judge));
            if (options.Teacher is { } teacher)
                roles.Add(("teacher", teacher));
            var found = new List<Leak>();
            for (var i = 0; i < roles.Count; i++)
            for (var j = i + 1; j < roles.Count; j++)
                if (roles[i].Role != roles[j].Role && Same(roles[i].Model, roles[j].Model))
                    found.Add(new Leak(OneModel, "generator, judge, teacher", roles[i].Role, roles[j].Role, 1, roles[i].Model));
            checks.Add(new LeakCheck(OneModel, "generator, judge, teacher", roles.Count, found.Count, found.Count > 0 ? "LEAK" : "clean"));
            leaks.AddRange(found);
        }
    }

    private static bool Same(string model, string? other) => model.Trim().Equals(other?.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>Items of the second list whose letters and digits are those of one in the first.</summary>
    private static List<Found> Same(IReadOnlyList<(string Id, string Text)> ones, IReadOnlyList<(string Id, string Text)> twos)
    {
        var known = new Dictionary<string, string>();
        foreach (var (id, text) in ones)
            known.TryAdd(Normal.Of(text), id);
        known.Remove("");
        return
        [
            .. twos.Where(item => known.ContainsKey(Normal.Of(item.Text)))
                .Select(item => new Found(known[Normal.Of(item.Text)], item.Id, 1, item.Text)),
        ];
    }

    private static AuditSide Side(string name, QaDataset part) =>
        new(
            name,
            [.. part.Documents.Select(document => (document.Id, document.Text))],
            [.. part.Chunks.Select(chunk => (chunk.Id, chunk.Passage))],
            [.. part.Questions.Select(question => (question.Id, question.Text))]
        );

    private static AuditSide Side(string name, IReadOnlyList<InputExample> examples) =>
        new(
            name,
            [.. examples.Select(example => example.Group).OfType<string>().Distinct().Select(group => (group, ""))],
            [
                .. examples
                    .DistinctBy(example => example.Passage)
                    .Select(example => (example.Id ?? Chunk.HashOf(example.Passage), example.Passage)),
            ],
            [
                .. examples
                    .DistinctBy(example => example.Query)
                    .Select(example => (example.Group ?? example.Id ?? Chunk.HashOf(example.Query), example.Query)),
            ]
        );

    private sealed record Found(string One, string Two, double Similarity, string Text);

    private sealed record AuditSide(
        string Name,
        IReadOnlyList<(string Id, string Text)> Documents,
        IReadOnlyList<(string Id, string Text)> Passages,
        IReadOnlyList<(string Id, string Text)> Questions
    )
    {
        public bool IsEmpty => Documents.Count + Passages.Count + Questions.Count == 0;

        public AuditedPart Describe()
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var text in Documents.Concat(Passages).Concat(Questions).Select(item => item.Text).Order(StringComparer.Ordinal))
                hash.AppendData(Encoding.UTF8.GetBytes(text + "\0"));
            return new AuditedPart(
                Name,
                Documents.Count,
                Passages.Count,
                Questions.Count,
                Convert.ToHexStringLower(hash.GetHashAndReset())[..16]
            );
        }
    }
}
