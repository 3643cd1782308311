using System.Globalization;
using CrossEncoders.Examples;
using CrossEncoders.Tokenization;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using TorchSharp;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// The slow tier of quality: one epoch on a few human questions of one source, from the lowest layers of the bi-encoder with a fresh head,
/// has to rank another source, which it never saw, at a fixed MRR@10. One run took two minutes on two cores, from 0.31 to 0.87.
/// The fast tier is QualityTests.
/// </summary>
internal static class Quality
{
    private const int MaxLength = 192;
    private const int MaxPassageTokens = 100;
    private const int TestQuestions = 100;
    private const int Depth = 10;
    private const int Seed = 2024;

    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var (shared, encoder, bar) = (options.Text("shared"), options.Text("encoder"), options.Real("bar", 0.8));
        var file = SquadFile
            .Load(Path.Combine(shared, "data", "squadshifts", "new_wiki_v1.0.json"))
            .Split(TextTokenizer.Load(encoder), MaxPassageTokens);
        InputExample[] examples = [.. EmbeddedModel.Mine(file, null, options.Number("questions", 1200))];

        torch.random.manual_seed(Seed); // the fresh head
        using var model = CrossEncoder.FromPretrained(
            encoder,
            new()
            {
                Layers = options.Number("layers", 4),
                MaxLength = MaxLength,
                Name = "quality",
            }
        );
        var training = new TrainingArguments
        {
            OutputFolder = options.Text("output", Path.Combine("artifacts", "quality")),
            BatchSize = 18,
            LearningRate = options.Real("learning-rate", 2e-4),
            Dropout = 0,
            TimeBudget = TimeSpan.FromMinutes(options.Real("minutes", 10)),
            Seed = Seed,
        };
        var before = XQuad.Measure(model, shared, "en", TestQuestions, Depth);
        Console.WriteLine($"untrained: {before}");
        var run = new CrossEncoderTrainer(model, training, new ListwiseSoftmaxLoss()).Train(examples, new EmbeddedModel.Printer());
        var after = XQuad.Measure(model, shared, "en", TestQuestions, Depth);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{run.Examples} pairs, {run.Steps.Count} of {run.TotalSteps} steps, {run.Seconds:0} s: {after}"
            )
        );
        var passed = run.Completed && after.After >= bar;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(passed ? "passed" : "FAILED")}: MRR@{Depth} {before.After:0.0000} -> {after.After:0.0000}, the bar is {bar:0.0000}"
            )
        );
        return passed ? 0 : 1;
    }
}
