using CrossEncoders.Examples;
using CrossEncoders.Tests.Modeling;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>The losses in the training loop: that they train, draw pairs, cache gradients and refuse what they cannot use.</summary>
public class LossTrainingTests
{
    private static readonly Dictionary<string, Loss> Losses = (
        (Loss[])
            [
                new BinaryCrossEntropyLoss(),
                new BinaryCrossEntropyLoss(3),
                new MeanSquaredErrorLoss(),
                new MeanSquaredErrorLoss(onSigmoid: false),
                new CrossEntropyLoss(),
                new ListwiseSoftmaxLoss(),
                new ListNetLoss(),
                new ListMLELoss(),
                new PListMLELoss(),
                new RankNetLoss(),
                new ADRMSELoss(),
                new LambdaLoss(),
                new LambdaLoss(new NDCGLoss1Scheme()),
                new LambdaLoss(new NDCGLoss2Scheme()),
                new LambdaLoss(new LambdaRankScheme()),
                new LambdaLoss(new NoWeightingScheme(), k: 2),
                new MarginMSELoss(),
                new MarginMSELoss(labelsAreMargins: true),
                new MarginMSELoss(onSigmoid: true),
                new MultipleNegativesRankingLoss(negatives: null),
                new CachedMultipleNegativesRankingLoss(negatives: null, miniBatchSize: 7),
                new ListNetLoss { MiniBatchSize = 3 },
            ]
    ).ToDictionary(loss => loss.Name + (loss.MiniBatchSize is { } size ? $", {size} at a time" : ""));

    public static TheoryData<string> Names => [.. Losses.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheLossFalls(string name)
    {
        using var scratch = new ScratchFolder();
        using var model = Tiny(Losses[name] is CrossEntropyLoss ? "bert-3-labels" : "bert");
        var run = new CrossEncoderTrainer(model, Arguments(scratch) with { Epochs = 15 }, Losses[name]).Train(Examples);
        Assert.Equal(15, run.Steps.Count);
        Assert.True(run.Steps[^1].Loss < 0.9 * run.Steps[0].Loss, $"from {run.Steps[0].Loss} to {run.Steps[^1].Loss}");
        Assert.Equal(Losses[name].Name, run.Loss);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 6, 1e-4)]
    [InlineData(ScalarType.BFloat16, 4, 3e-2)] // later gradients are of weights that rounding has moved
    public void ACachedStepIsTheSameStep(ScalarType type, int compared, double tolerance)
    {
        float[] Train(Loss loss)
        {
            using var scratch = new ScratchFolder();
            using var model = Tiny("bert");
            var run = new CrossEncoderTrainer(
                model,
                Arguments(scratch) with
                {
                    Epochs = 3,
                    ComputeType = type,
                    GradientAccumulationSteps = 2,
                },
                loss
            ).Train(Examples);
            float[] all = [.. run.Steps.Select(step => (float)step.Loss), .. run.Steps.Select(step => (float)step.GradientNorm)];
            return all[..compared];
        }

        var (whole, cached) = (Train(new MultipleNegativesRankingLoss()), Train(new CachedMultipleNegativesRankingLoss(miniBatchSize: 5)));
        // Relative to the value: a bfloat16 has eight bits of it, and the parts of a batch are computed otherwise than the whole.
        CheckpointParityTests.AssertClose([.. whole.Select(_ => 1f)], [.. cached.Zip(whole, (part, all) => part / all)], tolerance);
    }

    [Fact]
    public void NegativesAreOtherQueriesPassages()
    {
        InputExample[] batch =
        [
            new(["a", "of a"], 1) { Group = "1" },
            new(["a", "hard"], 0) { Group = "1" },
            new(["b", "of b"], 0.8f) { Group = "2" },
            new(["b", "of a"], 0) { Group = "2" },
            new(["a", "another of a"], 1) { Group = "3" }, // the first query again
            new(["c", "of c"], 1),
            new(["d", "of a"], 0.2f), // the last has no positive
        ];
        int[] groups = [2, 2, 1, 1, 1];
        var lists = new MultipleNegativesRankingLoss(negatives: null).Pairs(batch, groups, new Random(1));
        string[] Passages(int list) => [.. lists[list].Select(pair => $"{batch[pair.Query].Query}: {batch[pair.Passage].Passage}")];
        Assert.Equal(4, lists.Count);
        Assert.Equal(["a: of a", "a: of b", "a: of c", "a: hard"], Passages(0)); // "of a" elsewhere is its own positive
        Assert.Equal(["b: of b", "b: of a", "b: hard", "b: another of a", "b: of c", "b: of a", "b: of a"], Passages(1));
        Assert.Equal(["a: another of a", "a: of b", "a: of c"], Passages(2));
        Assert.All(lists, list => Assert.Equal([1f, .. Enumerable.Repeat(0f, list.Count - 1)], list.Select(pair => pair.Label)));

        var drawn = new MultipleNegativesRankingLoss(negatives: 2).Pairs(batch, groups, new Random(1));
        Assert.Equal([4, 4, 3, 3], drawn.Select(list => list.Count));
        Assert.Equal(
            drawn.SelectMany(list => list),
            new MultipleNegativesRankingLoss(negatives: 2).Pairs(batch, groups, new Random(1)).SelectMany(list => list)
        );
        Assert.NotEqual(
            drawn.SelectMany(list => list),
            new MultipleNegativesRankingLoss(negatives: 2).Pairs(batch, groups, new Random(2)).SelectMany(list => list)
        );
    }

    public static TheoryData<Loss, int, float, string> Unusable =>
        new()
        {
            { new CrossEntropyLoss(), 1, 1, "at least 2 labels" },
            { new CrossEntropyLoss(), 3, 0.5f, "whole number of 0 to 2" },
            { new CrossEntropyLoss(), 3, 3, "whole number of 0 to 2" },
            { new BinaryCrossEntropyLoss(), 3, 1, "choose CrossEntropyLoss" },
            { new MarginMSELoss(), 1, 1, "group '0' has one passage" },
            { new MultipleNegativesRankingLoss(), 1, 0.2f, "no example has a label" },
            { new LambdaLoss(), 1, -1, "largest label is 0" },
            { new LambdaLoss(), 1, 100, "largest label is 100" },
            { new LambdaLoss(k: 0), 1, 1, "0 places" },
            { new ListNetLoss(), 1, 0, "no group holds different labels" },
        };

    [Theory]
    [MemberData(nameof(Unusable))]
    public void UnusableDataIsRefused(Loss loss, int labels, float label, string message)
    {
        InputExample[] examples =
        [
            new(["a", "b"], label) { Group = "0" },
            new(["c", "d"], 0) { Group = "1" },
            new(["c", "e"], label == 0 || label < 0.5f && label > 0 ? 0 : -1) { Group = "1" },
        ];
        if (labels == 3)
            examples = [examples[0], examples[1]];
        Assert.Contains(message, Assert.Throws<CrossEncoderException>(() => loss.Validate(examples, labels)).Message);
    }

    [Fact]
    public void ImpossibleSizesAreRefused()
    {
        Assert.Contains(
            "MiniBatchSize is 0",
            Assert.Throws<CrossEncoderException>(() => new CachedMultipleNegativesRankingLoss(miniBatchSize: 0)).Message
        );
        Assert.Contains(
            "-1 negatives",
            Assert.Throws<CrossEncoderException>(() => new MultipleNegativesRankingLoss(-1).Validate(Examples, 1)).Message
        );
    }

    [Fact]
    public void ListwiseLossesNeedGroups()
    {
        InputExample[] examples = [new(["a", "b"], 1), new(["a", "c"], 0)];
        foreach (var loss in Losses.Values.Where(loss => loss.ComparesGroups && loss is not MultipleNegativesRankingLoss))
            Assert.Contains("Group", Assert.Throws<CrossEncoderException>(() => loss.Validate(examples, 1)).Message);
        new MultipleNegativesRankingLoss().Validate([examples[0], new(["d", "e"], 1)], 1); // each its own query
        Assert.Contains(
            "same query",
            Assert.Throws<CrossEncoderException>(() => new MultipleNegativesRankingLoss().Validate(examples, 1)).Message
        );
    }

    /// <summary>Four queries with four passages of grades 2, 1, 0, 0.</summary>
    private static readonly InputExample[] Examples =
    [
        .. Enumerable
            .Range(0, 16)
            .Select(i => new InputExample(
                [$"question {i / 4}", i % 4 == 0 ? $"the answer {i / 4} is here" : $"nothing {i * 7 % 13} to see"],
                Math.Max(0, 2 - i % 4)
            )
            {
                Group = $"{i / 4}",
            }),
    ];

    private static CrossEncoder Tiny(string name) => CheckpointParityTests.Load(Shared.Path($"golden/models/{name}"), 64);

    private static TrainingArguments Arguments(ScratchFolder scratch) =>
        new()
        {
            OutputFolder = scratch.Path,
            LearningRate = 3e-3,
            BatchSize = 16,
            Shuffle = false,
            GroupByLength = false,
            Dropout = 0,
            ComputeType = ScalarType.Float32,
        };
}
