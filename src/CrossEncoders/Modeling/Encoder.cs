using CrossEncoders.Runtime;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>Dropout probabilities of a training step; none are applied otherwise.</summary>
/// <param name="Hidden">On states after embeddings, attention and feed-forward.</param>
/// <param name="Attention">On attention weights.</param>
/// <param name="Classifier">In the head.</param>
internal sealed record Dropout(double Hidden, double Attention, double Classifier);

/// <summary>A padded batch on its way through an encoder.</summary>
/// <param name="Ids">Token ids, int64 (batch, sequence).</param>
/// <param name="TypeIds">Token types, int64 (batch, sequence).</param>
/// <param name="Mask">True where there is a token, bool (batch, sequence); null where nothing is padded.</param>
/// <param name="FirstTokenOnly">Whether only the first token's state is wanted, which is all that most heads read.</param>
/// <param name="Dropout">Dropout to apply, in training only.</param>
internal sealed record EncoderInput(Tensor Ids, Tensor TypeIds, Tensor? Mask, bool FirstTokenOnly, Dropout? Dropout);

/// <summary>
/// One batch's way through an encoder, a segment at a time, so that a segment can be computed again (gradient checkpointing).
/// </summary>
internal interface IEncoderPass
{
    /// <summary>Token ids to the first states, in the compute type, (batch, sequence, hidden).</summary>
    Tensor Embed();

    /// <summary>
    /// One layer: (batch, sequence, hidden) to the same, or to (batch, 1, hidden) in the last where only the first token is wanted.
    /// </summary>
    Tensor Layer(int index, Tensor states);

    /// <summary>What follows the last layer.</summary>
    Tensor Finish(Tensor states);
}

/// <summary>Token ids in, a state for each token out. Every architecture is one subclass; blocks they share stand beside them.</summary>
internal abstract class Encoder
{
    private protected Encoder(ModelConfig config, Family family, ParameterSet parameters) =>
        (Config, Family, Parameters) = (config, family, parameters);

    /// <summary>Makes the encoder of a configuration's family and adds its parameters.</summary>
    public static Encoder Of(ModelConfig config, ParameterSet parameters)
    {
        var family = Family.Of(config);
        return config.ModelType switch
        {
            "modernbert" => new ModernBertEncoder(config, family, parameters),
            "deberta-v2" => new DebertaEncoder(config, family, parameters),
            NewConfig.ModelType => new NewEncoder(config, family, parameters),
            _ when family.IsDecoder => new Decoder(config, family, parameters),
            _ => new BertEncoder(config, family, parameters),
        };
    }

    /// <summary>The longest sequence the model takes, in tokens.</summary>
    public int MaxLength => Family.MaxLength(Config);

    private protected ModelConfig Config { get; }

    private protected Family Family { get; }

    private protected ParameterSet Parameters { get; }

    /// <summary>Computes the states of a batch.</summary>
    /// <param name="ids">Token ids, int64 (batch, sequence).</param>
    /// <param name="typeIds">Token types, int64 (batch, sequence).</param>
    /// <param name="mask">True where there is a token, bool (batch, sequence); null where nothing is padded.</param>
    /// <param name="firstTokenOnly">Whether only the first token's state is wanted, which is all that most heads read.</param>
    /// <param name="dropout">Dropout to apply, in training only.</param>
    /// <param name="everyPlace">Whether the states of masked places are wanted, too; in inference they may be zeros otherwise.</param>
    /// <returns>States in the compute type, (batch, sequence or 1, hidden).</returns>
    public Tensor Forward(Tensor ids, Tensor typeIds, Tensor? mask, bool firstTokenOnly, Dropout? dropout = null, bool everyPlace = false)
    {
        using var scope = NewDisposeScope();
        var input = new EncoderInput(ids, typeIds, mask, firstTokenOnly, dropout);
        return Run((everyPlace ? null : BeginUnpadded(input)) ?? Begin(input)).MoveToOuterDisposeScope();
    }

    /// <summary>All segments of a pass, one after the other.</summary>
    private protected Tensor Run(IEncoderPass pass)
    {
        using var scope = NewDisposeScope();
        var states = pass.Embed();
        for (var i = 0; i < Config.Layers; i++)
        {
            var next = pass.Layer(i, states);
            states.Dispose();
            states = next;
        }

        return pass.Finish(states).MoveToOuterDisposeScope();
    }

    /// <summary>Starts on a batch; what its segments share is computed here.</summary>
    internal abstract IEncoderPass Begin(EncoderInput input);

    /// <summary>Starts on a batch without its padding; null where that is not done.</summary>
    private protected virtual IEncoderPass? BeginUnpadded(EncoderInput input) => null;

    /// <summary>
    /// Whether a parameter lies below layer <paramref name="layer"/>: in the embeddings, in the normalization of DeBERTa's relative ones,
    /// which every layer reads, or in a layer before it.
    /// </summary>
    public static bool IsBelow(Parameter parameter, int layer) =>
        parameter.Names[0].Contains("embeddings", StringComparison.Ordinal)
        || parameter.Names[0].Contains("embed_tokens", StringComparison.Ordinal)
        || parameter.Names[0].Contains("encoder.LayerNorm.", StringComparison.Ordinal)
        || Family.LayerOf(parameter.Names[0]) is { } own && own < layer;

    /// <summary>Whether the attention of unpadded texts can be trained.</summary>
    private protected bool TrainsUnpadded => Parameters.ComputeType == ScalarType.BFloat16 && RowSoftmax.Trains;

    private protected static Tensor Drop(Tensor states, Dropout? dropout) =>
        dropout is { Hidden: > 0 } ? Dropping.Apply(states, dropout.Hidden) : states;

    /// <summary>What a matrix makes of states, plus what it is added to.</summary>
    private protected static Tensor Sum(Dense dense, Tensor states, Tensor residual, Dropout? dropout) =>
        is_grad_enabled() || dropout is not null ? Drop(dense.Forward(states), dropout).Plus(residual) : dense.Plus(states, residual);
}
