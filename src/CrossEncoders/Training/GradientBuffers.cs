using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>
/// The gradient of every trainable parameter in one flat fp32 buffer, as the parameters are, so that clipping is two operations; in a
/// half-precision compute type a second buffer takes what the backward pass writes, and micro-batches add up in fp32.
/// </summary>
internal sealed class GradientBuffers : IDisposable
{
    private readonly ParameterSet _parameters;
    private readonly Tensor? _low;
    private readonly List<Tensor> _views = [];

    /// <summary>Points the gradients of the parameters that are not frozen into the buffers.</summary>
    public GradientBuffers(ParameterSet parameters, IReadOnlySet<Parameter> frozen)
    {
        _parameters = parameters;
        Flat = zeros_like(parameters.Flat).DetachFromDisposeScope();
        _low = parameters.Working is { } working ? zeros_like(working).DetachFromDisposeScope() : null;
        foreach (var parameter in parameters.Parameters)
        {
            parameter.Trainable = !frozen.Contains(parameter);
            if (!parameter.Trainable)
                continue;
            var view =
                _low is not null && parameter.Kind != ParameterKind.Embedding
                    ? ParameterSet.View(_low, parameter.Offset - parameters.EmbeddingsEnd, parameter)
                    : ParameterSet.View(Flat, parameter.Offset, parameter);
            parameter.Value.requires_grad_(true);
            parameter.Value.grad = view;
            _views.Add(view);
        }
    }

    /// <summary>The fp32 gradient in the layout of the parameters, (count).</summary>
    public Tensor Flat { get; }

    /// <summary>After each backward pass: adds what was written in the compute type to the fp32 gradient.</summary>
    public void Collect()
    {
        if (_low is null)
            return;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        Flat.narrow(0, _parameters.EmbeddingsEnd, _low.numel()).PlusInPlace(_low);
        _low.zero_();
    }

    /// <summary>Scales the gradient down to a norm where it is longer; 0 does not clip. Returns the norm before.</summary>
    public double Clip(double maxNorm)
    {
        using var scope = NewDisposeScope(); // in-place operations, too, return tensors to be disposed
        var norm = Flat.norm().item<float>();
        if (maxNorm > 0 && norm > maxNorm)
            Flat.TimesInPlace(maxNorm / (norm + 1e-6));
        return norm;
    }

    /// <summary>Zeroes the gradient for the next step.</summary>
    public void Clear()
    {
        using var scope = NewDisposeScope();
        Flat.zero_();
    }

    /// <summary>Leaves the parameters without gradients.</summary>
    public void Dispose()
    {
        foreach (var parameter in _parameters.Parameters.Where(parameter => parameter.Value.requires_grad))
        {
            parameter.Value.grad = null;
            parameter.Value.requires_grad_(false);
        }

        foreach (var view in _views)
            view.Dispose();
        _low?.Dispose();
        Flat.Dispose();
    }
}
