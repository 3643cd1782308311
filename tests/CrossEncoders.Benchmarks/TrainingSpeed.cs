using System.Globalization;
using CrossEncoders.Examples;
using CrossEncoders.Runtime;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// Training pairs a second of a MiniLM-L6 with random weights on batches of 32 × 128 tokens, beside the rate of matrix products in the same
/// process; and whether memory stays flat over many steps of a tiny model.
/// </summary>
internal static class TrainingSpeed
{
    private const int Rows = 32;
    private const int Tokens = 128;
    private const int ListSize = 8;
    private const int Warmup = 2; // the first steps take memory

    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var shared = options.Text("shared");
        var folder = Directory.CreateTempSubdirectory("training-speed-").FullName;
        try
        {
            if (options.Number("steps", 8) is > 0 and var steps)
                Speed(shared, folder, steps);
            if (options.Number("memory-steps", 0) is > 0 and var many)
                Memory(shared, folder, many);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Speed(string shared, string folder, int steps)
    {
        NativeBackend.Initialize();
        var source = RandomModel.MiniLM(Path.Combine(shared, "golden/tokenizers/bert-base-uncased"), Path.Combine(folder, "model"));
        InputExample[] examples;
        using (var model = Load(source))
            examples = Examples(shared, model, (steps + Warmup) * Rows);

        // Pairs a second by GFLOP/s of PyTorch 2.14 and sentence-transformers 6.2 (../shared/notes/torchsharp.md).
        foreach (var dropout in (double?[])[null, 0])
        {
            Products.Convolve = false;
            var before = Measure("by linear alone, ", source, examples, ScalarType.Float32, dropout, 13.3 / 201);
            Products.Convolve = null;
            var now = Measure("", source, examples, ScalarType.Float32, dropout, 13.3 / 201);
            var apart = before.Losses.Zip(now.Losses, (one, other) => Math.Abs(one - other) / one).Max();
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{now.Rate / before.Rate:0.00} times linear alone; "
                        + $"losses of {now.Losses.Length} steps differ by {apart:0.0e+0} of their size at most"
                )
            );
            Measure("", source, examples, ScalarType.BFloat16, dropout, 22.3 / 419);
        }

        Natural(shared, source, folder, steps);
    }

    /// <summary>Lists of eight passages of natural lengths, padded and not, in one run.</summary>
    private static void Natural(string shared, string source, string folder, int steps)
    {
        var file = SquadFile.Load(Path.Combine(shared, "data/squadshifts/new_wiki_v1.0.json"));
        InputExample[] examples =
        [
            .. file
                .Questions.Take((steps + Warmup) * Rows / ListSize)
                .SelectMany(
                    (question, number) =>
                        Enumerable
                            .Range(0, ListSize)
                            .Select(i => new InputExample(
                                [question.Text, file.Passages[(question.Passage + 37 * i) % file.Passages.Count]],
                                i == 0 ? 1 : 0
                            )
                            {
                                Group = $"{number}",
                            })
                ),
        ];
        double Rate(bool unpadded)
        {
            RowSoftmax.Enabled = unpadded;
            using var model = Load(source, maxLength: 512);
            var training = new TrainingArguments
            {
                OutputFolder = Path.Combine(folder, "training"),
                Overwrite = true,
                BatchSize = Rows,
                ComputeType = ScalarType.BFloat16,
            };
            var trainer = new CrossEncoderTrainer(model, training, new ListwiseSoftmaxLoss()) { AlarmRules = [] };
            return examples.Length / trainer.Train(examples).Seconds;
        }

        var (padded, unpadded) = (Rate(false), Rate(true));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"BFloat16, lists of {ListSize} passages as they are: padded {padded:0.0}, without padding {unpadded:0.0} pairs/s: "
                    + $"{unpadded / padded:0.00} times"
            )
        );
    }

    private static (double Rate, double[] Losses) Measure(
        string how,
        string source,
        InputExample[] examples,
        ScalarType type,
        double? dropout,
        double reference
    )
    {
        var gemm = Gemm.Rate(type);
        using var model = Load(source);
        var training = new TrainingArguments
        {
            OutputFolder = Path.Combine(Path.GetDirectoryName(source)!, "training"),
            Overwrite = true,
            BatchSize = Rows,
            ComputeType = type,
            Dropout = dropout,
            GroupByLength = false,
        };
        var run = new CrossEncoderTrainer(model, training) { AlarmRules = [] }.Train(examples);
        double[] rates = [.. run.Steps.Skip(Warmup).Select(step => step.TokensPerSecond / Tokens).Order()];
        var median = rates[rates.Length / 2];
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{type}, {how}dropout {dropout ?? 0.1}: {median:0.0} pairs/s (median of {rates.Length} steps; best {rates[^1]:0.0}) at "
                    + $"GEMM {gemm:0} GFLOP/s; {median / gemm / reference:0.00} of PyTorch's and sentence-transformers' at equal rate"
            )
        );
        return (median, [.. run.Steps.Select(step => step.Loss)]);
    }

    private static CrossEncoder Load(string source, int maxLength = Tokens) =>
        CrossEncoder.FromPretrained(
            source,
            new()
            {
                MaxLength = maxLength,
                Device = "cpu",
                Report = _ => { },
            }
        );

    private static void Memory(string shared, string folder, int steps)
    {
        using var model = CrossEncoder.FromPretrained(
            Path.Combine(shared, "golden/models/bert"),
            new() { Device = "cpu", Report = _ => { } }
        );
        InputExample[] examples = [.. Enumerable.Range(0, 2000).Select(i => new InputExample([$"q {i}", $"passage {i % 7}"], i % 2))];
        var training = new TrainingArguments
        {
            OutputFolder = Path.Combine(folder, "memory"),
            BatchSize = 2,
            Epochs = steps,
            MaxSteps = steps,
        };
        var counts = new List<long>();
        var run = new CrossEncoderTrainer(model, training) { AlarmRules = [] }.Train(examples, new Counter(counts));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{steps} steps in {run.Seconds:0} s: {counts[10]} live tensors after 10 steps, {counts[^1]} at the end; "
                    + $"peak memory {run.Steps[99].PeakMemory / 1e6:0} MB after 100 steps, {run.Steps[^1].PeakMemory / 1e6:0} MB at the end"
            )
        );
        if (counts[10] != counts[^1])
            throw new CrossEncoderException($"Live tensors grew from {counts[10]} to {counts[^1]}: a step leaks.");
    }

    /// <summary>Question and passage pairs that fill the length, so that nothing is padded.</summary>
    private static InputExample[] Examples(string shared, CrossEncoder model, int count)
    {
        var file = SquadFile.Load(Path.Combine(shared, "data/squadshifts/new_wiki_v1.0.json"));
        TextPair[] pairs =
        [
            .. file.Questions.Take(4 * count).Select(question => new TextPair(question.Text, file.Passages[question.Passage])),
        ];
        var texts = model.Tokenize(pairs);
        return
        [
            .. pairs
                .Where((_, i) => texts[i].Ids.Length == Tokens)
                .Take(count)
                .Select((pair, i) => new InputExample([pair.Query, pair.Passage], i % 2)),
        ];
    }

    private sealed class Counter(List<long> counts) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => counts.Add(Tensor.TotalCount);
    }
}
