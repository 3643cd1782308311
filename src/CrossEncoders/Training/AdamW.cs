using CrossEncoders.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019; as in PyTorch: betas 0.9 and 0.999, eps 1e-8) over a model's flat buffer: a step is a dozen large
/// operations, and its state two tensors.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private static readonly Scalar Small = 1e-8;
    private static readonly Scalar One = 1;
    private static readonly Scalar New1 = 1 - Beta1;
    private static readonly Scalar New2 = 1 - Beta2;
    private const long Block = 1 << 18; // elements of a range that a CPU keeps in its cache from one operation to the next: half the time
    private readonly List<(long Offset, long Count, double Decay, double Rate)> _ranges = [];
    private readonly Tensor _values;
    private readonly Tensor _gradient;

    /// <summary>Optimizes the trainable ones of <paramref name="parameters"/> by a gradient of the same layout.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="gradient">Their gradient, in the layout of the flat buffer.</param>
    /// <param name="weightDecay">Decoupled weight decay of matrices and embeddings.</param>
    /// <param name="rateOf">The factor on the learning rate of a parameter.</param>
    public AdamW(ParameterSet parameters, Tensor gradient, double weightDecay, Func<Parameter, double> rateOf)
    {
        _values = parameters.Flat;
        _gradient = gradient;
        FirstMoment = zeros_like(_values).DetachFromDisposeScope();
        SecondMoment = zeros_like(_values).DetachFromDisposeScope();
        foreach (var parameter in parameters.Parameters.Where(parameter => parameter.Trainable))
        {
            var decay = parameter.Kind == ParameterKind.Vector ? 0 : weightDecay;
            var rate = rateOf(parameter);
            if (_ranges is [.., var last] && last.Offset + last.Count == parameter.Offset && last.Decay == decay && last.Rate == rate)
                _ranges[^1] = last with { Count = last.Count + parameter.Count };
            else
                _ranges.Add((parameter.Offset, parameter.Count, decay, rate));
        }

        if (_values.device.type != DeviceType.CPU)
            return;
        _ranges =
        [
            .. _ranges.SelectMany(range =>
                Enumerable
                    .Range(0, (int)((range.Count + Block - 1) / Block))
                    .Select(i => range with { Offset = range.Offset + i * Block, Count = Math.Min(Block, range.Count - i * Block) })
            ),
        ];
    }

    /// <summary>Running mean of the gradient, in the layout of the parameters.</summary>
    public Tensor FirstMoment { get; }

    /// <summary>Running mean of the squared gradient, in the layout of the parameters.</summary>
    public Tensor SecondMoment { get; }

    /// <summary>Changes the parameters by one step.</summary>
    /// <param name="step">The number of the step, from 1.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    public void Step(int step, double learningRate)
    {
        using var guard = no_grad();
        var correction1 = 1 - Math.Pow(Beta1, step);
        var correction2 = Math.Sqrt(1 - Math.Pow(Beta2, step));
        foreach (var (offset, count, decay, factor) in _ranges)
        {
            var rate = learningRate * factor;
            using var scope = NewDisposeScope();
            var (value, gradient) = (_values.narrow(0, offset, count), _gradient.narrow(0, offset, count));
            var (first, second) = (FirstMoment.narrow(0, offset, count), SecondMoment.narrow(0, offset, count));
            if (decay > 0)
                value.TimesInPlace(1 - rate * decay);
            first.TimesInPlace(Beta1).add_(gradient, New1);
            second.TimesInPlace(Beta2).addcmul_(gradient, gradient, New2);
            var size = Arithmetic.With(correction2, correction => second.sqrt().div_(correction)).add_(Small, One);
            Arithmetic.With(-rate / correction1, pace => value.addcdiv_(first, size, pace));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
    }
}
