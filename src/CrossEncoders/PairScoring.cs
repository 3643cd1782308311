using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>
/// Tokenized pairs to logits: sorted by length into batches, padded, computed, and put back in order. Of a decoder's pairs what many have
/// in common at their start, as instruction and query, is computed once.
/// </summary>
internal static class PairScoring
{
    /// <summary>Logits of pairs, (pairs × labels) row by row.</summary>
    /// <param name="model">The network.</param>
    /// <param name="texts">The tokenized pairs.</param>
    /// <param name="paddingId">The id that fills up a batch.</param>
    /// <param name="options">Sizes of batches.</param>
    /// <param name="progress">Receives the number of pairs done.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static float[] Score(
        SequenceClassifier model,
        IReadOnlyList<TokenizedText> texts,
        int paddingId,
        CrossEncoderOptions options,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        var labels = model.Config.Labels;
        var logits = new float[texts.Count * labels];
        var done = 0;
        foreach (var group in Groups(model, texts))
        {
            using var prefix = ReadPrefix(model, texts, group);
            TokenizedText[] members = [.. group.Members.Select(i => texts[i])];
            var results = TextBatches.Compute(
                members,
                options.BatchSize,
                options.TokenBudget,
                model.Parameters.Flat.device,
                batch => Score(model, prefix, batch, paddingId),
                cancellation
            );
            foreach (var (batch, result) in results)
            {
                for (var row = 0; row < batch.Length; row++)
                    result.AsSpan(row * labels, labels).CopyTo(logits.AsSpan(group.Members[batch[row]] * labels));
                NativeHeap.TrimNowAndThen();
                done += batch.Length;
                progress?.Report(new WorkProgress("scoring pairs", done, texts.Count));
            }
        }

        return logits;
    }

    /// <summary>Pairs that share the start of their prompt, to be read once; on a CPU alone, where it was measured to pay.</summary>
    private static List<SharedPrefix> Groups(SequenceClassifier model, IReadOnlyList<TokenizedText> texts) =>
        model.PrefixReader is null || model.Parameters.Flat.device.type != TorchSharp.DeviceType.CPU
            ? [new(0, [.. Enumerable.Range(0, texts.Count)])]
            : SharedPrefixes.Of(texts);

    private static PrefixKeys? ReadPrefix(SequenceClassifier model, IReadOnlyList<TokenizedText> texts, SharedPrefix group)
    {
        if (group.Length == 0)
            return null;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        long[] ids = [.. texts[group.Members[0]].Ids.Take(group.Length).Select(id => (long)id)];
        return model.PrefixReader!.ReadPrefix(tensor(ids, [1, group.Length], device: model.Parameters.Flat.device));
    }

    /// <summary>One batch, (batch × labels).</summary>
    private static float[] Score(SequenceClassifier model, PrefixKeys? prefix, TokenizedText[] texts, int paddingId)
    {
        if (prefix is not null)
            texts = [.. texts.Select(text => text with { Ids = text.Ids[prefix.Length..], TypeIds = text.TypeIds[prefix.Length..] })];
        var (ids, types, mask) = BatchTensors.Pad(texts, paddingId, model.Parameters.Flat.device);
        var logits = prefix is null ? model.Forward(ids, types, mask) : model.ForwardAfter(prefix, ids, mask);
        return logits.cpu().data<float>().ToArray();
    }
}
