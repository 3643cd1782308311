using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>
/// A forward pass in training that keeps only each layer's input and computes the layer again in the backward pass: memory for one layer's
/// insides instead of all, for about a third more time.
/// </summary>
/// <remarks>
/// Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost" (gradient checkpointing). Dropout is seeded for each segment, so that
/// the second computation drops what the first dropped. Everything lives in the caller's dispose scope.
/// </remarks>
internal sealed class CheckpointedPass
{
    private readonly SequenceClassifier _model;
    private readonly IEncoderPass _pass;
    private readonly long _seed;
    private readonly List<Tensor> _inputs = []; // of each layer
    private readonly Tensor _top;

    internal CheckpointedPass(SequenceClassifier model, IHead head, EncoderInput input, long seed)
    {
        (_model, _seed) = (model, seed);
        _pass = model.Encoder.Begin(input);
        // With gradients, which are not used: without, products round otherwise than in the backward pass.
        _top = Alone(() => Seeded(-1).Embed());
        for (var i = 0; i < model.Config.Layers; i++)
        {
            _inputs.Add(_top);
            _top = Alone(() => Seeded(i).Layer(i, _inputs[i]));
        }

        _top.requires_grad_(true);
        Logits = head.Forward(Seeded(model.Config.Layers).Finish(_top), input.Mask, input.Dropout);
    }

    /// <summary>Logits, fp32 (batch, labels).</summary>
    public Tensor Logits { get; }

    /// <summary>
    /// Takes the gradient from the logits down to the parameters: to be called once, after the loss's own <c>backward()</c>.
    /// </summary>
    public void Backward()
    {
        var gradient = _top.grad ?? throw new InvalidOperationException("The loss has not been taken backward yet.");
        for (var i = _inputs.Count - 1; i >= 0; i--)
        {
            using var scope = NewDisposeScope();
            using var input = _inputs[i].detach();
            var trainedBelow = _model.Trained.Parameters.Any(parameter => parameter.Value.requires_grad && Encoder.IsBelow(parameter, i));
            if (trainedBelow)
                input.requires_grad_(true);
            var output = Seeded(i).Layer(i, input);
            if (output.requires_grad)
                output.backward([gradient]);
            _inputs[i].Dispose();
            gradient.Dispose();
            if (!trainedBelow)
                return;
            gradient = input.grad!.MoveToOuterDisposeScope();
        }

        using var embedded = Seeded(-1).Embed();
        if (embedded.requires_grad)
            embedded.backward([gradient]);
    }

    /// <summary>What a segment computes, without what its backward pass would need.</summary>
    private static Tensor Alone(Func<Tensor> segment)
    {
        using var scope = NewDisposeScope();
        return segment().detach().MoveToOuterDisposeScope();
    }

    private IEncoderPass Seeded(int segment)
    {
        random.manual_seed(unchecked(_seed * 1_009 + segment));
        return _pass;
    }
}
