using System.Globalization;
using System.Text.Json;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Retrieval;
using CrossEncoders.Tokenization;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using TorchSharp;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// Makes the cross-encoder in <c>data/models</c>: the lowest layers of the bilingual bi-encoder with a fresh head, trained on human
/// questions. One positive and three negatives a question (BM25's, the bi-encoder's, a random one), none of which holds the answer's words.
/// </summary>
internal static class EmbeddedModel
{
    private const int MaxLength = 192;
    private const int MaxPassageTokens = 160;
    private const int Candidates = 12;
    private static readonly (string File, double Share)[] Sources =
    [
        ("squadshifts/new_wiki_v1.0.json", 0.24),
        ("squadshifts/amazon_reviews_v1.0.json", 0.2),
        ("squadshifts/reddit_v1.0.json", 0.2),
        ("drcd/DRCD_dev.zh-Hans.json", 0.12),
        ("drcd/DRCD_test.zh-Hans.json", 0.14),
        ("cmrc2018/cmrc2018_trial.json", 0.1),
    ];

    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var (shared, encoder, output) = (options.Text("shared"), options.Text("encoder"), options.Text("output"));
        var questions = options.Number("questions", 7000);
        var layers = options.Number("layers", 8);
        Directory.CreateDirectory(output);
        var examples = Examples(Path.Combine(output, "examples.jsonl"), shared, encoder, questions);

        using var model = CrossEncoder.FromPretrained(
            encoder,
            new()
            {
                Layers = layers,
                MaxLength = MaxLength,
                Name = "embedded",
            }
        );
        var training = new TrainingArguments
        {
            OutputFolder = Path.Combine(output, "training"),
            MaxSteps = options.Number("steps", 700),
            BatchSize = 32,
            LearningRate = options.Real("learning-rate", 1e-4),
            WarmupRatio = 0.05,
            Dropout = 0,
            EvaluationSteps = options.Number("evaluation-steps", 100),
            CheckpointSteps = 25,
            LoadBestAtEnd = false,
            Resume = true,
            Seed = 2024,
        };
        var trainer = new CrossEncoderTrainer(model, training, new ListwiseSoftmaxLoss(), new XQuadEvaluator(shared));
        var run = trainer.Train(examples, new Printer());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Examples} pairs, {run.TotalSteps} steps, {run.Seconds:0} s"));
        model.SavePretrained(Path.Combine(output, "model"), torch.ScalarType.Float16);
        return 0;
    }

    private static List<InputExample> Examples(string cache, string shared, string encoder, int total)
    {
        if (File.Exists(cache))
            return [.. File.ReadLines(cache).Select(line => JsonSerializer.Deserialize<InputExample>(line)!)];
        using var embedder = BiEncoder.FromPretrained(encoder);
        var tokenizer = TextTokenizer.Load(encoder);
        var examples = new List<InputExample>();
        foreach (var (path, share) in Sources)
        {
            var file = SquadFile.Load(Path.Combine(shared, "data", path)).Split(tokenizer, MaxPassageTokens);
            examples.AddRange(Mine(file, embedder, (int)(total * share)));
            Console.WriteLine($"{file.Name}: {examples.Count} pairs so far");
        }

        File.WriteAllLines(cache + ".part", examples.Select(example => JsonSerializer.Serialize(example)));
        File.Move(cache + ".part", cache);
        return examples;
    }

    /// <summary>
    /// For each of some questions its passage and its negatives: of BM25, of the bi-encoder where there is one, and at random.
    /// </summary>
    public static IEnumerable<InputExample> Mine(SquadFile file, BiEncoder? embedder, int count)
    {
        var random = new Random(2024);
        Passage[] passages = [.. file.Passages.Select((text, i) => new Passage(i.ToString(CultureInfo.InvariantCulture), text))];
        var questions = file.Questions.ToArray();
        random.Shuffle(questions);
        questions = [.. questions.Take(count)];
        var bm25 = new Bm25Retriever(passages);
        var vectors = embedder?.EmbedPassages([.. passages.Select(passage => passage.Text)]);
        var queries = embedder?.EmbedQueries([.. questions.Select(question => question.Text)]);
        for (var q = 0; q < questions.Length; q++)
        {
            var question = questions[q];
            var taken = new HashSet<int> { question.Passage };
            var group = $"{file.Name}-{q}";
            yield return Example(question.Text, passages[question.Passage].Text, 1, group);
            int[][] pools =
            [
                [.. bm25.Search(question.Text, Candidates).Select(hit => int.Parse(hit.Passage.Id, CultureInfo.InvariantCulture))],
                vectors is null || queries is null
                    ? []
                    :
                    [
                        .. Enumerable
                            .Range(0, passages.Length)
                            .OrderByDescending(i => System.Numerics.Tensors.TensorPrimitives.Dot(queries[q], vectors[i]))
                            .Take(Candidates),
                    ],
                [.. Enumerable.Range(0, Candidates).Select(_ => random.Next(passages.Length))],
            ];
            foreach (var pool in pools)
            {
                int[] usable =
                [
                    .. pool.Where(i =>
                        !taken.Contains(i)
                        && !question.Answers.Any(answer => passages[i].Text.Contains(answer, StringComparison.OrdinalIgnoreCase))
                    ),
                ];
                if (usable.Length == 0)
                    continue;
                var negative = usable[random.Next(usable.Length)];
                taken.Add(negative);
                yield return Example(question.Text, passages[negative].Text, 0, group);
            }
        }
    }

    private static InputExample Example(string question, string passage, float label, string group) =>
        new([question, passage], label) { Group = group };

    private sealed class XQuadEvaluator(string shared) : IEvaluator
    {
        public string Name => "xquad";

        public string PrimaryMetric => "mrr";

        public bool HigherIsBetter => true;

        public EvaluationResult Evaluate(IPassageScorer scorer, int epoch, int steps, CancellationToken cancellation = default)
        {
            foreach (var language in (string[])["en", "zh"])
                Console.WriteLine($"[{steps}] {XQuad.Measure(scorer, shared, language, 150, 10)}");
            return new EvaluationResult(Name, epoch, steps, new Dictionary<string, double> { ["mrr"] = 0 });
        }
    }

    internal sealed class Printer : IProgress<WorkProgress>
    {
        private double _loss;

        public void Report(WorkProgress value)
        {
            var loss = double.Parse(value.Detail!.Split(' ')[1], CultureInfo.InvariantCulture);
            _loss = _loss == 0 ? loss : 0.95 * _loss + 0.05 * loss;
            if (value.Done % 10 == 0)
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{DateTime.Now:HH:mm:ss} {value.Activity} {value.Done}/{value.Total} loss {_loss:0.000}"
                    )
                );
        }
    }
}
