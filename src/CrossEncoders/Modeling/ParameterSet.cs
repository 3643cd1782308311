using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>
/// All parameters of a model in one flat fp32 buffer (embeddings, then matrices, then vectors), so that an optimizer step is a few large
/// operations, and a copy in a half-precision compute type is one conversion.
/// </summary>
internal sealed class ParameterSet : IDisposable
{
    private readonly List<Parameter> _parameters = [];
    private Tensor? _working;

    /// <summary>The parameters in the order of the buffer.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>The fp32 values of all parameters, (count).</summary>
    public Tensor Flat { get; private set; } = null!;

    /// <summary>The type of the states.</summary>
    public ScalarType ComputeType { get; private set; } = ScalarType.Float32;

    /// <summary>The type matrices are multiplied in: that of the states, or int8 without gradients.</summary>
    public ScalarType ProductType { get; private set; } = ScalarType.Float32;

    /// <summary>A low-rank change on top, which is trained instead; null without one.</summary>
    public LoraAdapter? Adapter { get; internal set; }

    /// <summary>
    /// Tensors of the checkpoint that the model has no place for and that no known use explains, as transformers warns of them.
    /// </summary>
    public IReadOnlyList<string> Unexpected { get; internal set; } = [];

    /// <summary>The parameters that the checkpoint lacked and that started at random when it was loaded.</summary>
    public IReadOnlyList<string> Fresh { get; internal set; } = [];

    /// <summary>Where the embeddings end and what is copied to the compute type begins.</summary>
    public long EmbeddingsEnd { get; private set; }

    /// <summary>The copy in the compute type, (count - <see cref="EmbeddingsEnd"/>); null in fp32.</summary>
    internal Tensor? Working => _working;

    internal Parameter Add(ParameterKind kind, long[] partShape, params string[] names)
    {
        var parameter = new Parameter(kind, partShape, names);
        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>Makes the buffer, zeroed, once all parameters are added.</summary>
    internal void Allocate(Device device)
    {
        var ordered = _parameters.OrderBy(parameter => parameter.Kind).ToList(); // a stable sort
        _parameters.Clear();
        _parameters.AddRange(ordered);
        Flat = zeros(_parameters.Sum(parameter => parameter.Count), ScalarType.Float32, device).DetachFromDisposeScope();
        var offset = 0L;
        foreach (var parameter in _parameters)
        {
            parameter.Offset = offset;
            parameter.Master = parameter.Value = View(Flat, offset, parameter);
            offset += parameter.Count;
            if (parameter.Kind == ParameterKind.Embedding)
                EmbeddingsEnd = offset;
        }
    }

    /// <summary>Fresh values: matrices and embeddings normally distributed, weights of normalizations 1, biases 0.</summary>
    internal static void Initialize(double deviation, IEnumerable<Parameter> parameters)
    {
        using var guard = no_grad();
        foreach (var parameter in parameters)
        {
            if (parameter.Kind != ParameterKind.Vector)
                parameter.Master.normal_(0, deviation);
            else
                Arithmetic.With(parameter.Names[0].EndsWith(".weight", StringComparison.Ordinal) ? 1 : 0, number =>
                    parameter.Master.fill_(number)
                );
        }
    }

    /// <summary>
    /// Computes in fp32 or, with a copy of the matrices and vectors, in a half-precision type; in int8 products are in 8 bits and all else
    /// in bfloat16.
    /// </summary>
    public void SetComputeType(ScalarType type)
    {
        _working?.Dispose();
        _working = null;
        ProductType = type;
        ComputeType = type == ScalarType.Int8 ? ScalarType.BFloat16 : type;
        if (ComputeType != ScalarType.Float32)
            _working = Flat.narrow(0, EmbeddingsEnd, Flat.numel() - EmbeddingsEnd).to(ComputeType).DetachFromDisposeScope();
        foreach (var parameter in _parameters)
        {
            parameter.Forget();
            parameter.IsQuantized = type == ScalarType.Int8 && parameter.Kind == ParameterKind.Matrix;
            if (!ReferenceEquals(parameter.Value, parameter.Master))
                parameter.Value.Dispose();
            parameter.Value =
                _working is null || parameter.Kind == ParameterKind.Embedding
                    ? parameter.Master
                    : View(_working, parameter.Offset - EmbeddingsEnd, parameter);
        }
    }

    /// <summary>Brings the copy in the compute type up to date after the fp32 values changed.</summary>
    public void Refresh()
    {
        if (_working is null)
            return;
        using var guard = no_grad();
        using var source = Flat.narrow(0, EmbeddingsEnd, Flat.numel() - EmbeddingsEnd);
        _working.copy_(source);
        foreach (var parameter in _parameters)
            parameter.Forget();
    }

    /// <summary>The tensors of the checkpoint by name, as views of the fp32 values; each is to be disposed by the caller.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Named()
    {
        foreach (var parameter in _parameters)
        {
            var rows = parameter.PartShape[0];
            for (var part = 0; part < parameter.Names.Count; part++)
                yield return (parameter.Names[part], parameter.Master.narrow(0, part * rows, rows));
        }
    }

    /// <summary>The same by file in the folder ("model.safetensors", "2_Dense/model.safetensors") and by name in it.</summary>
    /// <param name="prefix">What is taken off the front of names in the model's own file.</param>
    public IEnumerable<IGrouping<string, (string Name, Tensor Tensor)>> NamedByFile(string prefix) =>
        Named()
            .GroupBy(
                entry => entry.Name.Contains('/') ? entry.Name[..entry.Name.IndexOf('/')] + "/model.safetensors" : "model.safetensors",
                entry =>
                {
                    var name = entry.Name[(entry.Name.IndexOf('/') + 1)..];
                    return (name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name, entry.Tensor);
                }
            );

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in _parameters)
        {
            parameter.Forget();
            if (!ReferenceEquals(parameter.Value, parameter.Master))
                parameter.Value?.Dispose();
            parameter.Master?.Dispose();
        }

        _working?.Dispose();
        Flat?.Dispose();
    }

    internal static Tensor View(Tensor flat, long offset, Parameter parameter)
    {
        using var slice = flat.narrow(0, offset, parameter.Count);
        return slice.view([parameter.Names.Count * parameter.PartShape[0], .. parameter.PartShape.Skip(1)]).DetachFromDisposeScope();
    }
}
