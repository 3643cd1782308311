using System.Globalization;
using System.Text;

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
        var arguments = run.Arguments;
        void Line(FormattableString line) => card.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        Line(
            $"---\npipeline_tag: text-ranking\nlibrary_name: sentence-transformers\nbase_model: {BaseModel(model.Source)}\ntags: [cross-encoder, reranker]\n---"
        );
        Line($"# Cross-encoder, fine-tuned from {BaseModel(model.Source)}\n");
        Line(
            $"Scores a query and a passage together: {model.Labels} logit(s), sigmoid for 0..1. At most {model.MaxLength} tokens a pair.\n"
        );
        Line($"| training | |\n|---|---|");
        Line($"| examples | {run.Examples} |");
        Line(
            $"| steps | {run.Steps.Count} of {run.TotalSteps} planned, batches of {(arguments.TokenBudget is { } budget ? $"at most {budget} tokens" : arguments.BatchSize)} × {arguments.GradientAccumulationSteps}{(run.StoppedEarly ? ", stopped early" : "")} |"
        );
        Line($"| loss | {run.Loss} |");
        Line(
            $"| optimizer | AdamW, learning rate {arguments.LearningRate}, weight decay {arguments.WeightDecay}, gradient norm ≤ {arguments.MaxGradientNorm} |"
        );
        Line(
            $"| schedule | {arguments.Schedule}, warm-up {arguments.WarmupSteps?.ToString(CultureInfo.InvariantCulture) ?? arguments.WarmupRatio.ToString("P0", CultureInfo.InvariantCulture)} |"
        );
        Line(
            $"| frozen | {arguments.FrozenLayers} layers{(arguments.FreezeEmbeddings || arguments.FrozenLayers > 0 ? " and the embeddings" : "")} |"
        );
        Line($"| seed | {arguments.Seed} |");
        Line($"| time | {run.Seconds:0} s on {model.Device.Device.type.ToString().ToLowerInvariant()} |");
        if (run.Evaluations.Count > 0)
        {
            var names = run.Evaluations[0].Result.Metrics.Keys.ToList();
            Line($"\n| evaluation | step | {string.Join(" | ", names)} |\n|---|---|{string.Concat(names.Select(_ => "---|"))}");
            foreach (var point in run.Evaluations)
            {
                var values = names.Select(name =>
                    point.Result.Metrics.TryGetValue(name, out var value) ? value.ToString("0.00000", CultureInfo.InvariantCulture) : ""
                );
                Line(
                    $"| {point.Result.Evaluator} | {point.Step}{(point.Step == run.BestStep ? " (best)" : "")} | {string.Join(" | ", values)} |"
                );
            }
        }

        if (run.Alarms.Count > 0)
            Line($"\nAlarms raised in training:\n");
        foreach (var alarm in run.Alarms)
            Line($"- {alarm}");
        if (notes is not null)
            card.Append('\n').Append(notes.Trim()).Append('\n');
        return card.ToString();
    }

    /// <summary>A hub id as it is; of a path only the last part, since a card travels.</summary>
    private static string BaseModel(string source) =>
        Directory.Exists(source) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source))) : source;
}
