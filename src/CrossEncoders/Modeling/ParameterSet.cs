using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>Which part of the flat buffer a parameter belongs to, in the buffer's order.</summary>
public enum ParameterKind
{
    /// <summary>A lookup table: stays in fp32, as only a few rows are read.</summary>
    Embedding,

    /// <summary>A matrix.</summary>
    Matrix,

    /// <summary>A bias or a normalization's weight: never decayed.</summary>
    Vector,
}

/// <summary>A parameter of a model; fused ones hold several tensors of the checkpoint, stacked along the first dimension.</summary>
public sealed class Parameter
{
    internal Parameter(ParameterKind kind, long[] partShape, string[] names)
    {
        Kind = kind;
        PartShape = partShape;
        Names = names;
        Count = names.Length * partShape.Aggregate(1L, (product, size) => product * size);
    }

    /// <summary>What it is.</summary>
    public ParameterKind Kind { get; }

    /// <summary>Names in the checkpoint, one for each stacked part.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Shape of one part.</summary>
    public IReadOnlyList<long> PartShape { get; }

    /// <summary>Number of elements of all parts.</summary>
    public long Count { get; }

    /// <summary>Whether training changes it.</summary>
    public bool Trainable { get; set; } = true;

    /// <summary>First element in the flat buffer.</summary>
    public long Offset { get; internal set; }

    /// <summary>The fp32 values: a view into the flat buffer, (parts × first dimension, …).</summary>
    public Tensor Master { get; internal set; } = null!;

    /// <summary>What the forward pass reads: <see cref="Master"/>, or its copy in the compute type.</summary>
    public Tensor Value { get; internal set; } = null!;

    /// <summary>A trained change beside a matrix; null without an adapter.</summary>
    internal LowRank? Change { get; set; }
}

/// <summary>
/// All parameters of a model in one flat fp32 buffer (embeddings, then matrices, then vectors), so that an optimizer step is a few large
/// operations, and a copy in a half-precision compute type is one conversion.
/// </summary>
public sealed class ParameterSet : IDisposable
{
    private readonly List<Parameter> _parameters = [];
    private Tensor? _working;

    /// <summary>The parameters in the order of the buffer.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>The fp32 values of all parameters, (count).</summary>
    public Tensor Flat { get; private set; } = null!;

    /// <summary>The type matrices are multiplied in.</summary>
    public ScalarType ComputeType { get; private set; } = ScalarType.Float32;

    /// <summary>Tensors of the checkpoint that the model has no place for and that no known use explains, as the reference warns of them.</summary>
    public IReadOnlyList<string> Unexpected { get; private set; } = [];

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
                parameter.Master.fill_(parameter.Names[0].EndsWith(".weight", StringComparison.Ordinal) ? 1 : 0);
        }
    }

    /// <summary>Computes in fp32 or, with a copy of the matrices and vectors, in a half-precision type.</summary>
    public void SetComputeType(ScalarType type)
    {
        _working?.Dispose();
        _working = null;
        ComputeType = type;
        if (type != ScalarType.Float32)
            _working = Flat.narrow(0, EmbeddingsEnd, Flat.numel() - EmbeddingsEnd).to(type).DetachFromDisposeScope();
        foreach (var parameter in _parameters)
        {
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

    /// <summary>Allocates the parameters and fills them from a checkpoint; names and shapes are compared before any memory is taken.</summary>
    /// <param name="source">The checkpoint's tensors.</param>
    /// <param name="device">Where the parameters go.</param>
    /// <param name="rename">Maps a parameter's name to the checkpoint's, for example without the "bert." in front.</param>
    /// <param name="mayLack">Names that stay zero where the checkpoint lacks them, to be initialized by the caller.</param>
    /// <param name="mayIgnore">Names in the checkpoint that are known not to be needed; others go to <see cref="Unexpected"/>.</param>
    /// <returns>The parameters that the checkpoint lacked.</returns>
    /// <exception cref="CrossEncoderException">Names are missing, or shapes differ; all are listed, and unexpected names with them.</exception>
    internal IReadOnlyList<string> Load(
        ITensorSource source,
        Device device,
        Func<string, string> rename,
        Func<string, bool> mayLack,
        Func<string, bool> mayIgnore
    )
    {
        var problems = new List<string>();
        var lacked = new List<string>();
        var used = new HashSet<string>();
        foreach (var parameter in _parameters)
        {
            foreach (var name in parameter.Names)
            {
                var stored = rename(name);
                used.Add(stored);
                if (!source.Tensors.TryGetValue(stored, out var info))
                {
                    if (mayLack(name))
                        lacked.Add(name);
                    else
                        problems.Add($"missing    {stored}: expected {Shape(parameter.PartShape)}");
                }
                else if (!info.Shape.SequenceEqual(parameter.PartShape))
                {
                    problems.Add($"wrong shape {stored}: expected {Shape(parameter.PartShape)}, found {Shape(info.Shape)}");
                }
            }
        }

        Unexpected = [.. source.Tensors.Keys.Where(name => !used.Contains(name) && !mayIgnore(name))];
        if (problems.Count > 0)
        {
            problems.AddRange(Unexpected.Select(name => $"unexpected {name}: found {Shape(source.Tensors[name].Shape)}"));
            const int Shown = 40;
            var more = problems.Count > Shown ? $"\n  … and {problems.Count - Shown} more" : "";
            throw new CrossEncoderException(
                "The weights do not fit the configuration:\n  "
                    + string.Join("\n  ", problems.Take(Shown))
                    + more
                    + "\nCheck that config.json and the weights are of the same checkpoint."
            );
        }

        Allocate(device);
        using var guard = no_grad();
        foreach (var (name, view) in Named())
        {
            using (view)
            {
                if (!source.Tensors.ContainsKey(rename(name)))
                    continue;
                using var stored = source.Read(rename(name));
                view.copy_(stored);
            }
        }

        return lacked;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in _parameters)
        {
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

    private static string Shape(IReadOnlyList<long> shape) => $"({string.Join(", ", shape)})";
}
