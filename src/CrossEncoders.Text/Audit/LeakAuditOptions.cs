using CrossEncoders.Examples;
using CrossEncoders.Texts;

namespace CrossEncoders.Audit;

/// <summary>What else an audit is told, and where it draws its lines.</summary>
public sealed record LeakAuditOptions
{
    /// <summary>
    /// Questions that share this part of their words are the same question, unless their numbers or codes differ (default 0.8, Jaccard
    /// index).
    /// </summary>
    public double QuestionSimilarity { get; init; } = NearDuplicates.Alike;

    /// <summary>Passages that share this part of their words are the same passage (default 0.8, Jaccard index).</summary>
    public double PassageSimilarity { get; init; } = NearDuplicates.Alike;

    /// <summary>Questions to be asked at the end, from a file of their own. None of them may be in training or validation.</summary>
    public IReadOnlyList<TestQuestion> TestQuestions { get; init; } = [];

    /// <summary>
    /// Who wrote those of <see cref="TestQuestions"/> that do not name their author; null where a person did. Where it is the generator,
    /// that is noted: such questions are alike.
    /// </summary>
    public string? TestAuthor { get; init; }

    /// <summary>The models that wrote the questions; of a <see cref="SplitDataset"/> they are known.</summary>
    public IReadOnlyList<string> Generators { get; init; } = [];

    /// <summary>The model that judged questions or labels; null where none did.</summary>
    public string? Judge { get; init; }

    /// <summary>The model whose scores became labels or guarded negatives; null where none did.</summary>
    public string? Teacher { get; init; }
}
