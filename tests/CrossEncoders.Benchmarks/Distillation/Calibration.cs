using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks.Distillation;

/// <summary>
/// Makes sigmoid(logit) the share of answers among the pairs with that score: scale and shift of the logits, which leave the order alone,
/// fitted on questions kept out of the training and folded into the head's last layer. Source: Platt 1999.
/// </summary>
internal static class Calibration
{
    /// <summary>Whether a query stays out of the training: one in forty of those with answers that people or a writer named.</summary>
    public static bool IsHeldOut(InputExample example) =>
        !example.Group!.StartsWith("heading-", StringComparison.Ordinal)
        && !example.Group.StartsWith("sentence-", StringComparison.Ordinal)
        && TeacherLists.Hash(example.Group) % 40 == 0;

    /// <summary>Fits on one half of the queries, and prints the error on the other half before and after.</summary>
    public static void Fold(CrossEncoder model, IReadOnlyList<InputExample> heldOut)
    {
        var logits = model.Score([.. heldOut.Select(example => example.Pair)]);
        // A query's first passage is its answer.
        double[] labels = [.. heldOut.Select((example, i) => i == 0 || example.Group != heldOut[i - 1].Group ? 1.0 : 0)];
        var fitted = heldOut.Select(example => TeacherLists.Hash(example.Group!) / 40 % 2 == 0).ToArray();
        var pairs = logits.Zip(labels, fitted).ToArray();
        var (scale, shift) = Fit([.. pairs.Where(pair => pair.Third).Select(pair => ((double)pair.First, pair.Second))]);
        var others = pairs.Where(pair => !pair.Third).ToArray();
        Console.WriteLine(
            FormattableString.Invariant(
                $"calibration: {pairs.Length} pairs, logits x {scale:0.000} + {shift:0.000}; expected calibration error "
            ) + FormattableString.Invariant($"{Error(others, 1, 0):0.0000} -> {Error(others, scale, shift):0.0000}")
        );
        using var guard = no_grad();
        var (weight, bias) = (Named(model, "classifier.weight"), Named(model, "classifier.bias"));
        weight.mul_(scale);
        bias.mul_(scale).add_(shift);
        model.Model.Parameters.Refresh();
    }

    private static double Error((float Logit, double Label, bool)[] pairs, double scale, double shift) =>
        CalibrationMetrics.ExpectedCalibrationError(
            [.. pairs.Select(pair => 1 / (1 + Math.Exp(-(scale * pair.Logit + shift))))],
            [.. pairs.Select(pair => pair.Label)]
        );

    /// <summary>Logistic regression on one number by Newton's method, steps halved until the likelihood grows.</summary>
    private static (double Scale, double Shift) Fit((double Logit, double Label)[] pairs)
    {
        double Cost(double scale, double shift) =>
            pairs.Sum(pair =>
                Math.Log(1 + Math.Exp(-Math.Abs(scale * pair.Logit + shift)))
                + Math.Max(0, scale * pair.Logit + shift)
                - pair.Label * (scale * pair.Logit + shift)
            );
        var (scale, shift) = (0.0, 0.0);
        for (var round = 0; round < 100; round++)
        {
            var (g0, g1, h00, h01, h11) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
            foreach (var (logit, label) in pairs)
            {
                var p = 1 / (1 + Math.Exp(-(scale * logit + shift)));
                var (error, weight) = (p - label, p * (1 - p));
                (g0, g1) = (g0 + error * logit, g1 + error);
                (h00, h01, h11) = (h00 + weight * logit * logit, h01 + weight * logit, h11 + weight);
            }

            var determinant = h00 * h11 - h01 * h01;
            var (step0, step1) = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant);
            var cost = Cost(scale, shift);
            while (Math.Abs(step0) + Math.Abs(step1) > 1e-12 && Cost(scale - step0, shift - step1) > cost)
                (step0, step1) = (step0 / 2, step1 / 2);
            (scale, shift) = (scale - step0, shift - step1);
        }

        return (scale, shift);
    }

    private static Tensor Named(CrossEncoder model, string name) =>
        model.Model.Parameters.Named().Single(parameter => parameter.Name == name).Tensor;
}
