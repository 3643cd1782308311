using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>What must hold of every loss, whatever its formula: gradients that are its slopes, symmetries, numbers far out.</summary>
public sealed class LossPropertyTests
{
    private static readonly int[] Groups = [3, 2, 4];
    private static readonly float[] Labels = [1, 0, 0.5f, 0, 1, 0.25f, 0.75f, 0, 1];
    private static readonly float[] Logits = [0.3f, -0.6f, 1.1f, 0.2f, -0.4f, 0.9f, -1.3f, 0.5f, 1.7f];

    private static readonly Dictionary<string, Loss> Losses = new()
    {
        ["BCE"] = new BinaryCrossEntropyLoss(),
        ["weighted BCE"] = new BinaryCrossEntropyLoss(3),
        ["MSE"] = new MeanSquaredErrorLoss(),
        ["MSE of logits"] = new MeanSquaredErrorLoss(onSigmoid: false),
        ["MarginMSE"] = new MarginMSELoss(),
        ["MarginMSE of sigmoids"] = new MarginMSELoss(onSigmoid: true),
        ["softmax"] = new ListwiseSoftmaxLoss(),
        ["softmax alone"] = new ListwiseSoftmaxLoss(binaryWeight: 0),
        ["ListNet"] = new ListNetLoss(),
        ["ListMLE"] = new ListMLELoss(),
        ["p-ListMLE"] = new PListMLELoss(),
        ["KL"] = new DistillKLDivLoss(2),
        ["RankNet"] = new RankNetLoss(),
        ["RankNet, steep"] = new RankNetLoss(sigma: 3),
        ["ADR-MSE"] = new ADRMSELoss(),
        ["LambdaLoss"] = new LambdaLoss(),
        ["LambdaRank"] = new LambdaLoss(new LambdaRankScheme()),
        ["NDCGLoss1"] = new LambdaLoss(new NDCGLoss1Scheme()),
        ["NDCGLoss2"] = new LambdaLoss(new NDCGLoss2Scheme()),
        ["multiple negatives"] = new MultipleNegativesRankingLoss(scale: 2),
        ["multiple negatives of logits"] = new MultipleNegativesRankingLoss(scale: 2, onSigmoid: false),
    };

    public static TheoryData<string> Names => [.. Losses.Keys];

    /// <summary>All but NDCGLoss1, which weighs a passage by where it stands, so that a worse order may cost less.</summary>
    public static TheoryData<string> Listwise =>
        [.. Losses.Where(loss => loss.Value.ComparesGroups && loss.Key != "NDCGLoss1").Select(loss => loss.Key)];

    /// <summary>Losses that see only differences within a list.</summary>
    public static TheoryData<string> Relative =>
        ["MarginMSE", "softmax alone", "ListNet", "ListMLE", "p-ListMLE", "KL", "RankNet", "ADR-MSE", "LambdaLoss", "NDCGLoss2"];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheGradientIsTheSlope(string name)
    {
        const float step = 1e-2f; // the third derivative makes about 1e-4 of it
        var gradient = Of(name, Logits).Gradient;
        for (var i = 0; i < Logits.Length; i++)
        {
            float[] above = [.. Logits],
                below = [.. Logits];
            (above[i], below[i]) = (above[i] + step, below[i] - step);
            var slope = (Of(name, above).Loss - Of(name, below).Loss) / (above[i] - below[i]);
            Assert.Equal(slope, gradient[i], 2e-3);
        }
        Assert.Contains(gradient, part => Math.Abs(part) > 1e-3);
    }

    /// <summary>The order in which lists stand in a batch means nothing.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void ListsMayComeInAnyOrder(string name)
    {
        float[] Turned(float[] values) => [.. values[5..], .. values[..5]];
        var (loss, gradient) = Of(name, Logits);
        var other = Of(name, Turned(Logits), Turned(Labels), [4, 3, 2]);
        Assert.Equal(loss, other.Loss, 1e-5);
        Assert.All(Turned(gradient).Zip(other.Gradient), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [MemberData(nameof(Relative))]
    public void OneAmountMoreForAllPassagesOfAQueryChangesNothing(string name)
    {
        float[] moved =
        [
            .. Logits.Select(
                (logit, i) =>
                    logit
                    + (
                        i < 3 ? 2
                        : i < 5 ? -1
                        : 0.5f
                    )
            ),
        ];
        var (loss, gradient) = Of(name, Logits);
        Assert.Equal(loss, Of(name, moved).Loss, 1e-4);
        Assert.Equal(0, gradient[..3].Sum(), 1e-5); // so each list's gradient adds up to nothing
        Assert.Equal(0, gradient[5..].Sum(), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ScoresFarApartStayNumbers(string name)
    {
        foreach (var size in (float[])[50, 1e4f])
        {
            var (loss, gradient) = Of(name, [.. Logits.Select((_, i) => i % 2 == 0 ? size : -size)]);
            Assert.True(double.IsFinite(loss) && loss >= 0, $"{name} at {size}: {loss}");
            Assert.All(gradient, part => Assert.True(float.IsFinite(part)));
        }
    }

    /// <summary>The right order, far apart, costs less than none, and the wrong order more.</summary>
    [Theory]
    [MemberData(nameof(Listwise))]
    public void TheRightOrderCostsLeast(string name)
    {
        float[] labels = [1, 0, 0, 1, 0, 1, 0, 0, 0];
        double Cost(float scale) => Of(name, [.. labels.Select(label => scale * label)], labels, Groups).Loss;
        Assert.True(Cost(1) < Cost(0), $"{Cost(1)} {Cost(0)}");
        Assert.True(Cost(0) < Cost(-1), $"{Cost(0)} {Cost(-1)}");
    }

    [Theory]
    [InlineData("BCE", 0.6931472, -0.5, 0.5)]
    [InlineData("weighted BCE", 1.3862944, -1.5, 0.5)]
    [InlineData("MSE", 0.25, -0.25, 0.25)]
    [InlineData("MSE of logits", 0.5, -2, 0)]
    [InlineData("MarginMSE", 1, -2, 2)]
    [InlineData("softmax alone", 0.6931472, -0.5, 0.5)]
    [InlineData("ListMLE", 0.6931472, -0.5, 0.5)]
    [InlineData("RankNet", 1, -0.7213475, 0.7213475)] // in bits
    [InlineData("multiple negatives of logits", 0.6931472, -1, 1)]
    public void AnUndecidedModelOfTwoPassagesPaysThis(string name, double loss, double right, double wrong)
    {
        var (value, gradient) = Of(name, [0, 0], [1, 0], [2]);
        Assert.Equal(loss, value, 1e-6);
        var scale = name is "BCE" or "weighted BCE" or "MSE" or "MSE of logits" ? 2 : 1; // means over the passages
        Assert.Equal((right, wrong), (gradient[0] * scale, gradient[1] * scale), Near);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryLossHasANameOfItsOwn(string name) => Assert.Single(Losses, loss => loss.Value.Name == Losses[name].Name);

    private static bool Near((double, double) one, (double, double) other) =>
        Math.Abs(one.Item1 - other.Item1) < 1e-5 && Math.Abs(one.Item2 - other.Item2) < 1e-5;

    private static (double Loss, float[] Gradient) Of(string name, float[] logits, float[]? labels = null, int[]? groups = null)
    {
        using var scope = NewDisposeScope();
        var leaf = tensor(logits).requires_grad_(true);
        var value = Losses[name].Compute(leaf.view(-1, 1), tensor(labels ?? Labels), groups ?? Groups);
        value.backward();
        return (value.item<float>(), leaf.grad!.data<float>().ToArray());
    }
}
