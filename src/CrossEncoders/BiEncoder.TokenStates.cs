using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders;

public sealed partial class BiEncoder : ITokenEmbedder
{
    string ITokenEmbedder.Settings => $"{MaxLength} tokens, passages after '{_choice.PassagePrefix}'";

    IEnumerable<(int Text, TokenStates States)> ITokenEmbedder.EmbedTokens(
        IReadOnlyList<string> texts,
        bool queries,
        int maxTokens,
        CancellationToken cancellation
    ) => EmbedBoth(texts, queries, maxTokens, cancellation).Select(text => (text.Text, text.States));

    /// <summary>
    /// The states of each text's tokens with its vector, of one pass; no vector where the text was cut more than for a vector.
    /// </summary>
    /// <inheritdoc cref="ITokenEmbedder.EmbedTokens"/>
    internal IEnumerable<(int Text, TokenStates States, float[]? Vector)> EmbedBoth(
        IReadOnlyList<string> texts,
        bool queries,
        int maxTokens,
        CancellationToken cancellation
    )
    {
        using var use = _lifetime.Begin();
        if (_choice.Template is not null)
            throw new CrossEncoderException(
                $"{Name} reads texts through a chat template, so that a text has no tokens of its own to compare. Late interaction needs a "
                    + "model that reads plain text."
            );
        var prefix = queries ? _choice.QueryPrefix : _choice.PassagePrefix;
        var limit = Math.Min(maxTokens, MaxLength);
        var tokenized = texts.Select(text => _tokenizer.Encode(prefix + text, limit)).ToList();
        var (before, after) = SpecialTokensAround();
        var prefixIds = _tokenizer.EncodeToIds(prefix.TrimEnd());
        var unpooled = Unpooled(prefix);
        foreach (var (batch, (values, longest, width, vectors)) in Compute(tokenized, part => UnitStates(part, unpooled), cancellation))
        {
            for (var row = 0; row < batch.Length; row++)
            {
                var ids = tokenized[batch[row]].Ids;
                var own = ids.AsSpan(before, ids.Length - before - after);
                var skipped = own.CommonPrefixLength([.. prefixIds]);
                var start = row * longest * width;
                yield return (
                    batch[row],
                    new(values[start..(start + ids.Length * width)], width, before + skipped, own.Length - skipped),
                    tokenized[batch[row]].Truncated && limit < MaxLength ? null : vectors[(row * Dimensions)..((row + 1) * Dimensions)]
                );
            }

            NativeHeap.TrimNowAndThen();
        }
    }

    /// <summary>
    /// Last hidden states of a batch, each of unit length: (batch × sequence × hidden), sequence, hidden; and the texts' vectors:
    /// (batch × width).
    /// </summary>
    private (float[] Values, int Longest, int Width, float[] Vectors) UnitStates(TokenizedText[] texts, int unpooled)
    {
        var (ids, types, mask) = BatchTensors.Pad(texts, _tokenizer.PaddingId, _device.Device);
        var states = _model.States(ids, types, mask); // (batch, sequence, hidden)
        var unit = nn.functional.normalize(states.to_type(ScalarType.Float32), dim: 2).cpu();
        var vectors = _model.Vectors(states, mask, unpooled).cpu().data<float>().ToArray();
        return (unit.data<float>().ToArray(), (int)unit.shape[1], (int)unit.shape[2], vectors);
    }

    /// <summary>How many special tokens the tokenizer puts before and after a text.</summary>
    private (int Before, int After) SpecialTokensAround()
    {
        int[] text = [.. _tokenizer.EncodeToIds("a")];
        var whole = _tokenizer.Encode("a").Ids;
        var before = whole.AsSpan().IndexOf(text);
        return (before, whole.Length - before - text.Length);
    }
}
