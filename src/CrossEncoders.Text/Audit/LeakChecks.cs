using CrossEncoders.Texts;

namespace CrossEncoders.Audit;

/// <summary>The checks of an audit: each adds a row to <see cref="Checks"/>, and what it found to <see cref="Leaks"/>.</summary>
internal sealed class LeakChecks(LeakAuditOptions options)
{
    private const string OneModel = "one model in two roles";
    private readonly List<LeakCheck> _checks = [];
    private readonly List<Leak> _leaks = [];

    public IReadOnlyList<LeakCheck> Checks => _checks;

    public IReadOnlyList<Leak> Leaks => _leaks;

    /// <summary>Two sides of a split: documents, passages and questions.</summary>
    public void Compare(AuditSide one, AuditSide two)
    {
        var ids = one.Documents.Select(document => document.Id).ToHashSet();
        var shared = two
            .Documents.Where(document => ids.Contains(document.Id))
            .Select(document => new Found(document.Id, document.Id, 1, document.Text))
            .ToList();
        Report("same document", one, two, two.Documents.Count, shared);
        var copies = Same(one.Documents, two.Documents).FindAll(found => !ids.Contains(found.Two));
        Report("same text of two documents", one, two, two.Documents.Count, copies);
        CompareTexts("passage", one, two, side => side.Passages, options.PassageSimilarity, sameCodes: false);
        CompareQuestions(one, two);
    }

    /// <summary>The questions of two sides.</summary>
    public void CompareQuestions(AuditSide one, AuditSide two) =>
        CompareTexts("question", one, two, side => side.Questions, options.QuestionSimilarity, sameCodes: true);

    /// <summary>What is worth knowing about the test questions, though it is no leak.</summary>
    /// <param name="train">What is trained on.</param>
    public void NoteTestQuestions(AuditSide train)
    {
        var trained = train.Documents.Select(document => document.Id).ToHashSet();
        Note(
            "asked about a document that was trained on",
            options.TestQuestions.Count(question => question.Answers.Any(answer => trained.Contains(answer.Document)))
        );
        Note(
            "written by the model that wrote those to train on",
            options.TestQuestions.Count(question =>
                options.Generators.Any(model => IsSameModel(model, question.Author ?? options.TestAuthor))
            )
        );
    }

    /// <summary>Whether one model both wrote the questions and marks them.</summary>
    public void CheckRoles()
    {
        const string Between = "generator, judge, teacher";
        List<(string Role, string Model)> roles = [.. options.Generators.Select(model => ("generator", model))];
        if (options.Judge is { } judge)
            roles.Add(("judge", judge));
        if (options.Teacher is { } teacher)
            roles.Add(("teacher", teacher));
        var found = new List<Leak>();
        for (var i = 0; i < roles.Count; i++)
        for (var j = i + 1; j < roles.Count; j++)
            if (roles[i].Role != roles[j].Role && IsSameModel(roles[i].Model, roles[j].Model))
                found.Add(new Leak(OneModel, Between, roles[i].Role, roles[j].Role, 1, roles[i].Model));
        _checks.Add(new LeakCheck(OneModel, Between, roles.Count, found.Count, Verdict(found.Count)));
        _leaks.AddRange(found);
    }

    private void CompareTexts(
        string what,
        AuditSide one,
        AuditSide two,
        Func<AuditSide, IReadOnlyList<AuditItem>> texts,
        double threshold,
        bool sameCodes
    )
    {
        var (ones, twos) = (texts(one), texts(two));
        var same = Same(ones, twos);
        Report($"same {what}", one, two, twos.Count, same);
        var known = same.Select(found => found.Two).ToHashSet();
        var near = NearDuplicates
            .Between([.. ones.Select(item => item.Text)], [.. twos.Select(item => item.Text)], threshold, sameCodes)
            .Select(pair => new Found(ones[pair.One].Id, twos[pair.Two].Id, pair.Similarity, twos[pair.Two].Text))
            .Where(found => !known.Contains(found.Two))
            .ToList();
        Report($"near-duplicate {what}", one, two, twos.Count, near);
    }

    private void Report(string check, AuditSide one, AuditSide two, int compared, List<Found> found)
    {
        var between = $"{one.Name}, {two.Name}";
        _checks.Add(new LeakCheck(check, between, compared, found.Count, Verdict(found.Count)));
        _leaks.AddRange(found.Select(item => new Leak(check, between, item.One, item.Two, item.Similarity, item.Text)));
    }

    private void Note(string check, int found) =>
        _checks.Add(new LeakCheck(check, "train, test questions", options.TestQuestions.Count, found, found > 0 ? "note" : "clean"));

    private static string Verdict(int found) => found > 0 ? "LEAK" : "clean";

    private static bool IsSameModel(string model, string? other) => model.Trim().Equals(other?.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>Items of the second list whose letters and digits are those of one in the first.</summary>
    private static List<Found> Same(IReadOnlyList<AuditItem> ones, IReadOnlyList<AuditItem> twos)
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

    private sealed record Found(string One, string Two, double Similarity, string Text);
}
