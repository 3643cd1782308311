using System.Text.Json;
using CrossEncoders.Examples;
using CrossEncoders.Tests.Modeling;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>Whole trainings with fixed order and without dropout against PyTorch (../shared/golden/training).</summary>
[Collection(Alone.Name)]
public class ReferenceTrainingTests
{
    [Theory]
    [InlineData("bert-bce")]
    [InlineData("bert-mse-sigmoid")]
    [InlineData("xlm-roberta-bce")]
    [InlineData("bert-bce-accumulate-2")]
    public void EachStepEqualsTheReference(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Shared.Path($"golden/training/{name}.json")));
        var golden = json.RootElement;
        InputExample[] pool =
        [
            .. golden
                .GetProperty("examples")
                .EnumerateArray()
                .Select(example => new InputExample(
                    [example.GetProperty("texts")[0].GetString()!, example.GetProperty("texts")[1].GetString()!],
                    example.GetProperty("label").GetSingle()
                )),
        ];
        InputExample[] examples = [.. golden.GetProperty("order").EnumerateArray().Select(index => pool[index.GetInt32()])];
        using var scratch = new ScratchFolder();
        using var model = CheckpointParityTests.Load(
            Shared.Path($"golden/models/{golden.GetProperty("model").GetString()}"),
            golden.GetProperty("max_length").GetInt32()
        );
        var arguments = new TrainingArguments
        {
            OutputFolder = scratch.Path,
            LearningRate = 1e-3,
            WarmupSteps = 5,
            BatchSize = golden.GetProperty("batch_size").GetInt32(),
            GradientAccumulationSteps = golden.GetProperty("gradient_accumulation_steps").GetInt32(),
            Shuffle = false,
            GroupByLength = false,
            Dropout = 0,
            ComputeType = ScalarType.Float32,
        };
        Loss loss = golden.GetProperty("loss").GetString() == "mse" ? new MeanSquaredErrorLoss() : new BinaryCrossEntropyLoss();
        var run = new CrossEncoderTrainer(model, arguments, loss).Train(examples);

        var log = golden.GetProperty("log").EnumerateArray().ToList();
        Assert.Equal(log.Count, run.Steps.Count);
        foreach (var (expected, actual) in log.Zip(run.Steps))
        {
            Assert.Equal(expected.GetProperty("lr").GetDouble(), actual.LearningRate, 1e-12);
            Assert.Equal(expected.GetProperty("loss").GetDouble(), actual.Loss, 1e-4);
            Assert.Equal(expected.GetProperty("grad_norm_before_clipping").GetDouble(), actual.GradientNorm, 1e-4);
        }

        var logits = model.Score([.. pool.Select(example => new TextPair(example.Query, example.Passage))]);
        CheckpointParityTests.AssertClose(
            [.. golden.GetProperty("final_logits").EnumerateArray().Select(value => value.GetSingle())],
            logits,
            1e-3
        );
    }

    [Fact]
    public void SchedulesEqualTheReference()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Shared.Path("golden/training/schedules.json")));
        var peak = json.RootElement.GetProperty("lr").GetDouble();
        foreach (var run in json.RootElement.GetProperty("runs").EnumerateArray())
        {
            var schedule = run.GetProperty("name").GetString()!.ToLowerInvariant() switch
            {
                "constantlr" => Schedule.Constant,
                "warmupconstant" => Schedule.WarmupConstant,
                "warmuplinear" => Schedule.WarmupLinear,
                "warmupcosine" => Schedule.WarmupCosine,
                "warmupcosinewithhardrestarts" => Schedule.WarmupCosineWithHardRestarts,
                var other => throw new InvalidOperationException(other),
            };
            var rates = run.GetProperty("lr").EnumerateArray().Select(rate => rate.GetDouble()).ToList();
            for (var step = 0; step < rates.Count; step++)
            {
                var factor = Schedules.Factor(
                    schedule,
                    step,
                    run.GetProperty("warmup_steps").GetInt32(),
                    run.GetProperty("total_steps").GetInt32()
                );
                Assert.Equal(rates[step], peak * factor, 1e-15);
            }
        }
    }
}
