using CrossEncoders.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>A test of tensors, which are gone after it, and of a set of parameters.</summary>
public abstract class TensorTest : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    private protected ParameterSet Parameters { get; } = new();

    public virtual void Dispose()
    {
        Parameters.Adapter?.Dispose();
        Parameters.Dispose();
        _scope.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static float[] Numbers(Tensor values) => values.detach().to_type(ScalarType.Float32).contiguous().data<float>().ToArray();

    private protected static Dictionary<string, Tensor> Named(ParameterSet parameters) =>
        parameters.Named().ToDictionary(entry => entry.Name, entry => entry.Tensor);
}
