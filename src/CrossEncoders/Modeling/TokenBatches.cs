using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>Sorts texts by length into batches and pads them: little is computed that is not needed.</summary>
internal static class TokenBatches
{
    /// <summary>Batches of positions into <paramref name="texts"/>, longest first, so that a batch that does not fit in memory fails at once.</summary>
    /// <param name="texts">The tokenized texts.</param>
    /// <param name="maxTexts">The most texts a batch may hold.</param>
    /// <param name="maxTokens">The most tokens a batch may hold, padding included.</param>
    public static List<int[]> ByLength(IReadOnlyList<TokenizedText> texts, int maxTexts, int maxTokens)
    {
        var order = Enumerable.Range(0, texts.Count).OrderByDescending(i => texts[i].Ids.Length).ToArray();
        var batches = new List<int[]>();
        for (var start = 0; start < order.Length; )
        {
            var length = Math.Max(1, texts[order[start]].Ids.Length);
            var count = Math.Min(Math.Clamp(maxTokens / length, 1, maxTexts), order.Length - start);
            batches.Add(order[start..(start + count)]);
            start += count;
        }

        return batches;
    }

    /// <summary>The padded tensors of a batch: ids and types int64 (batch, sequence), mask bool (batch, sequence) or null without padding.</summary>
    public static (Tensor Ids, Tensor TypeIds, Tensor? Mask) Pad(IReadOnlyList<TokenizedText> texts, int paddingId, Device device)
    {
        var width = texts.Max(text => text.Ids.Length);
        var ids = new long[texts.Count * width];
        var types = new long[texts.Count * width];
        var mask = new bool[texts.Count * width];
        Array.Fill(ids, paddingId);
        for (var row = 0; row < texts.Count; row++)
        {
            for (var column = 0; column < texts[row].Ids.Length; column++)
            {
                ids[row * width + column] = texts[row].Ids[column];
                types[row * width + column] = texts[row].TypeIds[column];
                mask[row * width + column] = true;
            }
        }

        long[] shape = [texts.Count, width];
        return (
            tensor(ids, shape, device: device),
            tensor(types, shape, device: device),
            mask.Contains(false) ? tensor(mask, shape, device: device) : null
        );
    }
}
