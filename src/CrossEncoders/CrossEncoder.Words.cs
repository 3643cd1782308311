using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders;

/// <content>What explaining a score needs: a pair's words, scores of token lists, gradients at the embeddings.</content>
public sealed partial class CrossEncoder
{
    /// <summary>A pair with the words that its tokens belong to.</summary>
    /// <exception cref="CrossEncoderException">
    /// The model has several labels, a text is null, or the pair is longer than the model reads.
    /// </exception>
    internal PairWords Words(TextPair pair)
    {
        PairChecks.NoneIsNull([pair]);
        if (Labels != 1)
            throw new CrossEncoderException($"Explaining a score needs a model with one label; {Name} has {Labels}.");
        return new(_reader, Tokenizer, pair, MaxLength);
    }

    /// <summary>Logits of pairs that are tokens already, one each.</summary>
    internal float[] ScoreTokens(IReadOnlyList<TokenizedText> texts, CancellationToken cancellation = default)
    {
        using var use = _lifetime.Begin();
        return PairScoring.Score(Model, texts, Tokenizer.PaddingId, _options, progress: null, cancellation);
    }

    /// <summary>
    /// For each token of a pair, the product of its embedding, as the first layer reads it, and the logit's gradient there; (sequence).
    /// </summary>
    internal float[] GradientTimesInput(TokenizedText text)
    {
        using var use = _lifetime.Begin();
        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        var (ids, types, _) = BatchTensors.Pad([text], Tokenizer.PaddingId, Model.Parameters.Flat.device);
        Tensor? read = null; // (1, sequence, hidden)
        var logits = Model.ForwardChanged(ids, types, embedded => read = embedded.detach().requires_grad_(true));
        logits.sum().backward();
        return (read!.grad! * read).to_type(ScalarType.Float32).sum(-1).detach().cpu().data<float>().ToArray();
    }
}
