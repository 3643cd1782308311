using CrossEncoders.Runtime;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CrossEncoders.Modeling;

/// <summary>A lookup table, in fp32.</summary>
internal sealed class Embedding(ParameterSet parameters, long rows, long width, string name)
{
    private readonly Parameter _weight = parameters.Add(ParameterKind.Embedding, [rows, width], name + ".weight");

    /// <summary>All rows, fp32 (rows, width).</summary>
    public Tensor Table => _weight.Current;

    /// <summary>Rows of the table: int64 (batch, sequence) to fp32 (batch, sequence, width).</summary>
    public Tensor Forward(Tensor rows) => _weight.Current.index_select(0, rows.reshape(-1)).view(rows.size(0), rows.size(1), -1);
}

/// <summary>Layer normalization over the last dimension.</summary>
internal sealed class Norm(ParameterSet parameters, string name, long width, double epsilon, bool hasBias = true)
{
    private readonly Parameter _weight = parameters.Add(ParameterKind.Vector, [width], name + ".weight");
    private readonly Parameter? _bias = hasBias ? parameters.Add(ParameterKind.Vector, [width], name + ".bias") : null;

    /// <summary>Normalizes, in the type of the states.</summary>
    public Tensor Forward(Tensor states) =>
        functional.layer_norm(states, [width], _weight.Current.to_type(states.dtype), _bias?.Current.to_type(states.dtype), epsilon);
}

/// <summary>Root mean square normalization over the last dimension. Zhang and Sennrich 2019.</summary>
internal sealed class RmsNorm(ParameterSet parameters, string name, long width, double epsilon)
{
    private readonly Parameter _weight = parameters.Add(ParameterKind.Vector, [width], name + ".weight");

    /// <summary>Normalizes, in fp32 and back to the type of the states.</summary>
    public Tensor Forward(Tensor states)
    {
        var wide = states.to_type(ScalarType.Float32);
        var normalized = wide * (wide * wide).mean([-1L], keepdim: true).Plus(epsilon).rsqrt();
        return _weight.Current.to_type(states.dtype) * normalized.to_type(states.dtype);
    }
}

/// <summary>One matrix and bias, or several of the same shape fused into one product.</summary>
internal sealed class Dense
{
    private readonly long _outputs;
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    public Dense(ParameterSet parameters, long outputs, long inputs, bool hasBias, params string[] names)
    {
        _outputs = outputs;
        _weight = parameters.Add(ParameterKind.Matrix, [outputs, inputs], [.. names.Select(name => name + ".weight")]);
        if (hasBias)
            _bias = parameters.Add(ParameterKind.Vector, [outputs], [.. names.Select(name => name + ".bias")]);
    }

    public Dense(ParameterSet parameters, long outputs, long inputs, params string[] names)
        : this(parameters, outputs, inputs, true, names) { }

    /// <summary>(…, inputs) to (…, parts × outputs).</summary>
    public Tensor Forward(Tensor states) =>
        Changed(
            _weight.LaidOut(states, 0, _weight.Names.Count)?.Linear(states, _bias?.Current)
                ?? Products.Linear(states, _weight.Current, _bias?.Current),
            states,
            0,
            _weight.Names.Count
        );

    /// <summary>Only the fused parts from <paramref name="first"/> on, <paramref name="count"/> of them.</summary>
    public Tensor Forward(Tensor states, int first, int count)
    {
        var bias = _bias?.Current.narrow(0, first * _outputs, count * _outputs);
        var product = _weight.LaidOut(states, first, count)?.Linear(states, bias)
            ?? Products.Linear(states, _weight.Current.narrow(0, first * _outputs, count * _outputs), bias);
        return Changed(product, states, first, count);
    }

    /// <summary>(…, inputs) to (…, outputs), activated.</summary>
    public Tensor Activated(Tensor states, string activation) =>
        _weight.Changes is null && _weight.LaidOut(states, 0, 1) is { } laidOut && laidOut.Fuses(activation)
            ? laidOut.Linear(states, _bias?.Current, activation)
            : Activations.Apply(activation, Forward(states));

    /// <summary>(…, inputs) to (…, outputs), plus a residual of that shape; without gradients.</summary>
    public Tensor Plus(Tensor states, Tensor residual) =>
        _weight.Changes is null && residual.is_contiguous() && _weight.LaidOut(states, 0, 1) is { } laidOut
            ? laidOut.LinearPlus(states, _bias?.Current, residual)
            : Forward(states).PlusInPlace(residual);

    /// <summary>The product in fp32 whatever the compute type.</summary>
    public Tensor ForwardInFp32(Tensor states) =>
        Changed(
            Products.Linear(states, _weight.Current.to_type(ScalarType.Float32), _bias?.Current.to_type(ScalarType.Float32)),
            states,
            0,
            1
        );

    private Tensor Changed(Tensor product, Tensor states, int first, int count)
    {
        if (_weight.Changes is not { } changes)
            return product;
        if (count == 1)
            return changes[first] is { } change ? product.Plus(change.Forward(states)) : product;
        var parts = product.split(_outputs, -1);
        return cat([.. parts.Select((part, index) => changes[first + index] is { } change ? part.Plus(change.Forward(states)) : part)], -1);
    }
}

/// <summary>Scaled dot-product attention. Vaswani et al. 2017, "Attention Is All You Need".</summary>
internal static class Attention
{
    private const long MostScores = 1 << 22; // of a part of the queries, where scores are replaced by their weights
    private const long FewQueries = 128; // products of fewer are slow

    /// <summary>Query, key and value to context, (batch, heads, sequence, head size) each.</summary>
    /// <param name="query">Queries.</param>
    /// <param name="key">Keys.</param>
    /// <param name="value">Values.</param>
    /// <param name="attendable">
    /// True where a key may be attended to, bool, broadcast to (batch, heads, queries, keys); null for everywhere.
    /// </param>
    /// <param name="dropout">Dropout to apply, in training only.</param>
    /// <param name="causal">Whether a query sees itself and what is before it, in a sequence as long as that of the keys.</param>
    public static Tensor Of(Tensor query, Tensor key, Tensor value, Tensor? attendable, Dropout? dropout, bool causal = false)
    {
        var probability = dropout?.Attention ?? 0;
        if (!causal && probability == 0 && RowSoftmax.Fits(query, key.size(2)))
            return InParts(query, key, value, attendable);
        if (!WrittenOut(query, key, probability))
            return functional.scaled_dot_product_attention(query, key, value, attendable, probability, causal);
        if (causal)
            attendable = ones(key.size(2), key.size(2), ScalarType.Bool, key.device).tril();
        var scores = Scores(query.Times(1 / Math.Sqrt(query.size(3))), key, attendable);
        var weights = scores.softmax(-1);
        return (probability > 0 ? Dropping.Apply(weights, probability) : weights).matmul(value);
    }

    /// <summary>(batch, heads, queries, keys).</summary>
    private static Tensor Scores(Tensor query, Tensor key, Tensor? attendable)
    {
        var scores = query.matmul(key.transpose(2, 3));
        return attendable is null ? scores : scores.Without(attendable.logical_not());
    }

    private static Tensor InParts(Tensor query, Tensor key, Tensor value, Tensor? attendable)
    {
        var queries = query.size(2);
        var most = Math.Max(FewQueries, MostScores / (query.size(0) * query.size(1) * key.size(2)));
        if (queries <= most)
            return Part(query, attendable);
        var contexts = new List<Tensor>();
        for (var start = 0L; start < queries; start += most)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(most, queries - start);
            var seen = attendable is { } mask && mask.size(-2) > 1 ? mask.narrow(-2, start, count) : attendable;
            contexts.Add(Part(query.narrow(2, start, count), seen).MoveToOuterDisposeScope());
        }

        return cat(contexts, 2);

        Tensor Part(Tensor asking, Tensor? seen)
        {
            var scores = Scores(asking, key, seen);
            RowSoftmax.InPlace(scores, 1 / Math.Sqrt(query.size(3)));
            return scores.matmul(value);
        }
    }

    /// <summary>
    /// On a CPU no fused kernel has dropout, and in bfloat16 the fused one is slower, in the backward pass by far, unless sequences are
    /// long.
    /// </summary>
    private static bool WrittenOut(Tensor query, Tensor key, double probability) =>
        query.device.type == TorchSharp.DeviceType.CPU && (probability > 0 || (query.dtype == ScalarType.BFloat16 && key.size(2) <= 256));
}

/// <summary>Activations by the names that configurations use.</summary>
internal static class Activations
{
    public static string[] Names => ConfigChecks.Activations;

    public static Tensor Apply(string name, Tensor states) =>
        name switch
        {
            "gelu" => functional.gelu(states),
            "gelu_new" or "gelu_pytorch_tanh" => GeluTanh(states),
            "relu" => functional.relu(states),
            "sigmoid" => states.sigmoid(),
            "silu" => functional.silu(states),
            "tanh" => states.tanh(),
            _ => throw new CrossEncoderException($"The activation '{name}' is not supported. Supported: {string.Join(", ", Names)}."),
        };

    private static Tensor GeluTanh(Tensor x) =>
        x.Times(0.5) * x.Plus((x * x * x).Times(0.044715)).Times(Math.Sqrt(2 / Math.PI)).tanh().Plus(1L);
}
