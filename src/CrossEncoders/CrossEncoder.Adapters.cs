using CrossEncoders.Modeling;
using CrossEncoders.Runtime;

namespace CrossEncoders;

/// <content>LoRA: a small part is trained and saved, the rest stays as it was.</content>
public sealed partial class CrossEncoder
{
    /// <summary>The LoRA adapter on the model, to be saved or merged; null without one.</summary>
    public LoraAdapter? Adapter => Model.Adapter;

    /// <summary>Puts a new LoRA adapter on the model: it changes nothing until it is trained, and then it alone is trained.</summary>
    /// <exception cref="CrossEncoderException">The model has one already, or nothing fits the options.</exception>
    public LoraAdapter AttachAdapter(LoraOptions? options = null)
    {
        ComputeInOwnType();
        return LoraAdapter.Attach(Model.Parameters, options, Model.PythonClass);
    }

    /// <summary>Puts a saved LoRA adapter on the model it was trained for.</summary>
    /// <exception cref="CrossEncoderException">Files are missing or broken, or do not fit the model; nothing changes.</exception>
    public LoraAdapter LoadAdapter(string folder)
    {
        var adapter = LoraAdapter.Load(Model.Parameters, LoraFiles.Read(folder));
        RandomWeights = adapter.NotIn(RandomWeights);
        ComputeInOwnType();
        return adapter;
    }

    /// <summary>
    /// Computes in the type that was asked for, or the device's own fast one: a comparison in 8 bits says nothing of other weights.
    /// </summary>
    internal void ComputeInOwnType()
    {
        var type = Devices.TypeOf(Device.Device, _options.ComputeType);
        if (type != Model.Parameters.ProductType)
            Model.SetComputeType(type);
    }
}
