using System.Globalization;
using CrossEncoders.Training;
using Microsoft.Data.Analysis;

namespace CrossEncoders.Display;

/// <summary>What a search over settings and seeds found, to look at.</summary>
public static class SearchViews
{
    /// <summary>A data frame with a row for each setting, best mean first: mean and spread of the metric over its seeds.</summary>
    public static DataFrame ToDataFrame(this SearchReport report) => report.Settings.ToDataFrame();

    /// <summary>The same as a table, the spread behind its mean.</summary>
    public static Table ToTable(this SearchReport report) =>
        report
            .Settings.ToTable(
                100,
                ("loss", setting => setting.Loss),
                ("learning rate", setting => setting.LearningRate.ToString(CultureInfo.InvariantCulture)),
                ("epochs", setting => setting.Epochs),
                ("seeds", setting => setting.Runs),
                (report.Metric, setting => Shown(setting)),
                ("least", setting => setting.Least),
                ("largest", setting => setting.Largest),
                ("seconds", setting => Math.Round(setting.Seconds))
            )
            .WithCaption(
                $"{report.Metric}, mean ± standard deviation over seeds; {(report.HigherIsBetter ? "more" : "less")} is better"
                    + (report.Left > 0 ? $"; {report.Left} trials were left out for want of time" : "")
            );

    private static string Shown(SearchSetting setting) =>
        string.Create(CultureInfo.InvariantCulture, $"{setting.Mean:0.0000}")
        + (double.IsNaN(setting.Spread) ? "" : string.Create(CultureInfo.InvariantCulture, $" ± {setting.Spread:0.0000}"))
        + (setting.Whole ? "" : ", cut short");
}
