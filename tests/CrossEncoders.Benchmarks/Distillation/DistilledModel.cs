using CrossEncoders.Examples;
using CrossEncoders.Tokenization;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks.Distillation;

/// <summary>
/// The second stage of the cross-encoder in <c>data/models</c>: it learns the order that cosine, late interaction and BM25 together give
/// the passages of English and Chinese texts of many kinds, and above it the answers that people named.
/// </summary>
internal static class DistilledModel
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var output = options.Text("output");
        Directory.CreateDirectory(output);
        var examples = Examples(options, output);
        var steps = options.Number("steps", 2000);
        if (steps == 0)
            return 0;
        using var model = CrossEncoder.FromPretrained(options.Text("model"), new() { MaxLength = 512, Name = "embedded" });
        var training = new TrainingArguments
        {
            OutputFolder = Path.Combine(output, "training"),
            MaxSteps = steps,
            TokenBudget = options.Number("tokens", 8192),
            LearningRate = options.Real("learning-rate", 1e-4),
            WarmupSteps = 50,
            Dropout = 0,
            FreezeEmbeddings = true,
            CheckpointSteps = options.Number("checkpoint-steps", 100),
            LoadBestAtEnd = false,
            Resume = true,
            Seed = 2026,
            TimeBudget = options.Number("minutes", 0) is > 0 and var minutes ? TimeSpan.FromMinutes(minutes) : null,
        };
        var run = new CrossEncoderTrainer(model, training, new DistillKLDivLoss(squaredErrorWeight: 0.1)).Train(
            [.. examples.Where(example => !Calibration.IsHeldOut(example))],
            new EmbeddedModel.Printer()
        );
        Console.WriteLine(FormattableString.Invariant($"{run.Steps.Count} of {run.TotalSteps} steps, {run.Seconds:0} s"));
        Calibration.Fold(model, [.. examples.Where(Calibration.IsHeldOut)]);
        model.SavePretrained(Path.Combine(output, "model"), ScalarType.Float16);
        return 0;
    }

    private static IReadOnlyList<InputExample> Examples(Options options, string output)
    {
        var file = Path.Combine(output, "examples.jsonl");
        if (File.Exists(file))
            return InputExamples.Load(file, anyLabel: true);
        var (folder, progress) = (options.Text("encoder"), new Lines());
        using var encoder = BiEncoder.FromPretrained(folder, new() { ComputeType = ScalarType.BFloat16 });
        var sources = new TrainingSources(options.Text("shared"), TextTokenizer.Load(folder), options.Text("queries", "few") == "all");
        var examples = new List<InputExample>();
        foreach (var language in (string[])["zh", "en"])
        {
            var texts = sources.Load(language, options.Text("questions"));
            Console.WriteLine($"{language}: {texts.Passages.Count} passages, {texts.Queries.Count} queries");
            foreach (var kind in texts.Queries.CountBy(query => query.Id[..query.Id.IndexOf('-', StringComparison.Ordinal)]))
                Console.WriteLine($"  {kind.Key}: {kind.Value}");
            using var teacher = new TeacherLists(texts, encoder, output, options.Real("answer-bonus", 1.5), progress);
            examples.AddRange(teacher.Examples(progress));
        }

        examples.Save(file);
        return examples;
    }

    private sealed class Lines : IProgress<WorkProgress>
    {
        private DateTime _last;

        public void Report(WorkProgress value)
        {
            if (DateTime.Now - _last < TimeSpan.FromSeconds(20))
                return;
            _last = DateTime.Now;
            Console.WriteLine($"{_last:HH:mm:ss} {value}");
        }
    }
}
