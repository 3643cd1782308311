using CrossEncoders.Examples;
using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>A loss of logits that went through a function before, as <c>activation_fct</c> of sentence-transformers' <c>fit</c>.</summary>
internal sealed class ActivatedLoss : Loss
{
    private readonly Loss _inner;
    private readonly Func<Tensor, Tensor> _activation;
    private readonly bool _givesProbabilities;

    public ActivatedLoss(Loss inner, Func<Tensor, Tensor> activation, CrossEncoder model)
    {
        (_inner, _activation, MiniBatchSize) = (inner, activation, inner.MiniBatchSize);
        if (model.Labels > 1)
            return;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var values = activation(tensor([-100f, -3, -0.5f, 0, 0.5f, 3, 100], [7, 1], device: model.Device.Device))
            .cpu()
            .to_type(ScalarType.Float32)
            .data<float>()
            .ToArray();
        _givesProbabilities = values.All(value => value is >= 0 and <= 1) && values[0] < values[^1];
    }

    public override string Name => _inner.Name + " of activated logits";

    public override bool ComparesGroups => _inner.ComparesGroups;

    public override bool LabelsAreProbabilities => _inner.LabelsAreProbabilities || ScoresAreProbabilities;

    // A loss that takes a sigmoid itself then teaches that of the sigmoid, and one that compares passages only their differences.
    public override bool ScoresAreProbabilities =>
        _givesProbabilities ? !_inner.ScoresAreProbabilities && !_inner.ComparesGroups : _inner.ScoresAreProbabilities;

    public override void Validate(IReadOnlyList<InputExample> examples, int labels) => _inner.Validate(examples, labels);

    public override IReadOnlyList<IReadOnlyList<LossPair>>? Pairs(
        IReadOnlyList<InputExample> batch,
        IReadOnlyList<int> groups,
        Random random
    ) => _inner.Pairs(batch, groups, random);

    public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups) =>
        _inner.Compute(_activation(logits), labels, groups);
}
