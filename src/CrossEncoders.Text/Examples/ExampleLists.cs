namespace CrossEncoders.Examples;

/// <summary>A query with its passages and their labels: what listwise losses and re-ranking evaluations take.</summary>
/// <param name="Query">The query.</param>
/// <param name="Passages">The passages.</param>
/// <param name="Labels">A label for each, 0..1.</param>
public sealed record ExampleList(string Query, IReadOnlyList<string> Passages, IReadOnlyList<float> Labels);

/// <summary>A query, a passage that answers it, and passages that do not: a triple, or an n-tuple with more negatives.</summary>
/// <param name="Query">The query.</param>
/// <param name="Positive">The passage that answers it.</param>
/// <param name="Negatives">Passages that do not.</param>
public sealed record ExampleTuple(string Query, string Positive, IReadOnlyList<string> Negatives);

/// <summary>Examples as pairs, as lists and as tuples: the same data in the shapes that losses want.</summary>
public static class ExampleLists
{
    /// <summary>The examples of each group (of each query, where there are no groups) in one list, in the order they first come.</summary>
    public static IReadOnlyList<ExampleList> ToLists(this IEnumerable<InputExample> examples) =>
        [
            .. Groups(examples)
                .Select(group => new ExampleList(
                    group[0].Query,
                    [.. group.Select(example => example.Passage)],
                    [.. group.Select(example => example.Label)]
                )),
        ];

    /// <summary>For each positive of a group, a tuple with the group's negatives; groups without a positive give none.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="negatives">The most negatives in a tuple: 1 for triples.</param>
    /// <param name="threshold">Labels from here on are positive.</param>
    public static IReadOnlyList<ExampleTuple> ToTuples(
        this IEnumerable<InputExample> examples,
        int negatives = int.MaxValue,
        float threshold = 0.5f
    ) =>
        [
            .. Groups(examples)
                .SelectMany(group =>
                    group
                        .Where(example => example.Label >= threshold)
                        .Select(positive => new ExampleTuple(
                            positive.Query,
                            positive.Passage,
                            [.. group.Where(example => example.Label < threshold).Take(negatives).Select(example => example.Passage)]
                        ))
                ),
        ];

    /// <summary>Pairs of lists, each list a group.</summary>
    /// <exception cref="CrossEncoderException">A list has another number of labels than of passages.</exception>
    public static IReadOnlyList<InputExample> ToExamples(this IEnumerable<ExampleList> lists) =>
        [
            .. lists.SelectMany(
                (list, number) =>
                    list.Passages.Count == list.Labels.Count
                        ? list.Passages.Select(
                            (passage, i) =>
                                new InputExample([list.Query, passage], list.Labels[i])
                                {
                                    Id = $"list-{number}-{i}",
                                    Group = $"list-{number}",
                                }
                        )
                        : throw new CrossEncoderException(
                            $"The list of '{list.Query}' has {list.Passages.Count} passages and {list.Labels.Count} labels; "
                                + "expected a label for each passage."
                        )
            ),
        ];

    /// <summary>The examples of each question: those of a group, or of a text where there is no group.</summary>
    internal static IEnumerable<List<InputExample>> Groups(IEnumerable<InputExample> examples) =>
        examples.GroupBy(example => (example.Group, example.Group is null ? example.Query : null)).Select(group => group.ToList());
}
