using CrossEncoders.Questions;

namespace CrossEncoders.Examples;

/// <summary>Examples after a judge has seen them.</summary>
/// <param name="Examples">What is left, in its order.</param>
/// <param name="Dropped">What is gone.</param>
/// <param name="Unjudged">How many got no verdict; they are left as they were.</param>
public sealed record JudgedExamples(IReadOnlyList<InputExample> Examples, IReadOnlyList<InputExample> Dropped, int Unjudged);

/// <summary>Lets a language model look over labeled pairs.</summary>
public static class JudgeExtensions
{
    /// <summary>The same examples with graded labels: 0 for the lowest grade of the judge's rubric, 1 for the highest.</summary>
    /// <remarks>A cross-encoder that grades instead of a language model is a teacher.</remarks>
    public static async Task<JudgedExamples> GradedByAsync(
        this IReadOnlyList<InputExample> examples,
        Judge judge,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var grades = await judge.GradeAsync(Pairs(examples), progress, cancellation).ConfigureAwait(false);
        return new JudgedExamples(
            [.. examples.Select((example, i) => grades[i] is { } grade ? example with { Label = (float)grade } : example)],
            [],
            grades.Count(grade => grade is null)
        );
    }

    /// <summary>The examples without the negatives (label below one half) that the judge finds to be answers.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="judge">Who looks at the negatives, and at nothing else.</param>
    /// <param name="above">A negative with a grade above this is dropped (default 0.5: in UMBRELA's grades 2 and 3 of 3).</param>
    /// <param name="progress">Negatives judged.</param>
    /// <param name="cancellation">Stops it; the journal keeps the verdicts.</param>
    public static async Task<JudgedExamples> WithoutFalseNegativesAsync(
        this IReadOnlyList<InputExample> examples,
        Judge judge,
        double above = 0.5,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var negatives = examples.Where(example => example.Label < 0.5f).ToList();
        if (negatives.Count == 0)
            return new JudgedExamples(examples, [], 0);
        var grades = await judge.GradeAsync(Pairs(negatives), progress, cancellation).ConfigureAwait(false);
        var dropped = negatives.Where((_, i) => grades[i] > above).ToHashSet(ReferenceEqualityComparer.Instance);
        return new JudgedExamples(
            [.. examples.Where(example => !dropped.Contains(example))],
            [.. examples.Where(dropped.Contains)],
            grades.Count(grade => grade is null)
        );
    }

    private static List<TextPair> Pairs(IEnumerable<InputExample> examples) => [.. examples.Select(example => example.Pair)];
}
