using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>
/// The last token's state to the logits of "yes" and "no", or of whichever tokens stand for them: a pair's score is the first less the
/// second. Of the output matrix only these rows are computed.
/// </summary>
/// <remarks>
/// Nogueira et al. 2020, "Document Ranking with a Pretrained Sequence-to-Sequence Model", score by two tokens; sentence-transformers'
/// <c>LogitScore</c>. In fp32 whatever the compute type, as every head.
/// </remarks>
internal sealed class LogitHead : IHead
{
    private readonly Pooler _pooler = new([Pooling.LastToken]);
    private readonly Embedding _output;
    private readonly int[] _rows;

    public LogitHead(Decoder decoder, ModelConfig config, LogitScoreModule module, ParameterSet parameters)
    {
        _output = config.Decoder.TiedEmbeddings ? decoder.Words : new(parameters, config.VocabularySize, config.HiddenSize, "lm_head");
        _rows = module.FalseId is { } no ? [module.TrueId, no] : [module.TrueId];
        foreach (var id in _rows.Where(id => id < 0 || id >= config.VocabularySize))
            throw new CrossEncoderException(
                $"The module in '{module.Path}' reads the logit of token {id}, but the model has {config.VocabularySize} tokens. The files "
                    + "of the folder are not of the same model."
            );
    }

    /// <inheritdoc/>
    public bool FirstTokenOnly => false;

    /// <inheritdoc/>
    public Tensor Forward(Tensor states, Tensor? mask, Dropout? dropout)
    {
        using var scope = NewDisposeScope();
        var last = _pooler.Forward(states, mask).to_type(ScalarType.Float32); // (batch, hidden)
        var rows = _output.Table.index_select(0, tensor([.. _rows.Select(row => (long)row)], device: states.device)); // (1 or 2, hidden)
        var logits = nn.functional.linear(last, rows);
        return (_rows.Length == 1 ? logits : logits.narrow(1, 0, 1) - logits.narrow(1, 1, 1)).MoveToOuterDisposeScope();
    }
}

/// <summary>The last token's state to the logits of a pair, as transformers' <c>…ForSequenceClassification</c> of decoders.</summary>
internal sealed class LastTokenHead(ModelConfig config, Family family, ParameterSet parameters) : IHead
{
    private readonly Pooler _pooler = new([Pooling.LastToken]);
    private readonly Dense _output = new(parameters, config.Labels, config.HiddenSize, false, family.HeadOutput);

    /// <inheritdoc/>
    public bool FirstTokenOnly => false;

    /// <inheritdoc/>
    public Tensor Forward(Tensor states, Tensor? mask, Dropout? dropout)
    {
        using var scope = NewDisposeScope();
        return _output.ForwardInFp32(_pooler.Forward(states, mask).to_type(ScalarType.Float32)).MoveToOuterDisposeScope();
    }
}
