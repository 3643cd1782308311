using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Onnx.Graph;

/// <summary>A tensor of a model, in memory.</summary>
/// <param name="Values">Its elements, the last dimension fastest.</param>
/// <param name="Shape">Its sizes.</param>
internal sealed record ModelTensor(float[] Values, long[] Shape);

/// <summary>The weights of a loaded model by the checkpoint's names, in fp32.</summary>
internal sealed class ModelTensors(ParameterSet parameters)
{
    private readonly Dictionary<string, (Parameter Parameter, int Part)> _places = parameters
        .Parameters.SelectMany(parameter => parameter.Names.Select((name, part) => (name, (parameter, part))))
        .ToDictionary(entry => entry.name, entry => entry.Item2);

    /// <summary>Whether there is one of that name.</summary>
    public bool Has(string name) => _places.ContainsKey(name);

    /// <summary>Reads one as it is stored.</summary>
    public ModelTensor Read(string name)
    {
        using var scope = NewDisposeScope();
        return Copied(View(name));
    }

    /// <summary>Reads one row of a matrix, (width).</summary>
    public ModelTensor ReadRow(string name, int row)
    {
        using var scope = NewDisposeScope();
        return Copied(View(name).select(0, row));
    }

    /// <summary>Reads a matrix of (outputs, inputs), or a stretch of its rows, as (inputs, outputs).</summary>
    public ModelTensor ReadTransposed(string name, int part = 0, int parts = 1)
    {
        using var scope = NewDisposeScope();
        return Copied(Part(View(name), part, parts).t());
    }

    /// <summary>Reads a stretch of a vector.</summary>
    public ModelTensor ReadPart(string name, int part, int parts)
    {
        using var scope = NewDisposeScope();
        return Copied(Part(View(name), part, parts));
    }

    private Tensor View(string name)
    {
        var (parameter, part) = _places[name];
        return parameter.Master.detach().narrow(0, part * parameter.PartShape[0], parameter.PartShape[0]);
    }

    private static Tensor Part(Tensor tensor, int part, int parts)
    {
        var rows = tensor.size(0) / parts;
        return tensor.narrow(0, part * rows, rows);
    }

    private static ModelTensor Copied(Tensor tensor) => new(tensor.cpu().contiguous().data<float>().ToArray(), tensor.shape);
}
