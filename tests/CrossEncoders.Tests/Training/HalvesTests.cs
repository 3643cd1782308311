using CrossEncoders.Examples;
using CrossEncoders.Modeling;
using CrossEncoders.Tests.Modeling;
using CrossEncoders.Tokenization;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>A batch whose halves are computed side by side has the loss and the gradient of the whole.</summary>
[Collection(Alone.Name)]
public sealed class HalvesTests : IDisposable
{
    private readonly int _threads = get_num_threads();

    public HalvesTests() => set_num_threads(2);

    public void Dispose() => set_num_threads(_threads);

    [Theory]
    [InlineData("bert")]
    [InlineData("modernbert")]
    [InlineData("deberta-v2")]
    public void LossAndGradientAreThoseOfTheWhole(string architecture)
    {
        using var model = CheckpointParityTests.Load(Shared.Path($"golden/models/{architecture}"));
        var (loss, gradient) = Pass(model, null, isFirst: true);
        var (whole, expected) = Pass(model, null, isFirst: false);
        Assert.Equal(whole, loss, 1e-5);
        CheckpointParityTests.AssertClose(expected, gradient, 1e-5 * (1 + expected.Max(Math.Abs)));
        Assert.Contains(expected, value => value != 0);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void TwiceTheSameToTheBit(ScalarType type)
    {
        using var model = CheckpointParityTests.Load(Shared.Path("golden/models/bert"));
        model.Model.SetComputeType(type);
        var dropout = new Dropout(0.1, 0.2, 0.3);
        var first = Pass(model, dropout, isFirst: true);
        for (var i = 0; i < 20; i++)
        {
            var again = Pass(model, dropout, isFirst: true);
            Assert.Equal(first.Loss, again.Loss);
            Assert.Equal(first.Gradient, again.Gradient);
        }

        Assert.NotEqual(first.Gradient, Pass(model, dropout, isFirst: true, seed: 6).Gradient);
    }

    [Fact]
    public void HalvesHaveAsManyTokens()
    {
        Assert.Equal([(0, 2), (2, 6)], Starts(100, 90, 30, 30, 30, 30, 30, 40));
        Assert.Equal([(0, 6), (6, 2)], Starts(30, 30, 30, 30, 30, 40, 100, 90));
        Assert.Equal([(0, 2), (2, 3)], Starts(500, 1, 1, 1, 1)); // at least two
        Assert.Equal([(0, 3), (3, 2)], Starts(1, 1, 1, 1, 500));
    }

    [Fact]
    public void FewTextsOtherNumbersOfThreadsAndOtherDevicesAreLeftWhole()
    {
        Assert.Null(Halves.Of(Texts(5, 5, 5), CPU));
        Assert.NotNull(Halves.Of(Texts(5, 5, 5, 5), CPU));
        Assert.Null(Halves.Of(Texts(5, 5, 5, 5), META));
        set_num_threads(1);
        Assert.Null(Halves.Of(Texts(5, 5, 5, 5), CPU));
        set_num_threads(3); // the sum of three gradients depends on which comes first
        Assert.Null(Halves.Of(Texts(5, 5, 5, 5), CPU));
    }

    [Fact]
    public void WhatAHalfThrowsIsThrown()
    {
        var halves = Halves.Of(Texts(5, 5, 5, 5), CPU)!;
        var collected = 0;
        var error = Assert.Throws<CrossEncoderException>(() =>
            halves.Backward(
                (start, count) => start == 0 ? zeros(count, 1) : throw new CrossEncoderException("half"),
                logits => logits.sum(),
                () => collected++
            )
        );
        Assert.Equal(("half", 0), (error.Message, collected));
    }

    private static (int Start, int Count)[] Starts(params int[] lengths)
    {
        var starts = new List<(int Start, int Count)>();
        var weight = tensor(1f).requires_grad_(true);
        Halves
            .Of(Texts(lengths), CPU)!
            .Backward(
                (start, count) =>
                {
                    lock (starts)
                        starts.Add((start, count));
                    return weight * ones(count, 1);
                },
                logits => logits.sum(),
                () => { }
            );
        Assert.Equal(lengths.Length, weight.grad!.item<float>());
        return [.. starts.Order()];
    }

    private static TokenizedText[] Texts(params int[] lengths) =>
        [.. lengths.Select(length => new TokenizedText(new int[length], new int[length], false))];

    private static (double Loss, float[] Gradient) Pass(CrossEncoder model, Dropout? dropout, bool isFirst, int seed = 5)
    {
        InputExample[] examples =
        [
            .. Enumerable
                .Range(0, 7)
                .Select(i => new InputExample([$"which is it {i}?", string.Concat(Enumerable.Repeat("a dome ", 3 * i + 1))], i % 2)),
        ];
        var loss = new BinaryCrossEntropyLoss();
        var plan = new TrainingPlan(
            model,
            examples,
            new()
            {
                OutputFolder = "none",
                BatchSize = examples.Length,
                Shuffle = false,
            },
            loss,
            default
        );
        using var gradients = new GradientBuffers(model.Model.Trained, new HashSet<Parameter>());
        var pass = new LossPass(model, loss, plan, gradients, dropout, layersAgain: false, new ScoreWindow());
        var value = pass.Run(plan.Step(0).Batches[0], 1, new Random(seed), isFirst).Loss;
        return (value, gradients.Flat.data<float>().ToArray());
    }
}
