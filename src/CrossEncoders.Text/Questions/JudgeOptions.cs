using CrossEncoders.LanguageModels;

namespace CrossEncoders.Questions;

/// <summary>What a judge grades by: a criterion and what each grade means, from 0 upwards.</summary>
/// <param name="Criterion">What is graded, for example "how well the passage answers the question".</param>
/// <param name="Grades">The meaning of each grade, the lowest first; two to ten.</param>
public sealed record JudgeRubric(string Criterion, IReadOnlyList<string> Grades)
{
    /// <summary>Four grades of relevance, as TREC's assessors and UMBRELA (arXiv:2406.06519) have them.</summary>
    public static JudgeRubric Relevance { get; } =
        new(
            "how well the passage answers the question",
            [
                "it has nothing to do with the question",
                "it is about the same subject, but does not answer the question",
                "it answers the question in part, or the answer has to be worked out of it",
                "it answers the question fully and directly",
            ]
        );
}

/// <summary>How a language model is asked to judge.</summary>
public sealed record JudgeOptions
{
    /// <summary>What the grades of <see cref="Judge.GradeAsync"/> mean.</summary>
    public JudgeRubric Rubric { get; init; } = JudgeRubric.Relevance;

    /// <summary>The file that verdicts are written to as they arrive; what is in it is not asked again. Null for none.</summary>
    public string? Journal { get; init; }

    /// <summary>The most calls at a time (default 4), of a <see cref="ModelFleet"/> to each of its endpoints.</summary>
    public int MaxConcurrency { get; init; } = 4;

    /// <summary>How often one thing is asked before it stays without a verdict (default 3).</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>The wait after a first failure; it doubles with each (default 1 second).</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a call may take (default 2 minutes).</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How the model is called.</summary>
    internal CallRules Rules() =>
        new()
        {
            Who = "The judge",
            MaxConcurrency = MaxConcurrency,
            MaxAttempts = MaxAttempts,
            RetryDelay = RetryDelay,
            RequestTimeout = RequestTimeout,
        };
}
