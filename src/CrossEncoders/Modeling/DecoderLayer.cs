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
    /// <param name="attend">
    /// The context of queries, keys and values, (batch, heads, sequence, head size) each; those of keys and values are fewer heads.
    /// </param>
    /// <param name="turns">Rotations by position.</param>
    public Tensor Forward(Tensor states, Func<Tensor, Tensor, Tensor, Tensor> attend, (Tensor, Tensor) turns)
    {
        using var scope = NewDisposeScope();
        var normalized = _attentionNorm.Forward(states);
        var query = Heads(_query.Forward(normalized), _config.Heads); // (batch, heads, sequence, head size)
        var keyValue = _keyValue.Forward(normalized).chunk(2, -1);
        var (key, value) = (Heads(keyValue[0], _config.KeyValueHeads), Heads(keyValue[1], _config.KeyValueHeads));
        query = Rotary.Turn(_queryNorm?.Forward(query) ?? query, turns);
        key = Rotary.Turn(_keyNorm?.Forward(key) ?? key, turns);
        var context = attend(query, key, value);
        var joined = context.transpose(1, 2).reshape(states.size(0), states.size(1), -1); // (batch, sequence, heads × head size)
        var attended = states.Plus(_attentionOutput.Forward(joined));
        var gateAndUp = _gateAndUp.Forward(_feedForwardNorm.Forward(attended)).chunk(2, -1); // (batch, sequence, intermediate)
        var gated = Activations.Apply(_config.Activation, gateAndUp[0]) * gateAndUp[1];
        return attended.Plus(_down.Forward(gated)).MoveToOuterDisposeScope();
    }

    private Tensor Heads(Tensor projected, int heads) =>
        projected.view(projected.size(0), projected.size(1), heads, _config.HeadSize).transpose(1, 2);
}
