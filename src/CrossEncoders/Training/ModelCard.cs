using System.Globalization;
using System.Text;
using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Training;

/// <summary>Writes the README of a fine-tuned model: what it came from, how it was trained, what was measured.</summary>
public static class ModelCard
{
    /// <summary>The card of a model after a training.</summary>
    /// <param name="model">The trained model.</param>
    /// <param name="run">How the training went.</param>
    /// <param name="notes">More in Markdown, for example on data and licences; null for nothing.</param>
    public static string For(CrossEncoder model, TrainingRun run, string? notes = null)
    {
        var card = new StringBuilder();
        Begin(card, model);
        Settings(card, model, run);
        if (run.Evaluations.Count > 0)
            Evaluations(card, run);
        if (run.Alarms.Count > 0)
            Line(card, $"\nAlarms raised in training:\n");
        foreach (var alarm in run.Alarms)
            Line(card, $"- {alarm}");
        if (notes is not null)
            card.Append('\n').Append(notes.Trim()).Append('\n');
        return card.ToString();
    }

    private static void Begin(StringBuilder card, CrossEncoder model)
    {
        var source = BaseModel(model.Source);
        Line(card, $"---\npipeline_tag: text-ranking\nlibrary_name: sentence-transformers");
        Line(card, $"base_model: {source}\ntags: [cross-encoder, reranker]\n---");
        Line(card, $"# Cross-encoder, fine-tuned from {source}\n");
        Line(
            card,
            $"Scores a query and a passage together: {model.Labels} logit(s), sigmoid for 0..1. At most {model.MaxLength} tokens a pair.\n"
        );
    }

    private static void Settings(StringBuilder card, CrossEncoder model, TrainingRun run)
    {
        var arguments = run.Arguments;
        var size = arguments.TokenBudget is { } budget ? $"at most {budget} tokens" : $"{arguments.BatchSize}";
        var warmup = arguments.WarmupSteps is { } steps ? $"{steps}" : arguments.WarmupRatio.ToString("P0", CultureInfo.InvariantCulture);
        var early = run.StoppedEarly ? ", stopped early" : "";
        var embeddings = arguments.FreezeEmbeddings || arguments.FrozenLayers > 0 ? " and the embeddings" : "";
        Line(card, $"| training | |\n|---|---|");
        Line(card, $"| examples | {run.Examples} |");
        Line(
            card,
            $"| steps | {run.Steps.Count} of {run.TotalSteps} planned, batches of {size} × {arguments.GradientAccumulationSteps}{early} |"
        );
        Line(card, $"| loss | {run.Loss} |");
        Line(
            card,
            $"| optimizer | AdamW, learning rate {arguments.LearningRate}, weight decay {arguments.WeightDecay}, "
                + $"gradient norm ≤ {arguments.MaxGradientNorm} |"
        );
        Line(card, $"| schedule | {arguments.Schedule}, warm-up {warmup} |");
        Line(card, $"| frozen | {arguments.FrozenLayers} layers{embeddings} |");
        Line(card, $"| seed | {arguments.Seed} |");
        Line(card, $"| time | {run.Seconds:0} s on {model.Device.Device.type.ToString().ToLowerInvariant()} |");
    }

    private static void Evaluations(StringBuilder card, TrainingRun run)
    {
        var names = run.Evaluations[0].Result.Metrics.Keys.ToList();
        Line(card, $"\n| evaluation | step | {string.Join(" | ", names)} |\n|---|---|{string.Concat(names.Select(_ => "---|"))}");
        foreach (var point in run.Evaluations)
        {
            var best = point.Step == run.BestStep ? " (best)" : "";
            var values = names.Select(name =>
                point.Result.Metrics.TryGetValue(name, out var value) ? value.ToString("0.00000", CultureInfo.InvariantCulture) : ""
            );
            Line(card, $"| {point.Result.Evaluator} | {point.Step}{best} | {string.Join(" | ", values)} |");
        }
    }

    private static void Line(StringBuilder card, InvariantText line) => card.Append(line).Append('\n');

    /// <summary>A hub id as it is; of a path only the last part, since a card travels.</summary>
    private static string BaseModel(string source) =>
        Directory.Exists(source) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source))) : source;
}
