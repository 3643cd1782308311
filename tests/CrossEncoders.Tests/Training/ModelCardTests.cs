using System.Globalization;
using CrossEncoders.Evaluation;
using CrossEncoders.Tests.Evaluation;
using CrossEncoders.Tests.Retrieval;
using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Tests.Training;

/// <summary>What the README of a fine-tuned model says.</summary>
public sealed class ModelCardTests
{
    private static readonly TrainingRun Run = new()
    {
        Steps = [.. Enumerable.Range(0, 3).Select(i => new TrainingStep(i, 1, 0.5, 1e-5, 1, 100))],
        Evaluations = [],
        Completed = true,
        Seconds = 59.6,
        TotalSteps = 40,
        Examples = 1234,
        Arguments = new TrainingArguments
        {
            BatchSize = 8,
            GradientAccumulationSteps = 2,
            Seed = 7,
        },
        Loss = "binary cross-entropy",
    };

    [Fact]
    public void ItBeginsWithWhatTheHubReadsAndNamesTheBaseWithoutItsPath()
    {
        using var model = TinyModel.Load("bert");
        var lines = ModelCard.For(model, Run).Split('\n');
        Assert.Equal(["---", "pipeline_tag: text-ranking", "library_name: sentence-transformers", "base_model: bert"], lines[..4]);
        Assert.Equal("---", lines[5]);
        Assert.Contains("# Cross-encoder, fine-tuned from bert", lines);
        Assert.DoesNotContain(lines, line => line.Contains(Path.GetDirectoryName(model.Source)!, StringComparison.Ordinal));
        Assert.Contains(lines, line =>
            line.Contains($"1 logit(s), sigmoid for 0..1. At most {model.MaxLength} tokens", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void APromptIsShownWhereThereIsOne()
    {
        using var prompted = ModelFolder.Load(Shared.Path("golden/models/bert"), new() { Prompt = "Find the rule: ", Report = _ => { } });
        Assert.Contains("| prompt, in front of every query | Find the rule: |", ModelCard.For(prompted, Run));
        using var plain = TinyModel.Load("bert");
        Assert.DoesNotContain("in front of every query", ModelCard.For(plain, Run));
    }

    [Fact]
    public void NanoBeirStandsInHeaderAndTableWhereItWasRun()
    {
        using var model = TinyModel.Load("bert");
        var evaluator = NanoBeirFolder.Evaluator();
        var result = evaluator.Evaluate(new ScriptedScorer(pair => pair.Passage.Length));
        var card = ModelCard.For(model, Run, nanoBeir: result);
        var header = card[..card.IndexOf("\n---\n", StringComparison.Ordinal)];
        Assert.Contains("model-index:\n- name: bert\n  results:\n", header);
        Assert.Contains("      name: NanoMSMARCO R100\n      type: NanoMSMARCO_R100\n    metrics:\n    - type: map\n", header);
        Assert.Contains("      type: NanoBEIR_R100_mean\n", header);
        Assert.Contains("NanoBEIR, 2 sets and their mean", card);
        Assert.Contains("| set | map | mrr@10 | ndcg@10 |", card);
        Assert.Contains("| NanoNQ\\_R100 | 1.0000 (+0.0000) |", card);
        Assert.Contains("3 queries have relevant and other passages of equal score", card);
        Assert.DoesNotContain("NanoBEIR", ModelCard.For(model, Run));
    }

    public static TheoryData<TrainingArguments, bool, string> Settings =>
        new()
        {
            { Run.Arguments, false, "| steps | 3 of 40 planned, batches of 8 × 2 |" },
            { Run.Arguments, true, "| steps | 3 of 40 planned, batches of 8 × 2, stopped early |" },
            { Run.Arguments with { TokenBudget = 900 }, false, "batches of at most 900 tokens × 2 |" },
            { Run.Arguments, false, "| schedule | WarmupLinear, warm-up 10 % |" },
            { Run.Arguments with { WarmupSteps = 25, Schedule = Schedule.WarmupCosine }, false, "| schedule | WarmupCosine, warm-up 25 |" },
            { Run.Arguments with { WarmupSteps = 0 }, false, "warm-up 0 |" },
            { Run.Arguments, false, "| frozen | 0 layers |" },
            { Run.Arguments with { FrozenLayers = 2 }, false, "| frozen | 2 layers and the embeddings |" },
            { Run.Arguments with { FreezeEmbeddings = true }, false, "| frozen | 0 layers and the embeddings |" },
            { Run.Arguments, false, "learning rate 2E-05, weight decay 0.01, gradient norm ≤ 1 |" },
            { Run.Arguments, false, "| examples | 1234 |" },
            { Run.Arguments, false, "| loss | binary cross-entropy |" },
            { Run.Arguments, false, "| seed | 7 |" },
            { Run.Arguments, false, "| time | 60 s on cpu |" },
        };

    [Theory]
    [MemberData(nameof(Settings))]
    public void TheTableHasWhatOneNeedsToDoItAgain(TrainingArguments arguments, bool early, string line)
    {
        using var model = TinyModel.Load("bert");
        Assert.Contains(line + "\n", ModelCard.For(model, Run with { Arguments = arguments, StoppedEarly = early }));
    }

    [Fact]
    public void EvaluationsAlarmsAndNotesFollowWhereThereAreAny()
    {
        using var model = TinyModel.Load("bert");
        var bare = ModelCard.For(model, Run);
        Assert.DoesNotContain("| evaluation |", bare);
        Assert.DoesNotContain("Alarms", bare);
        var card = ModelCard.For(
            model,
            Run with
            {
                Evaluations =
                [
                    Point("en", 0, ("mse", 0.25), ("r", 1 / 3.0)),
                    Point("zh", 3, ("r", double.NaN), ("accuracy", 0.5)),
                    Point("en", 3, ("mse", 0.2)),
                ],
                BestStep = 3,
                Alarms = [new Alarm("loss-rising", 2, "It rose.", "Lower it.")],
            },
            "\n\n数据：CC-BY\n\n"
        );
        Assert.StartsWith(bare, card);
        Assert.Equal(
            """

            | evaluation | step | mse | r | accuracy |
            | --- | --- | --- | --- | --- |
            | en | 0 | 0.25000 | 0.33333 |  |
            | zh | 3 |  | NaN | 0.50000 |
            | en | 3 (best) | 0.20000 |  |  |

            Alarms raised in training:

            - \[loss-rising, step 2\] It rose. Lower it.

            数据：CC-BY

            """.ReplaceLineEndings("\n"),
            card[bare.Length..]
        );
    }

    [Fact]
    public void FiguresAreTheSameInEveryCulture()
    {
        using var model = TinyModel.Load("bert");
        var (before, expected) = (CultureInfo.CurrentCulture, ModelCard.For(model, Run));
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.PercentSymbol) = (",", "pct");
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(expected, ModelCard.For(model, Run));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static EvaluationPoint Point(string evaluator, int step, params (string Name, double Value)[] metrics) =>
        new(step, new EvaluationResult(evaluator, 0, step, metrics.ToDictionary(metric => metric.Name, metric => metric.Value)));
}
