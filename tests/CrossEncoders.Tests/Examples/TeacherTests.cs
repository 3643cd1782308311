using CrossEncoders.Audit;
using CrossEncoders.Examples;
using CrossEncoders.Tests.Modeling;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Examples;

public class TeacherTests
{
    private static readonly InputExample[] Examples =
    [
        .. Enumerable
            .Range(0, 12)
            .Select(i => new InputExample([$"question {i / 3}", $"passage {i} {new string('x', i % 5)}"], i % 3 == 0 ? 1 : 0)
            {
                Id = $"e{i}",
                Group = $"q{i / 3}",
            }),
    ];

    [Fact]
    public void LabelsAreTheTeachersAndTheRestStays()
    {
        var teacher = new Scripted([2, -1, 0.5f, .. new float[9]]);
        var logits = Examples.LabeledBy(teacher, SoftLabels.Logits);
        Assert.Equal([2, -1, 0.5f], logits.Take(3).Select(example => example.Label));
        Assert.Equal([0, 3, 1.5f], Examples.LabeledBy(teacher, SoftLabels.Margins).Take(3).Select(example => example.Label));
        CheckpointParityTests.AssertClose(
            [0.8807970f, 0.2689414f, 0.6224593f],
            [.. Examples.LabeledBy(teacher).Take(3).Select(example => example.Label)],
            1e-6
        );
        Assert.Equal(
            Examples.Select(example => (example.Id, example.Group, example.Query, example.Passage)),
            logits.Select(example => (example.Id, example.Group, example.Query, example.Passage))
        );

        using var scratch = new ScratchFolder();
        var file = Path.Combine(scratch.Path, "labeled.jsonl");
        logits.Save(file);
        Assert.Equal(logits.Select(example => example.Label), InputExamples.Load(file, anyLabel: true).Select(example => example.Label));
        Assert.Contains("0 to 1", Assert.Throws<CrossEncoderException>(() => InputExamples.Load(file)).Message);
    }

    [Fact]
    public void ACrossEncoderReportsAndCanBeStopped()
    {
        using var teacher = CheckpointParityTests.Load(Shared.Path("golden/models/bert"), 64);
        var done = new List<long>();
        var labeled = Examples.LabeledBy(teacher, SoftLabels.Logits, new Each(progress => done.Add(progress.Done)));
        Assert.Equal(Examples.Length, done[^1]);
        CheckpointParityTests.AssertClose(
            [.. labeled.Select(example => example.Label)],
            teacher.Score([.. Examples.Select(example => new TextPair(example.Query, example.Passage))]),
            1e-6
        );
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Examples.LabeledBy(teacher, cancellation: stop.Token));
    }

    [Fact]
    public void ABadTeacherIsNamed()
    {
        Assert.Contains(
            "'scripted' gave 2 scores for 12 pairs",
            Assert.Throws<CrossEncoderException>(() => Examples.LabeledBy(new Scripted([1, 2]))).Message
        );
        var broken = Enumerable.Range(0, 12).Select(i => i == 7 ? float.NaN : i).ToArray();
        Assert.Contains("NaN for example 7", Assert.Throws<CrossEncoderException>(() => Examples.LabeledBy(new Scripted(broken))).Message);
        InputExample[] alone = [new(["a", "b"], 1)];
        Assert.Contains(
            "Group",
            Assert.Throws<CrossEncoderException>(() => alone.LabeledBy(new Scripted([1]), SoftLabels.Margins)).Message
        );
    }

    [Fact]
    public void AStudentLearnsTheTeachersScores()
    {
        var labeled = Examples.LabeledBy(
            new Scripted([
                .. Enumerable
                    .Range(0, 12)
                    .Select(i =>
                        i % 3 == 0 ? 4f
                        : i % 3 == 1 ? -1f
                        : -5f
                    ),
            ]),
            SoftLabels.Logits
        );
        var margins = Examples.LabeledBy(new Scripted([.. labeled.Select(example => example.Label)]), SoftLabels.Margins);
        var scores = Train(new MarginMSELoss(), labeled);
        Assert.True(scores[^1] < 0.05 * scores[0], $"from {scores[0]} to {scores[^1]}");
        CheckpointParityTests.AssertClose(scores[..5], Train(new MarginMSELoss(labelsAreMargins: true), margins)[..5], 1e-3);
        var direct = Train(new MeanSquaredErrorLoss(onSigmoid: false), labeled);
        Assert.True(direct[^1] < 0.05 * direct[0], $"from {direct[0]} to {direct[^1]}");
    }

    private static float[] Train(Loss loss, IReadOnlyList<InputExample> examples)
    {
        using var scratch = new ScratchFolder();
        using var model = CheckpointParityTests.Load(Shared.Path("golden/models/bert"), 64);
        var arguments = new TrainingArguments
        {
            OutputFolder = scratch.Path,
            LearningRate = 5e-3,
            Epochs = 80,
            Dropout = 0,
            Shuffle = false,
            GroupByLength = false,
            ComputeType = ScalarType.Float32,
        };
        return [.. new CrossEncoderTrainer(model, arguments, loss).Train(examples).Steps.Select(step => (float)step.Loss)];
    }

    private sealed class Scripted(float[] scores) : IPassageScorer
    {
        public string Name => "scripted";

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        ) => scores;
    }

    private sealed class Each(Action<WorkProgress> then) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => then(value);
    }
}
