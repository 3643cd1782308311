using CrossEncoders.Examples;
using CrossEncoders.Questions;
using CrossEncoders.Texts;

namespace CrossEncoders.Audit;

/// <summary>
/// Looks for what must not be on two sides of a split: documents, passages and questions, the same or nearly so; test questions in
/// training; a single model that both wrote the questions and marks them. Ten thousand questions with their passages take some seconds.
/// </summary>
public static class LeakAudit
{
    /// <summary>Audits a split data set.</summary>
    /// <exception cref="CrossEncoderException">A similarity is not above 0.</exception>
    /// <example><code>LeakAudit.Of(parts, new() { TestQuestions = TestQuestions.Load("test.jsonl") }).Require()</code></example>
    public static LeakCertificate Of(SplitDataset parts, LeakAuditOptions? options = null)
    {
        options ??= new LeakAuditOptions();
        QaDataset[] sides = [parts.Train, parts.Validation, parts.Test];
        var models = sides.SelectMany(side => side.Questions).Select(question => question.Model).Concat(options.Generators).Distinct();
        return Of(
            [AuditSide.Of("train", parts.Train), AuditSide.Of("validation", parts.Validation), AuditSide.Of("test", parts.Test)],
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
    ) =>
        Of(
            [AuditSide.Of("train", train), AuditSide.Of("validation", validation), AuditSide.Of("test", test ?? [])],
            options ?? new LeakAuditOptions()
        );

    private static LeakCertificate Of(IReadOnlyList<AuditSide> all, LeakAuditOptions options)
    {
        NearDuplicates.Check(options.QuestionSimilarity, "LeakAuditOptions.QuestionSimilarity");
        NearDuplicates.Check(options.PassageSimilarity, "LeakAuditOptions.PassageSimilarity");
        var sides = all.Where(side => !side.IsEmpty).ToList();
        var checks = new LeakChecks(options);
        for (var i = 0; i < sides.Count; i++)
        for (var j = i + 1; j < sides.Count; j++)
            checks.Compare(sides[i], sides[j]);
        if (options.TestQuestions.Count > 0)
        {
            var asked = AuditSide.Of(options.TestQuestions);
            foreach (var side in all.Take(2).Where(side => !side.IsEmpty))
                checks.CompareQuestions(side, asked);
            checks.NoteTestQuestions(train: all[0]);
        }
        checks.CheckRoles();
        return new LeakCertificate([.. sides.Select(side => side.Describe())], checks.Checks, checks.Leaks);
    }
}
