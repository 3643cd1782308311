namespace CrossEncoders.Examples;

/// <summary>
/// Several teachers as one: each one's scores of a query's passages are brought to mean 0 and standard deviation 1, since their scales have
/// nothing to do with each other, and then averaged.
/// </summary>
/// <param name="teachers">The teachers: cross-encoders, late interaction, lexical scores.</param>
/// <remarks>
/// The passages of a query are those it is paired with in one call, so all of them belong in one call. The results are not probabilities:
/// label with <see cref="SoftLabels.Logits"/>. Source: Hofstätter et al. 2020 for the mean of teachers.
/// </remarks>
/// <example><code>examples.LabeledBy(new TeacherAverage(large, lateInteraction), SoftLabels.Logits)</code></example>
public sealed class TeacherAverage(params IReadOnlyList<IPassageScorer> teachers) : IRelativeScorer
{
    private readonly IReadOnlyList<IPassageScorer> _teachers = teachers is { Count: > 0 }
        ? teachers
        : throw new CrossEncoderException("There are no teachers to average; expected one or more.");

    /// <inheritdoc/>
    public string Name => $"mean of {string.Join(", ", _teachers.Select(teacher => teacher.Name))}";

    /// <inheritdoc/>
    /// <exception cref="CrossEncoderException">A teacher gives another number of scores than there are pairs.</exception>
    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        int[][] queries =
        [
            .. Enumerable.Range(0, pairs.Count).GroupBy(pair => pairs[pair].Query, StringComparer.Ordinal).Select(query => query.ToArray()),
        ];
        var sums = new double[pairs.Count];
        foreach (var teacher in _teachers)
        {
            var scores = teacher.Score(pairs, progress, cancellation);
            if (scores.Length != pairs.Count)
                throw new CrossEncoderException(
                    $"The teacher '{teacher.Name}' gave {scores.Length} scores for {pairs.Count} pairs; expected one each."
                );
            foreach (var query in queries)
            {
                var mean = query.Average(pair => (double)scores[pair]);
                var deviation = Math.Sqrt(query.Average(pair => Math.Pow(scores[pair] - mean, 2)));
                foreach (var pair in query)
                    sums[pair] += deviation == 0 ? 0 : (scores[pair] - mean) / deviation;
            }
        }

        return [.. sums.Select(sum => (float)(sum / _teachers.Count))];
    }
}
