using CrossEncoders.Weights;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CrossEncoders.Modeling;

/// <summary>An encoder with a head on the first token: token ids in, logits out.</summary>
/// <remarks>
/// BERT's head is pooler (dense, tanh) → dropout → classifier; RoBERTa's and XLM-R's is dropout → dense → tanh → dropout → out_proj
/// (transformers, <c>BertForSequenceClassification</c> and <c>RobertaClassificationHead</c>). Both are one computation under two
/// namings, apart from the first dropout. The head computes in fp32 whatever the compute type: half-precision logits tie.
/// </remarks>
public sealed class SequenceClassifier : IDisposable
{
    private readonly Family _family;
    private readonly Parameter _denseWeight;
    private readonly Parameter _denseBias;
    private readonly Parameter _outWeight;
    private readonly Parameter _outBias;

    private SequenceClassifier(ModelConfig config)
    {
        Config = config;
        _family = Family.Of(config);
        Encoder = new TransformerEncoder(config, _family, Parameters);
        var (dense, output) = (_family.HeadDense, _family.HeadOutput);
        _denseWeight = Parameters.Add(ParameterKind.Matrix, [config.HiddenSize, config.HiddenSize], dense + ".weight");
        _denseBias = Parameters.Add(ParameterKind.Vector, [config.HiddenSize], dense + ".bias");
        _outWeight = Parameters.Add(ParameterKind.Matrix, [config.Labels, config.HiddenSize], output + ".weight");
        _outBias = Parameters.Add(ParameterKind.Vector, [config.Labels], output + ".bias");
    }

    /// <summary>The shape of the model.</summary>
    public ModelConfig Config { get; }

    /// <summary>The weights.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>The encoder below the head.</summary>
    public TransformerEncoder Encoder { get; }

    /// <summary>The transformers class that loads what <see cref="ParameterSet.Named"/> gives.</summary>
    public string Architecture => _family.ClassifierArchitecture;

    /// <summary>Loads a checkpoint folder; a bare encoder gets a freshly initialized head.</summary>
    /// <param name="folder">A folder in Hugging Face layout.</param>
    /// <param name="device">Where the weights go.</param>
    /// <param name="config">The folder's configuration, possibly with another number of labels or fewer layers.</param>
    /// <param name="fresh">The parameters that the checkpoint lacked and that were initialized at random.</param>
    /// <exception cref="CrossEncoderException">The folder's weights do not fit its configuration.</exception>
    public static SequenceClassifier Load(string folder, Device device, ModelConfig config, out IReadOnlyList<string> fresh)
    {
        var model = new SequenceClassifier(config);
        try
        {
            model.Parameters.Allocate(device);
            using var weights = CheckpointWeights.Open(folder);
            var prefix = model._family.PrefixIn(weights);
            model.InitializeHead();
            fresh = model.Parameters.Load(
                weights,
                name => name.StartsWith(model._family.Prefix, StringComparison.Ordinal) ? prefix + name[model._family.Prefix.Length..] : name,
                mayLack: name => !config.HasHead && (name.StartsWith(model._family.HeadDense, StringComparison.Ordinal)
                    || name.StartsWith(model._family.HeadOutput, StringComparison.Ordinal)),
                mayIgnore: name => model._family.IsUnused(name, config.Layers));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Computes the logits of a batch.</summary>
    /// <param name="ids">Token ids, int64 (batch, sequence).</param>
    /// <param name="typeIds">Token types, int64 (batch, sequence).</param>
    /// <param name="mask">True where there is a token, bool (batch, sequence); null where nothing is padded.</param>
    /// <param name="dropout">Dropout to apply, in training only.</param>
    /// <returns>Logits, fp32 (batch, labels).</returns>
    public Tensor Forward(Tensor ids, Tensor typeIds, Tensor? mask, Dropout? dropout = null)
    {
        using var scope = NewDisposeScope();
        var first = Encoder.Forward(ids, typeIds, mask, firstTokenOnly: true, dropout).squeeze(1).to_type(ScalarType.Float32); // (batch, hidden)
        if (dropout is not null && _family.DropoutBeforeHead) first = functional.dropout(first, dropout.Classifier, training: true);
        var pooled = functional.linear(first, InFp32(_denseWeight), InFp32(_denseBias)).tanh();
        if (dropout is not null) pooled = functional.dropout(pooled, dropout.Classifier, training: true);
        return functional.linear(pooled, InFp32(_outWeight), InFp32(_outBias)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Parameters.Dispose();

    private static Tensor InFp32(Parameter parameter) => parameter.Value.to_type(ScalarType.Float32);

    private void InitializeHead()
    {
        using var guard = no_grad();
        foreach (var matrix in (Parameter[])[_denseWeight, _outWeight])
            matrix.Master.normal_(0, Config.InitializerRange);
    }
}
