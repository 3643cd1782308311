using System.Globalization;
using CrossEncoders.Evaluation;
using CrossEncoders.Texts;

namespace CrossEncoders.Training;

/// <summary>Writes the README of a fine-tuned model: what it came from, how it was trained, what was measured.</summary>
public static class ModelCard
{
    /// <summary>The card of a model after a training.</summary>
    /// <param name="model">The trained model.</param>
    /// <param name="run">How the training went.</param>
    /// <param name="notes">More in Markdown, for example on data and licences; null for nothing.</param>
    /// <param name="nanoBeir">What <see cref="NanoBeirEvaluator"/> measured of the model; null where it was not run.</param>
    public static string For(CrossEncoder model, TrainingRun run, string? notes = null, EvaluationResult? nanoBeir = null)
    {
        var source = BaseModel(model.Source);
        var page = new MarkdownPage($"Cross-encoder, fine-tuned from {source}");
        page.Paragraph(
            $"Scores a query and a passage together: {model.Labels} logit(s), sigmoid for 0..1. At most {model.MaxLength} tokens a pair."
        );
        page.Table(["training", ""], Settings(model, run).Select(setting => (object?[])[setting.Name, setting.Value]));
        if (run.Evaluations.Count > 0)
            Evaluations(page, run);
        if (nanoBeir is not null)
            NanoBeirCard.Table(page, nanoBeir);
        if (run.Alarms.Count > 0)
        {
            page.Paragraph("Alarms raised in training:");
            page.List(run.Alarms.Select(alarm => $"{alarm}"));
        }
        var measured = NanoBeirCard.Header(model.Name, nanoBeir);
        return $"---\npipeline_tag: text-ranking\nlibrary_name: sentence-transformers\nbase_model: {source}\n"
            + $"tags: [cross-encoder, reranker]\n{measured}---\n{page}{(notes is null ? "" : $"\n{notes.Trim()}\n")}";
    }

    private static IEnumerable<(string Name, object Value)> Settings(CrossEncoder model, TrainingRun run)
    {
        var arguments = run.Arguments;
        var size = arguments.TokenBudget is { } budget ? $"at most {budget} tokens" : $"{arguments.BatchSize}";
        var warmup = arguments.WarmupSteps is { } steps ? $"{steps}" : arguments.WarmupRatio.ToString("P0", CultureInfo.InvariantCulture);
        var early = run.StoppedEarly ? ", stopped early" : "";
        var embeddings = arguments.FreezeEmbeddings || arguments.FrozenLayers > 0 ? " and the embeddings" : "";
        if (model.Prompt.Length > 0)
            yield return ("prompt, in front of every query", model.Prompt.Trim());
        yield return ("examples", run.Examples);
        yield return (
            "steps",
            $"{run.Steps.Count} of {run.TotalSteps} planned, batches of {size} × {arguments.GradientAccumulationSteps}{early}"
        );
        yield return ("loss", run.Loss);
        yield return (
            "optimizer",
            string.Create(
                CultureInfo.InvariantCulture,
                $"AdamW, learning rate {arguments.LearningRate}, weight decay {arguments.WeightDecay}, "
                    + $"gradient norm ≤ {arguments.MaxGradientNorm}"
            )
        );
        yield return ("schedule", $"{arguments.Schedule}, warm-up {warmup}");
        yield return ("frozen", $"{arguments.FrozenLayers} layers{embeddings}");
        yield return ("seed", arguments.Seed);
        yield return ("time", $"{run.Seconds:0} s on {model.Device.Device.type.ToString().ToLowerInvariant()}");
    }

    private static void Evaluations(MarkdownPage page, TrainingRun run)
    {
        var names = run.Evaluations.SelectMany(point => point.Result.Metrics.Keys).Distinct().ToList();
        var decides = run.Evaluations[0].Result.Evaluator; // the first evaluator chooses the best
        var best = run.Evaluations.FirstOrDefault(point => point.Step == run.BestStep && point.Result.Evaluator == decides);
        page.Table(
            ["evaluation", "step", .. names],
            run.Evaluations.Select(point =>
                (IEnumerable<object?>)
                    [
                        point.Result.Evaluator,
                        ReferenceEquals(point, best) ? $"{point.Step} (best)" : point.Step,
                        .. names.Select(name =>
                            point.Result.Metrics.TryGetValue(name, out var value)
                                ? value.ToString("0.00000", CultureInfo.InvariantCulture)
                                : ""
                        ),
                    ]
            )
        );
    }

    /// <summary>A hub id as it is; of a path only the last part, since a card travels.</summary>
    private static string BaseModel(string source) =>
        Directory.Exists(source) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source))) : source;
}
