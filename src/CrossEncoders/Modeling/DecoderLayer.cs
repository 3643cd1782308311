using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>One layer of a <see cref="Decoder"/>.</summary>
internal sealed class DecoderLayer
{
    private readonly ModelConfig _config;
    private readonly RmsNorm _attentionNorm;
    private readonly Dense _query;
    private readonly Dense _keyValue;
    private readonly RmsNorm? _queryNorm;
    private readonly RmsNorm? _keyNorm;
    private readonly Dense _attentionOutput;
    private readonly RmsNorm _feedForwardNorm;
    private readonly Dense _gateAndUp;
    private readonly Dense _down;

    public DecoderLayer(ParameterSet parameters, string prefix, ModelConfig config)
    {
        _config = config;
        var (hidden, attention, epsilon) = (config.HiddenSize, prefix + "self_attn.", config.LayerNormEpsilon);
        var (queries, keys) = (config.Heads * config.HeadSize, config.KeyValueHeads * config.HeadSize);
        var isQwen2 = config.ModelType == "qwen2"; // biases of queries, keys and values, and no normalization of heads
        var outputBias = !isQwen2 && config.AttentionBias;
        _attentionNorm = new(parameters, prefix + "input_layernorm", hidden, epsilon);
        _query = new(parameters, queries, hidden, isQwen2 || config.AttentionBias, attention + "q_proj");
        _keyValue = new(parameters, keys, hidden, isQwen2 || config.AttentionBias, attention + "k_proj", attention + "v_proj");
        if (!isQwen2)
        {
            _queryNorm = new(parameters, attention + "q_norm", config.HeadSize, epsilon);
            _keyNorm = new(parameters, attention + "k_norm", config.HeadSize, epsilon);
        }

        _attentionOutput = new(parameters, hidden, queries, outputBias, attention + "o_proj");
        _feedForwardNorm = new(parameters, prefix + "post_attention_layernorm", hidden, epsilon);
        _gateAndUp = new(parameters, config.IntermediateSize, hidden, false, prefix + "mlp.gate_proj", prefix + "mlp.up_proj");
        _down = new(parameters, hidden, config.IntermediateSize, false, prefix + "mlp.down_proj");
    }

    /// <summary>(batch, sequence, hidden) to the same.</summary>
    /// <param name="states">The states.</param>
    /// <param name="attendable">Where a key may be attended to; null for all that is before a token.</param>
    /// <param name="turns">Rotations by position.</param>
    /// <param name="dropout">Dropout to apply, in training only.</param>
    /// <param name="join">Puts a prefix's keys and values in front of the states' own; null for no prefix.</param>
    public Tensor Forward(
        Tensor states,
        Tensor? attendable,
        (Tensor, Tensor) turns,
        Dropout? dropout,
        Func<Tensor, Tensor, (Tensor, Tensor)>? join = null
    )
    {
        using var scope = NewDisposeScope();
        var normalized = _attentionNorm.Forward(states);
        var query = Heads(_query.Forward(normalized), _config.Heads); // (batch, heads, sequence, head size)
        var keyValue = _keyValue.Forward(normalized).chunk(2, -1);
        var (key, value) = (Heads(keyValue[0], _config.KeyValueHeads), Heads(keyValue[1], _config.KeyValueHeads));
        query = Rotary.Turn(_queryNorm?.Forward(query) ?? query, turns);
        key = Rotary.Turn(_keyNorm?.Forward(key) ?? key, turns);
        if (join is not null)
            (key, value) = join(key, value);
        var context = Attention.Of(query, Shared(key), Shared(value), attendable, dropout, causal: attendable is null);
        var joined = context.transpose(1, 2).reshape(states.size(0), states.size(1), -1); // (batch, sequence, heads × head size)
        var attended = states.Plus(_attentionOutput.Forward(joined));
        var gateAndUp = _gateAndUp.Forward(_feedForwardNorm.Forward(attended)).chunk(2, -1); // (batch, sequence, intermediate)
        var gated = Activations.Apply(_config.Activation, gateAndUp[0]) * gateAndUp[1];
        return attended.Plus(_down.Forward(gated)).MoveToOuterDisposeScope();
    }

    private Tensor Heads(Tensor projected, int heads) =>
        projected.view(projected.size(0), projected.size(1), heads, _config.HeadSize).transpose(1, 2);

    /// <summary>Each head of keys or values as often as heads of queries share it.</summary>
    private Tensor Shared(Tensor heads) =>
        _config.Heads == _config.KeyValueHeads ? heads : heads.repeat_interleave(_config.Heads / _config.KeyValueHeads, 1);
}
