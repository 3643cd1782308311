using static TorchSharp.torch;

namespace CrossEncoders.Runtime;

/// <summary>A matrix laid out once for products without gradients, with what follows a product computed beside it.</summary>
internal interface ILaidOutWeight : IDisposable
{
    /// <summary>Whether an activation can be computed with the product.</summary>
    bool Fuses(string activation);

    /// <summary>(…, inputs) to (…, outputs): the states times the transposed weight, plus the bias, activated.</summary>
    /// <param name="states">(…, inputs), which must fit.</param>
    /// <param name="bias">(outputs), or null.</param>
    /// <param name="activation">An activation that is fused, or null.</param>
    Tensor Linear(Tensor states, Tensor? bias, string? activation = null);

    /// <summary>(…, inputs) to (…, outputs): the states times the transposed weight, plus the bias, plus another.</summary>
    /// <param name="states">(…, inputs), which must fit.</param>
    /// <param name="bias">(outputs), or null.</param>
    /// <param name="other">(…, outputs), contiguous.</param>
    Tensor LinearPlus(Tensor states, Tensor? bias, Tensor other);
}
