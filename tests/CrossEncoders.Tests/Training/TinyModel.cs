using CrossEncoders.Examples;
using CrossEncoders.Tests.Modeling;
using CrossEncoders.Training;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>A tiny model and examples for it.</summary>
internal static class TinyModel
{
    public static CrossEncoder Load(string architecture = "xlm-roberta") =>
        CheckpointParityTests.Load(Shared.Path($"golden/models/{architecture}"), 64);

    public static TrainingArguments Arguments(string folder) =>
        new()
        {
            OutputFolder = folder,
            LearningRate = 3e-3,
            BatchSize = 8,
            Dropout = 0,
            ComputeType = ScalarType.Float32,
        };

    /// <summary>Groups of one positive and three negatives.</summary>
    public static InputExample[] Examples(int count, string question = "question") =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new InputExample(
                    [$"{question} {i / 4}", i % 4 == 0 ? $"the answer {i / 4} is here" : $"nothing {i * 7 % 13} to see"],
                    i % 4 == 0 ? 1 : 0
                )
                {
                    Group = $"{i / 4}",
                }),
        ];

    public static float[] Values(CrossEncoder model) => model.Model.Parameters.Flat.data<float>().ToArray();
}
