using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>The state that stands for a sequence to its logits: [dropout →] dense → activation → [norm →] dropout → output.</summary>
/// <remarks>
/// One computation under several namings: BERT's pooler and classifier, <c>RobertaClassificationHead</c>, <c>ElectraClassificationHead</c>,
/// DistilBERT's pre_classifier, ModernBERT's prediction head, DeBERTa's context pooler. It computes in fp32 whatever the compute type:
/// half-precision logits tie.
/// </remarks>
internal sealed class ClassificationHead : IHead
{
    private readonly ModelConfig _config;
    private readonly Family _family;
    private readonly Pooler _pooler;
    private readonly Dense _dense;
    private readonly Norm? _norm;
    private readonly Dense _output;

    public ClassificationHead(ModelConfig config, Family family, ParameterSet parameters)
    {
        (_config, _family) = (config, family);
        _pooler = new([config.ClassifierPooling == "mean" ? Pooling.Mean : Pooling.Cls]);
        _dense = new(parameters, config.HiddenSize, config.HiddenSize, config.HeadBias, family.HeadDense);
        if (family.HeadNorm is { } norm)
            _norm = new(parameters, norm, config.HiddenSize, config.LayerNormEpsilon, config.NormBias);
        _output = new(parameters, config.Labels, config.HiddenSize, family.HeadOutput);
    }

    /// <inheritdoc/>
    public bool FirstTokenOnly => _pooler.FirstTokenOnly;

    /// <inheritdoc/>
    public Tensor Forward(Tensor states, Tensor? mask, Dropout? dropout)
    {
        using var scope = NewDisposeScope();
        var pooled = _pooler.Forward(states.to_type(ScalarType.Float32), mask); // (batch, hidden)
        if (_family.DropoutBeforeHead)
            pooled = Drop(pooled, dropout);
        pooled = Activations.Apply(_config.HeadActivation ?? _family.HeadActivation, _dense.ForwardInFp32(pooled));
        if (_norm is not null)
            pooled = _norm.Forward(pooled);
        return _output.ForwardInFp32(Drop(pooled, dropout)).MoveToOuterDisposeScope();
    }

    private static Tensor Drop(Tensor states, Dropout? dropout) =>
        dropout is { Classifier: > 0 } ? Dropping.Apply(states, dropout.Classifier) : states;
}
