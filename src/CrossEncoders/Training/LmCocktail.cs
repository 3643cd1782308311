using CrossEncoders.Evaluation;
using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>A mixture and how well it does.</summary>
/// <param name="Alpha">The share of the fine-tuned model: 0 is the base model, 1 the fine-tuned one.</param>
/// <param name="Value">The evaluator's primary metric.</param>
/// <param name="Result">All it measured.</param>
public sealed record MergePoint(double Alpha, double Value, EvaluationResult Result);

/// <summary>A sweep over mixtures.</summary>
/// <param name="Points">In the order of the weights asked for.</param>
/// <param name="Best">
/// The best of those whose value is a number; of equals, the one nearest to the base model, which has forgotten least.
/// </param>
public sealed record MergeSweep(IReadOnlyList<MergePoint> Points, MergePoint Best);

/// <summary>
/// Merges a fine-tuned model with the one it came from, weight by weight: base + alpha (fine-tuned - base). Somewhere between, it often
/// keeps most of what it learned and most of what it knew. Source: Xiao et al. 2023, "LM-Cocktail: Resilient Tuning of Language Models via
/// Model Merging".
/// </summary>
/// <example><code>
/// var sweep = LmCocktail.Sweep("BAAI/bge-reranker-base", "artifacts/fine-tuned", evaluator, output: "artifacts/merged");
/// sweep.Points.ToTable()
/// </code></example>
public static class LmCocktail
{
    /// <summary>The weights tried unless told otherwise.</summary>
    public static IReadOnlyList<double> Alphas { get; } = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

    /// <summary>Evaluates mixtures of two models by id or folder, and saves the best.</summary>
    /// <param name="baseModel">The model before fine-tuning.</param>
    /// <param name="fineTuned">The model after it.</param>
    /// <param name="evaluator">
    /// Decides, in its own direction; it should see what matters before and after, that is, old tasks as well.
    /// </param>
    /// <param name="alphas">Shares of the fine-tuned model to try; <see cref="Alphas"/> if null.</param>
    /// <param name="output">Where the best mixture is saved, whole or not at all; null saves none.</param>
    /// <param name="options">How both are loaded.</param>
    /// <param name="progress">Told of each mixture.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="CrossEncoderException">
    /// The models are not of one shape, or one cannot be read, or no mixture has a value, or the best cannot be written.
    /// </exception>
    public static MergeSweep Sweep(
        string baseModel,
        string fineTuned,
        IEvaluator evaluator,
        IReadOnlyList<double>? alphas = null,
        string? output = null,
        CrossEncoderOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (output is not null)
            ModelSaving.RequireFolder(output);
        using var before = CrossEncoder.FromPretrained(baseModel, options, progress, cancellation);
        using var after = CrossEncoder.FromPretrained(fineTuned, options, progress, cancellation);
        var sweep = Sweep(before, after, evaluator, alphas, progress, cancellation);
        if (output is not null)
            after.SavePretrained(output, card: Card(before, after, evaluator, sweep));
        return sweep;
    }

    /// <summary>
    /// Evaluates mixtures of two loaded models; the fine-tuned one ends as the best of them, the base model stays as it is.
    /// </summary>
    /// <param name="baseModel">The model before fine-tuning.</param>
    /// <param name="fineTuned">The model after it.</param>
    /// <param name="evaluator">Decides, in its own direction; it should see what matters before and after.</param>
    /// <param name="alphas">Shares of the fine-tuned model to try; <see cref="Alphas"/> if null.</param>
    /// <param name="progress">Told of each mixture.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="CrossEncoderException">The models are not of one shape, or no mixture has a value.</exception>
    public static MergeSweep Sweep(
        CrossEncoder baseModel,
        CrossEncoder fineTuned,
        IEvaluator evaluator,
        IReadOnlyList<double>? alphas = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        alphas ??= Alphas;
        RequireShares(alphas);
        RequireOneShape(baseModel, fineTuned);
        fineTuned.ComputeInOwnType();
        using var tuned = fineTuned.Model.Parameters.Flat.clone().DetachFromDisposeScope();
        var points = new List<MergePoint>();
        try
        {
            foreach (var alpha in alphas)
            {
                Mix(baseModel.Model.Parameters, tuned, alpha, fineTuned.Model.Parameters);
                var result = evaluator.Evaluate(fineTuned, cancellation: cancellation);
                points.Add(new MergePoint(alpha, result.PrimaryOf(evaluator), result));
                progress?.Report(new WorkProgress("merging", points.Count, alphas.Count));
            }
        }
        catch
        {
            Mix(baseModel.Model.Parameters, tuned, 1, fineTuned.Model.Parameters);
            throw;
        }

        var best = points
            .Where(point => double.IsFinite(point.Value))
            .OrderBy(point => evaluator.HigherIsBetter ? -point.Value : point.Value)
            .ThenBy(point => point.Alpha)
            .FirstOrDefault();
        Mix(baseModel.Model.Parameters, tuned, best?.Alpha ?? 1, fineTuned.Model.Parameters);
        if (best is null)
            throw new CrossEncoderException(
                $"{evaluator.PrimaryMetric} is not a number for any of the {points.Count} mixtures, so none is the best; the "
                    + "fine-tuned model is as it was. Check that its training did not diverge, and what the evaluator needs."
            );
        return new MergeSweep(points, best);
    }

    /// <summary>Sets the fine-tuned model to one mixture; the base model stays as it is.</summary>
    /// <exception cref="CrossEncoderException">The models are not of one shape, or alpha is not from 0 to 1.</exception>
    public static void Merge(CrossEncoder baseModel, CrossEncoder fineTuned, double alpha)
    {
        RequireShares([alpha]);
        RequireOneShape(baseModel, fineTuned);
        fineTuned.ComputeInOwnType();
        Mix(baseModel.Model.Parameters, fineTuned.Model.Parameters.Flat, alpha, fineTuned.Model.Parameters);
    }

    private static void RequireShares(IReadOnlyList<double> alphas)
    {
        if (alphas.Count == 0 || alphas.Any(alpha => alpha is not (>= 0 and <= 1)))
            throw new CrossEncoderException(
                $"The weights to merge by are [{string.Join(", ", alphas)}]; expected numbers from 0 (base model) to 1 (fine-tuned)."
            );
    }

    /// <summary>
    /// Exact at both ends: alpha 0 gives the base model's bits, 1 the fine-tuned one's, even where the other's are not numbers.
    /// </summary>
    private static void Mix(ParameterSet from, Tensor tuned, double alpha, ParameterSet into)
    {
        using (no_grad())
        using (NewDisposeScope())
            into.Flat.copy_(
                alpha == 0 ? from.Flat
                : alpha == 1 ? tuned
                : lerp(from.Flat.to(into.Flat.device), tuned, (float)alpha)
            );
        into.Refresh();
    }

    private static void RequireOneShape(CrossEncoder baseModel, CrossEncoder fineTuned)
    {
        if (!baseModel.Model.Config.HasHead)
            throw new CrossEncoderException(
                $"{baseModel.Name} is an encoder without a head of its own, so its scores mean nothing to merge with. Merge "
                    + "with a trained cross-encoder."
            );
        if (baseModel.Model.Adapter is not null || fineTuned.Model.Adapter is not null)
            throw new CrossEncoderException(
                "A model with an adapter cannot be mixed with another. Merge the adapter into its model first (LoraAdapter.Merge)."
            );
        var (one, other) = (Shape(baseModel), Shape(fineTuned));
        if (one.SequenceEqual(other))
            return;
        var difference = one.Except(other).Concat(other.Except(one)).First();
        throw new CrossEncoderException(
            $"{baseModel.Name} and {fineTuned.Name} are not of one shape ({difference} is in one only). Merge a fine-tuned "
                + "model with the very model it came from."
        );
    }

    private static List<string> Shape(CrossEncoder model) =>
        [
            .. model.Model.Parameters.Parameters.Select(parameter =>
                $"{string.Join("+", parameter.Names)} ({string.Join(", ", parameter.PartShape)})"
            ),
        ];

    private static string Card(CrossEncoder baseModel, CrossEncoder fineTuned, IEvaluator evaluator, MergeSweep sweep) =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"""
            # {fineTuned.Name}, merged with {baseModel.Name}

            A cross-encoder for re-ranking: {sweep.Best.Alpha:0.##} of the fine-tuned model and {1
                - sweep.Best.Alpha:0.##} of the model it came from (LM-Cocktail).

            | share of the fine-tuned model | {evaluator.PrimaryMetric} |
            |---|---|
            {string.Join(
                "\n",
                sweep.Points.Select(point =>
                    string.Create(System.Globalization.CultureInfo.InvariantCulture, $"| {point.Alpha:0.##} | {point.Value:0.0000} |")
                )
            )}

            """
        );
}
