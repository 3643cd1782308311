using System.Globalization;
using CrossEncoders.Attribution;

namespace CrossEncoders.Display;

public static partial class Charts
{
    /// <summary>What scores lose with the words that weigh most, and with words drawn at random.</summary>
    public static Chart Deletion(DeletionCurve curve)
    {
        double[] x = [0, .. curve.Steps.Select(step => step.Share)];
        var plot = Combine([
                Line(x, [0, .. curve.Steps.Select(step => step.Top)], "words that weigh most", Theme.Series(0), markers: true),
                Line(x, [0, .. curve.Steps.Select(step => step.Random)], "words at random", Theme.Series(1), markers: true),
            ])
            .With("xaxis", Theme.Axis("Share of the passage's words deleted"))
            .With("yaxis", Theme.Axis("Logits lost"));
        return new Chart(
            plot,
            $"Deleting words ({(curve.Method == AttributionMethod.Occlusion ? "occlusion" : "gradient × input")})",
            curve.Steps.ToTable(
                40,
                ("share deleted", step => step.Share),
                ("by weight", step => step.Top),
                ("at random", step => step.Random)
            ),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{curve.Pairs} pairs; by weight the score loses {curve.Advantage.Difference:0.00} logits more than at random, "
            )
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"with {100 * curve.Advantage.Confidence:0} % confidence {curve.Advantage.Lower:0.00} to {curve.Advantage.Upper:0.00}."
                )
        );
    }
}
