using CrossEncoders.Examples;
using CrossEncoders.Tokenization;
using CrossEncoders.Training.Losses;

namespace CrossEncoders.Training;

/// <summary>What is read for a micro-batch: its own examples, or the pairs that the loss makes of them.</summary>
/// <param name="Texts">The tokenized pairs.</param>
/// <param name="Labels">Their labels.</param>
/// <param name="Groups">Sizes of the groups in their order.</param>
internal sealed record LossBatch(IReadOnlyList<TokenizedText> Texts, float[] Labels, int[] Groups)
{
    /// <summary>The batch of some examples, group by group.</summary>
    /// <param name="loss">The loss, which may pair queries with passages of other examples.</param>
    /// <param name="units">Indices of the examples, group by group.</param>
    /// <param name="examples">All examples.</param>
    /// <param name="texts">All examples' tokens.</param>
    /// <param name="model">Tokenizes pairs that are no examples.</param>
    /// <param name="random">For drawing pairs.</param>
    public static LossBatch Of(
        Loss loss,
        int[][] units,
        IReadOnlyList<InputExample> examples,
        IReadOnlyList<TokenizedText> texts,
        CrossEncoder model,
        Random random
    )
    {
        int[] rows = [.. units.SelectMany(unit => unit)];
        int[] groups = [.. units.Select(unit => unit.Length)];
        if (loss.Pairs([.. rows.Select(i => examples[i])], groups, random) is not { } lists)
            return new([.. rows.Select(i => texts[i])], [.. rows.Select(i => examples[i].Label)], groups);
        LossPair[] pairs = [.. lists.SelectMany(list => list)];
        var crossed = model.Tokenizer.EncodePairs(
            pairs
                .Where(pair => pair.Query != pair.Passage)
                .Select(pair => (examples[rows[pair.Query]].Query.Trim(), examples[rows[pair.Passage]].Passage.Trim())),
            model.MaxLength
        );
        var next = 0;
        return new(
            [.. pairs.Select(pair => pair.Query == pair.Passage ? texts[rows[pair.Query]] : crossed[next++])],
            [.. pairs.Select(pair => pair.Label)],
            [.. lists.Select(list => list.Count)]
        );
    }
}
