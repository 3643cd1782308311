using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>What stands on top of an encoder: the tokens' states to the logits of a pair.</summary>
internal interface IHead
{
    /// <summary>Whether only the first token's state is wanted.</summary>
    bool FirstTokenOnly { get; }

    /// <summary>States in the compute type, (batch, sequence or 1, hidden), to logits, fp32 (batch, labels).</summary>
    Tensor Forward(Tensor states, Tensor? mask, Dropout? dropout);
}

/// <summary>
/// The modules of sentence-transformers' layout as they are computed: pooling, then dense layers and normalizations. In fp32 whatever the
/// compute type, as every head.
/// </summary>
internal sealed class ModularHead : IHead
{
    private readonly Pooler _pooler;
    private readonly List<Func<Tensor, Tensor>> _steps = [];

    /// <summary>Makes the modules and adds their parameters, named by folder and key ("2_Dense/linear.weight").</summary>
    /// <exception cref="CrossEncoderException">The sizes of two neighbours do not fit.</exception>
    public ModularHead(int hiddenSize, ModuleList list, ParameterSet parameters)
    {
        _pooler = new(list.Pooling);
        Outputs = hiddenSize * Math.Max(1, list.Pooling.Count); // without a pooling the modules read each token
        foreach (var module in list.Modules)
            _steps.Add(Step(module, parameters));
    }

    /// <inheritdoc/>
    public bool FirstTokenOnly => _pooler.FirstTokenOnly;

    /// <summary>Width of what the last module gives.</summary>
    public int Outputs { get; private set; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor states, Tensor? mask, Dropout? dropout)
    {
        using var scope = NewDisposeScope();
        var vectors = _pooler.Forward(states.to_type(ScalarType.Float32), mask); // (batch, modes × hidden)
        return AfterPooling(vectors).MoveToOuterDisposeScope();
    }

    /// <summary>What the modules make of vectors, fp32 (vectors, width) to (vectors, <see cref="Outputs"/>).</summary>
    public Tensor AfterPooling(Tensor vectors) => _steps.Aggregate(vectors, (each, step) => step(each));

    private static string Key(Module module, string name) => module.Path.Length == 0 ? name : $"{module.Path}/{name}";

    private Func<Tensor, Tensor> Step(Module module, ParameterSet parameters)
    {
        switch (module)
        {
            case DenseModule dense:
                Expect(dense, dense.Inputs);
                Outputs = dense.Outputs;
                var linear = new Dense(parameters, dense.Outputs, dense.Inputs, dense.HasBias, Key(dense, "linear"));
                var residual =
                    dense.Residual && dense.Inputs != dense.Outputs
                        ? new Dense(parameters, dense.Outputs, dense.Inputs, false, Key(dense, "residual"))
                        : null;
                return vectors =>
                {
                    var product = linear.ForwardInFp32(vectors);
                    if (dense.Activation != DenseModule.Identity)
                        product = Activations.Apply(dense.Activation, product);
                    return dense.Residual ? product.Plus(residual?.ForwardInFp32(vectors) ?? vectors) : product;
                };
            case LayerNormModule norm:
                Expect(norm, norm.Width);
                return new Norm(parameters, Key(norm, "norm"), norm.Width, 1e-5).Forward;
            default:
                return vectors => nn.functional.normalize(vectors, dim: 1);
        }
    }

    private void Expect(Module module, int width)
    {
        if (width != Outputs)
            throw new CrossEncoderException(
                $"The module in '{module.Path}' reads vectors of {width} numbers, but gets {Outputs}. The files of the folder are not of "
                    + "the same model."
            );
    }
}
