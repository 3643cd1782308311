using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>Texts as the tensors that an encoder reads.</summary>
internal static class BatchTensors
{
    /// <summary>
    /// The padded tensors of a batch: ids and types int64 (batch, sequence), mask bool (batch, sequence) or null without padding.
    /// </summary>
    public static (Tensor Ids, Tensor TypeIds, Tensor? Mask) Pad(IReadOnlyList<TokenizedText> texts, int paddingId, Device device)
    {
        var batch = TokenBatch.Pad(texts, paddingId);
        long[] shape = [batch.Texts, batch.Length];
        return (
            tensor(batch.Ids, shape, device: device),
            tensor(batch.TypeIds, shape, device: device),
            batch.Mask.Contains(false) ? tensor(batch.Mask, shape, device: device) : null
        );
    }
}
