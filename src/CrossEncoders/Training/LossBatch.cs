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
    /// <param name="batch">The examples.</param>
    /// <param name="examples">All examples.</param>
    /// <param name="texts">All examples' tokens.</param>
    /// <param name="model">Tokenizes pairs that are not examples.</param>
    /// <param name="random">For drawing pairs.</param>
    public static LossBatch Of(
        Loss loss,
        MicroBatch batch,
        IReadOnlyList<InputExample> examples,
        IReadOnlyList<TokenizedText> texts,
        CrossEncoder model,
        Random random
    )
    {
        var (rows, groups) = batch;
        if (loss.Pairs([.. rows.Select(row => examples[row])], groups, random) is not { } lists)
            return new([.. rows.Select(row => texts[row])], [.. rows.Select(row => examples[row].Label)], groups);
        LossPair[] pairs = [.. lists.SelectMany(list => list)];
        var crossed = model.Encode(
            pairs
                .Where(pair => pair.Query != pair.Passage)
                .Select(pair => new TextPair(examples[rows[pair.Query]].Query, examples[rows[pair.Passage]].Passage))
        );
        var next = 0;
        return new(
            [.. pairs.Select(pair => pair.Query == pair.Passage ? texts[rows[pair.Query]] : crossed[next++])],
            [.. pairs.Select(pair => pair.Label)],
            [.. lists.Select(list => list.Count)]
        );
    }
}
