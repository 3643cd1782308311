using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Modeling;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>Faults that other trainers have had for years without an error: each is tried here.</summary>
[Collection(Alone.Name)]
public sealed class SilentFaultTests
{
    private static readonly Dictionary<string, Loss> MeansOfLists = new()
    {
        ["ListMLE"] = new ListMLELoss(),
        ["ListMLE in input order"] = new ListMLELoss(respectInputOrder: true),
        ["p-ListMLE"] = new PListMLELoss(),
        ["ListNet"] = new ListNetLoss(),
        ["softmax"] = new ListwiseSoftmaxLoss(binaryWeight: 0),
        ["distillation"] = new DistillKLDivLoss(temperature: 2),
    };

    public static TheoryData<string> Means => [.. MeansOfLists.Keys];

    /// <summary>Padded places counted in the normalizer would move the loss of a short list beside a long one.</summary>
    [Theory]
    [MemberData(nameof(Means))]
    public void AListBesideALongerOneCostsWhatItCostsAlone(string name)
    {
        var loss = MeansOfLists[name];
        int[] groups = [2, 7, 1, 4];
        float[] logits = [-30, 25, 1, 2, -3, 0.5f, 4, 0, 2, 0.1f, -1, -2, -3, 9];
        float[] labels = [1, 0, 3, 0, 1, 0, 2, 0, 0, 1, 0, 1, 0, 2];
        var (together, gradient) = Of(loss, logits, labels, groups);
        var (alone, gradients) = (0.0, new List<float>());
        for (int group = 0, start = 0; group < groups.Length; start += groups[group++])
        {
            var end = start + groups[group];
            var (value, own) = Of(loss, logits[start..end], labels[start..end], [groups[group]]);
            alone += value / groups.Length;
            gradients.AddRange(own.Select(part => part / groups.Length));
        }

        Assert.Equal(alone, together, 1e-5);
        Assert.All(gradients.Zip(gradient), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    /// <summary>Two lists by hand: log(1 + e^-1) for scores 1, 0, and the whole chain for 2, 1, 0.</summary>
    [Fact]
    public void ListMLEIsWhatItIsByHand()
    {
        var two = Math.Log(1 + Math.Exp(-1));
        var three = Math.Log(1 + Math.Exp(-1) + Math.Exp(-2)) + two;
        Assert.Equal((two + three) / 2, Of(new ListMLELoss(), [1, 0, 2, 1, 0], [1, 0, 2, 1, 0], [2, 3]).Loss, 1e-6);
        // Of three places the weights are 3, 1, 0 of 4; of two 1, 0.
        var first = Math.Log(1 + Math.Exp(-1) + Math.Exp(-2));
        Assert.Equal((two + (3 * first + two) / 4) / 2, Of(new PListMLELoss(), [1, 0, 2, 1, 0], [1, 0, 2, 1, 0], [2, 3]).Loss, 1e-6);
    }

    /// <summary>Two passages that the student cannot tell apart; the teacher's softmax is a sigmoid of the difference.</summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(0.5, -3)]
    public void TheDivergenceFromATeacherIsWhatItIsByHand(double temperature, float difference)
    {
        var first = 1 / (1 + Math.Exp(-difference / temperature));
        var expected = temperature * temperature * (first * Math.Log(2 * first) + (1 - first) * Math.Log(2 * (1 - first)));
        var loss = new DistillKLDivLoss(temperature);
        Assert.Equal(expected, Of(loss, [5, 5], [difference - 7, -7], [2]).Loss, 1e-5);
        Assert.Equal(0, Of(loss, [difference + 1, 1], [difference - 7, -7], [2]).Loss, 1e-5);
        Assert.Contains("temperature", Assert.Throws<CrossEncoderException>(() => new DistillKLDivLoss(0)).Message);
    }

    /// <summary>With squared errors the level of the scores counts too.</summary>
    [Fact]
    public void TheSquaredErrorBesideTheDivergenceIsOfTheLogitsThemselves()
    {
        var loss = new DistillKLDivLoss(squaredErrorWeight: 0.5);
        Assert.Equal(0.5 * 9, Of(loss, [4, 6], [1, 3], [2]).Loss, 1e-5);
        Assert.Equal(0, Of(loss, [1, 3], [1, 3], [2]).Loss, 1e-5);
        Assert.Contains("0.5 × squared error", loss.Name);
        Assert.Contains("squared error is -1", Assert.Throws<CrossEncoderException>(() => new DistillKLDivLoss(1, -1)).Message);
    }

    public static TheoryData<string> Ranking =>
        ["ListMLE", "p-ListMLE", "ListNet", "RankNet", "LambdaLoss", "ADR-MSE", "MarginMSE", "softmax", "KL"];

    /// <summary>
    /// A rank loss of half-precision logits has ties that are none, and sigmoids of 1; ours gets fp32 whatever the matrices are.
    /// </summary>
    [Theory]
    [MemberData(nameof(Ranking))]
    public void RankLossesSeeFullPrecisionInABfloat16Training(string name)
    {
        Loss loss = name switch
        {
            "ListMLE" => new ListMLELoss(),
            "p-ListMLE" => new PListMLELoss(),
            "ListNet" => new ListNetLoss(),
            "RankNet" => new RankNetLoss(),
            "LambdaLoss" => new LambdaLoss(),
            "ADR-MSE" => new ADRMSELoss(),
            "MarginMSE" => new MarginMSELoss(),
            "softmax" => new ListwiseSoftmaxLoss(),
            _ => new DistillKLDivLoss(),
        };
        var (exact, half) = (FirstStep(loss, ScalarType.Float32), FirstStep(loss, ScalarType.BFloat16));
        Assert.All(half.Types, type => Assert.Equal(ScalarType.Float32, type));
        Assert.InRange(half.Step.Loss / exact.Step.Loss, 0.95, 1.05);
        Assert.InRange(half.Step.GradientNorm / exact.Step.GradientNorm, 0.85, 1.15);
    }

    /// <summary>
    /// Both passes of a cached gradient must drop the same, or the gradient is of another function than the loss that is reported.
    /// </summary>
    [Theory]
    [InlineData(ScalarType.Float32, false, 3, 0.03)]
    [InlineData(ScalarType.Float32, true, 3, 0.03)]
    [InlineData(ScalarType.Float32, false, 100, 0.03)]
    [InlineData(ScalarType.BFloat16, false, 3, 0.2)]
    public void ACachedGradientWithDropoutIsThatOfItsOwnLoss(ScalarType type, bool layersAgain, int size, double tolerance)
    {
        using var scratch = new ScratchFolder();
        using var model = TinyModel.Load("bert");
        var arguments = TinyModel.Arguments(scratch.Path);
        var loss = new CachedMultipleNegativesRankingLoss(scale: 3, onSigmoid: false, miniBatchSize: size);
        var plan = new TrainingPlan(model, TinyModel.Examples(32), arguments with { BatchSize = 32 }, loss, default);
        model.Model.SetComputeType(type);
        var parameters = model.Model.Trained;
        using var gradients = new GradientBuffers(parameters, new HashSet<Parameter>());
        var pass = new LossPass(model, loss, plan, gradients, new Dropout(0.3, 0.3, 0.3), layersAgain, new ScoreWindow());

        double Loss()
        {
            gradients.Clear();
            parameters.Refresh();
            manual_seed(9);
            return pass.Run(plan.Step(0).Batches[0], 1, new Random(5), isFirst: true).Loss;
        }

        var here = Loss();
        Assert.Equal(here, Loss()); // the draws are the same
        using var scope = NewDisposeScope();
        var gradient = gradients.Flat.clone();
        var norm = gradient.norm().item<float>();
        var along = 0.02 * here / norm; // the loss is to change by about two hundredths along the gradient
        Move(along / norm);
        var above = Loss();
        Move(-2 * along / norm);
        var below = Loss();
        Assert.InRange((above - below) / (2 * along) / norm, 1 - tolerance, 1 + tolerance);

        void Move(double factor)
        {
            using var guard = no_grad();
            parameters.Flat.add_(gradient, alpha: factor);
        }
    }

    /// <summary>Teachers' logits are mostly negative: nothing may take them for probabilities or for padding.</summary>
    [Fact]
    public void MarginsOfNegativeScoresAreMargins()
    {
        float[] logits = [-3, -5, 0.5f, -1, -8];
        float[] teacher = [-9, -11, -4, -2, -2.5f];
        // margins of the student 2, -3.5 and 7; of the teacher 2, -5 and 0.5
        var expected = (Math.Pow(2 - 2, 2) + Math.Pow(-3.5 + 5, 2) + Math.Pow(7 - 0.5, 2)) / 3;
        Assert.Equal(expected, Of(new MarginMSELoss(), logits, teacher, [3, 2]).Loss, 1e-5);
        Assert.Equal(expected, Of(new MarginMSELoss(labelsAreMargins: true), logits, [0, 2, -5, 0, 0.5f], [3, 2]).Loss, 1e-5);
        InputExample[] examples = [new(["q", "a"], 0) { Group = "1" }, new(["q", "b"], 0) { Group = "1" }];
        Assert.Equal([0, 3], examples.LabeledBy(new Fixed([-2, -5]), SoftLabels.Margins).Select(example => example.Label));
    }

    /// <summary>In bfloat16 the sigmoid of 6 and of 12 are both 1: errors vanish and rankings tie.</summary>
    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void ASigmoidIsTakenInFullPrecision(ScalarType type)
    {
        var squares = new MeanSquaredErrorLoss();
        var seen = FirstStep(squares, type);
        Assert.All(seen.Types, logits => Assert.Equal(ScalarType.Float32, logits));
        var (near, gradient) = Of(squares, [6, 6.03f], [1, 1], []);
        Assert.True(near > 0 && gradient[0] < gradient[1] && gradient[1] < 0);

        using var model = TinyModel.Load("bert");
        model.Model.SetComputeType(type);
        TextPair[] pairs = [.. TinyModel.Examples(12).Select(example => new TextPair(example.Query, example.Passage))];
        var (logit, score) = (model.Score(pairs), model.Predict(pairs));
        Assert.All(logit.Zip(score), pair => Assert.Equal(1 / (1 + Math.Exp(-pair.First)), pair.Second, 1e-6));
    }

    private static (TrainingStep Step, IReadOnlyList<ScalarType> Types) FirstStep(Loss loss, ScalarType type)
    {
        using var scratch = new ScratchFolder();
        using var model = TinyModel.Load("bert");
        var watched = new Watched(loss);
        var arguments = TinyModel.Arguments(scratch.Path) with { MaxSteps = 1, BatchSize = 16, ComputeType = type };
        var run = Trainings.Quiet(model, arguments, watched, new MSEEval(TinyModel.Examples(4))).Train(TinyModel.Examples(32));
        return (run.Steps[0], watched.Types);
    }

    private static (double Loss, float[] Gradient) Of(Loss loss, float[] logits, float[] labels, int[] groups)
    {
        using var scope = NewDisposeScope();
        var leaf = tensor(logits).requires_grad_(true);
        var value = loss.Compute(leaf.view(-1, 1), tensor(labels), groups);
        value.backward();
        return (value.item<float>(), leaf.grad!.data<float>().ToArray());
    }

    private sealed class Watched(Loss inner) : Loss
    {
        public List<ScalarType> Types { get; } = [];

        public override string Name => inner.Name;

        public override bool ComparesGroups => inner.ComparesGroups;

        public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups)
        {
            Types.Add(logits.dtype);
            return inner.Compute(logits, labels, groups);
        }
    }

    private sealed class Fixed(float[] scores) : IPassageScorer
    {
        public string Name => "fixed";

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        ) => scores;
    }
}
